"""How each search is documented: what was asked, when and where, and what became of every entry that came."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.config.searching import Corpus, ExportedFile, Search
from sonospine.model.table_io import Row
from sonospine.model.tables import SEARCHES
from sonospine.sources.fetching import pubmed, trials
from sonospine.sources.snapshots.chain import Member

DEMONSTRATION = "Demonstration corpus (condensed from published figures; not a systematic search)"
CORPUS = "corpus"
OUTDATED = "the configuration asks another query by now; this one was asked when the snapshot was fetched"
_KINDS = {"pubmed": "database", "pmc": "full_text", "trials": "register"}
_CHANGES = {
    "new": ("new",),
    "revised": ("revised",),
    "retracted": ("retracted", "concern"),
    "withdrawn": ("withdrawn", "not_found"),
}


@dataclass(frozen=True, slots=True)
class Documented:
    """A search with what is known of it: ``search`` is its id, ``fields`` other columns of ``SEARCHES``."""

    search: str
    fields: Mapping[str, str]


@dataclass(slots=True)
class Tally:
    """What became of the entries of one search; ``ids`` are the different records that came."""

    kept: int = 0
    repeated: int = 0
    superseded: int = 0
    rejected: int = 0
    ids: set[str] = field(default_factory=set)

    @property
    def entries(self) -> int:
        """The entries that were read."""
        return self.kept + self.repeated + self.superseded + self.rejected


def search_row(search: Documented, tally: Tally) -> Row:
    """Return the row of a search; ``fetched`` is the number of different records where nothing else is stated."""
    counts = {
        name: str(getattr(tally, name)) for name in ("entries", "kept", "repeated", "superseded", "rejected")
    }
    return SEARCHES.row(
        **{"fetched": str(len(tally.ids)), **search.fields, "search": search.search, **counts}
    )


def of_corpus(corpus: Corpus) -> Documented:
    """Return how the corpus is documented: no search, whatever it holds."""
    return Documented(
        CORPUS,
        {"kind": "corpus", "database": DEMONSTRATION if corpus.demonstration else "", "address": corpus.path},
    )


def of_files(files: Iterable[ExportedFile]) -> list[Documented]:
    """Return how the files and folders of the configuration are documented, each under an id of its own.

    The id is ``file:`` and the path with white space as underscores; a second one of the same gets ``-2``. Without
    a database there was no search: the kind is ``other``.
    """
    taken: dict[str, int] = {}
    found = []
    for file in files:
        name = file_search(file.path)
        taken[name] = taken.get(name, 0) + 1
        found.append(
            Documented(
                name if taken[name] == 1 else f"{name}-{taken[name]}",
                {
                    "kind": file.kind if file.database else "other",
                    "database": file.database,
                    "platform": file.platform,
                    "address": file.path,
                    "searched": file.searched,
                    "query": file.query,
                    "limits": _list(file.limits),
                    "reported": "" if file.reported is None else str(file.reported),
                },
            )
        )
    return found


def file_search(shown: str) -> str:
    """Return the id of the search of a file: ``file:`` and its path, white space as underscores."""
    return "file:" + "_".join(shown.split())


def configured_queries(search: Search) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return query and limits of each source that is searched, as its manifest would have them."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    if search.pubmed is not None:
        found["pubmed"] = (search.pubmed.query, pubmed.limits_of(search.pubmed))
    if search.trials is not None:
        found["trials"] = (trials.query_of(search), ())
    return found


def of_snapshot(
    members: Sequence[Member], configured: Mapping[str, tuple[str, tuple[str, ...]]] | None = None
) -> Documented:
    """Return how one source of a snapshot is documented, from the manifest of the newest of its chain.

    ``fetched`` is the manifest's number where the snapshot stands alone; of an update it is left open, because the
    records of the whole chain count. Where the configuration asks for something else by now (``configured``, see
    ``configured_queries``), a warning says so: documented is what was really asked.
    """
    manifest = members[0][1]
    asked = (manifest.query, manifest.limits)
    differs = (configured or {}).get(manifest.source, asked) != asked
    fields = {
        "kind": _KINDS[manifest.source],
        "database": manifest.database,
        "platform": manifest.platform,
        "address": manifest.address,
        "searched": manifest.searched,
        "query": manifest.query,
        "sent": json.dumps([sent.model_dump() for sent in manifest.sent], ensure_ascii=False),
        "limits": _list(manifest.limits),
        "warnings": _list((*manifest.warnings, *((OUTDATED,) if differs else ()))),
        "reported": str(manifest.reported),
        "snapshot": manifest.snapshot,
        "versions": json.dumps(manifest.versions, ensure_ascii=False, sort_keys=True),
    }
    if manifest.base is None:
        return Documented(manifest.source, {**fields, "fetched": str(manifest.fetched)})
    changes = {
        column: str(sum(manifest.changes.get(kind, 0) for kind in kinds))
        for column, kinds in _CHANGES.items()
    }
    return Documented(manifest.source, {**fields, "base": manifest.base.snapshot, **changes})


def _list(texts: Iterable[str]) -> str:
    """Join texts by the separator of lists, which no text of it can hold."""
    return ";".join(text.replace(";", ",") for text in texts)
