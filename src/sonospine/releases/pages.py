"""The page and the tables of a comparison."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import Environment, PackageLoader

from sonospine.evidence.environment import environment_for
from sonospine.model.demonstration import BANNER
from sonospine.model.sheets import sheet_text
from sonospine.model.tables import CHANGE_CAUSES, CHANGED_ESTIMATES, CHANGED_STUDIES
from sonospine.releases.view import Changes

FILES = ("index.html", "style.css", "studies.tsv", "estimates.tsv", "causes.tsv")


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return environment_for(PackageLoader("sonospine.releases"))


def diff_files(changes: Changes, style: bytes, version: str) -> dict[str, bytes]:
    """Return the files of a comparison by name.

    Parameters
    ----------
    changes
        What changed.
    style
        The style sheet of the pages.
    version
        Version of the program.
    """
    demonstration = changes.both.old.demonstration or changes.both.new.demonstration
    page = (
        _templates()
        .get_template("diff.html.jinja")
        .render(changes=changes, both=changes.both, banner=BANNER if demonstration else "", version=version)
    )
    head = f"# {BANNER}\n" if demonstration else ""
    tables = (
        ("studies", CHANGED_STUDIES, changes.studies),
        ("estimates", CHANGED_ESTIMATES, changes.estimates),
        ("causes", CHANGE_CAUSES, changes.causes),
    )
    return {
        "index.html": page.encode("utf-8"),
        "style.css": style,
        **{
            f"{name}.tsv": (head + sheet_text(schema, rows, "\t")).encode("utf-8")
            for name, schema, rows in tables
        },
    }
