"""What ``pip install .`` brings: the wheel has every module, template and style sheet, and the command."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of what is committed, built in a clean clone without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(["git", "clone", "--quiet", str(project), str(folder / "clone")], check=True)
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index",
         "--disable-pip-version-check", "--wheel-dir", str(folder), str(folder / "clone")],
        check=True,
    )  # fmt: skip
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_every_file_of_the_package_is_in_the_wheel(wheel: zipfile.ZipFile, project: Path) -> None:
    listed = subprocess.run(
        ["git", "-C", str(project), "ls-tree", "-r", "--name-only", "HEAD", "src"],
        check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    ours = {name.removeprefix("src/") for name in listed}
    assert {"sonospine/py.typed", "sonospine/report/static/style.css"} <= ours
    assert any(name.endswith(".jinja") for name in ours)
    assert ours - set(wheel.namelist()) == set()


def test_the_wheel_brings_the_command_and_the_licence(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    (entry,) = [name for name in names if name.endswith("entry_points.txt")]
    assert "sonospine = sonospine.cli.main:main" in wheel.read(entry).decode()
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "config/"))]


def test_the_command_runs_from_the_wheel_outside_the_project(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    (tmp_path / "effects.csv").write_text("yi,vi\n-1,0.04\n-2,0.09\n-0.4,0.16\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); sys.argv = ['sonospine', 'pool', 'effects.csv']\n"
        "import sonospine; assert 'site' in sonospine.__file__, sonospine.__file__\n"
        "from sonospine.cli.main import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("analysis\tvariant\tk\t")
