"""Make every reference file anew with R and compare it, figure by figure, with the one that is committed.

    python tests/reference/remake.py            # all parts; status 1 and the places where a figure differs
    python tests/reference/remake.py bayes      # one part
    python tests/reference/remake.py --write    # put the new files in place

Equal is: the same structure, text and whole numbers, and other numbers within relative 1e-8 plus absolute 1e-10 (R's
optimisers and its BLAS give the last digits differently on another processor).
"""

from __future__ import annotations

import argparse
import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
RELATIVE, ABSOLUTE = 1e-8, 1e-10


def differences(found: Any, expected: Any, place: str = "") -> list[str]:
    """Return a line for each place where two trees of figures differ."""
    if isinstance(expected, dict):
        if not isinstance(found, dict) or found.keys() != expected.keys():
            return [f"{place}: other keys"]
        return [d for key in expected for d in differences(found[key], expected[key], f"{place}/{key}")]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{place}: other length"]
        pairs = enumerate(zip(found, expected, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, f"{place}/{i}")]
    if isinstance(expected, float) and isinstance(found, (int, float)):
        same = math.isclose(found, expected, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    else:
        same = found == expected
    return [] if same else [f"{place}: {found!r}, committed {expected!r}"]


def main() -> int:
    """Remake what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="parts to make (default: all)")
    parser.add_argument("--write", action="store_true", help="put the new files in place")
    given = parser.parse_args()
    rscript = shutil.which("Rscript")
    if rscript is None:
        sys.exit("Rscript is not here (Debian: r-base-core r-cran-metafor r-cran-psych r-cran-jsonlite)")
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([rscript, str(FOLDER / "make_reference.R"), folder, *given.parts])
        if made.returncode:
            return made.returncode
        faults = []
        for path in sorted(Path(folder).glob("*.json")):
            committed = FOLDER / path.name
            if given.write:
                shutil.copyfile(path, committed)
                continue
            expected = json.loads(committed.read_text("utf-8")) if committed.exists() else None
            faults += differences(json.loads(path.read_text("utf-8")), expected, path.name)
    print("\n".join(faults[:50]) if faults else "every figure is as committed")
    if len(faults) > 50:
        print(f"and {len(faults) - 50} more")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
