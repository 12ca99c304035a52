"""RO-Crate 1.1: what a run was made from, by what, and what it made, with the hash of every file."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from sonospine.exchange.results import (
    CONFIGURATION,
    CURATION,
    INPUT,
    OUTPUT,
    WORKFLOW,
    Results,
    Used,
)
from sonospine.model.files import sha256

METADATA = "ro-crate-metadata.json"
_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]
_WORDS = {
    INPUT: "Record or search result that was imported",
    CONFIGURATION: "Configuration and vocabulary of the review",
    CURATION: "Corrections and judgements that people wrote",
    WORKFLOW: "Workflow",
    OUTPUT: "Result of the run",
}
_SNAKEMAKE = {
    "@id": "#snakemake",
    "@type": "ComputerLanguage",
    "name": "Snakemake",
    "url": "https://snakemake.github.io",
}
_TYPES = {".tsv": "text/tab-separated-values", ".ris": "application/x-research-info-systems", ".smk": "text/plain",
          ".yaml": "application/yaml", ".md": "text/markdown", ".R": "text/x-r", ".jsonl": "application/jsonl"}  # fmt: skip
MAIN = "Snakefile"


def ro_crate(results: Results, parts: Mapping[str, bytes]) -> bytes:
    """Return ``ro-crate-metadata.json``.

    Parameters
    ----------
    results
        The review. Its files (``used``) are not in the crate: they are contextual entities, whose ids begin with
        ``#``, told by their path in the review, their hash and their size.
    parts
        Files beside the metadata, by path: the data entities of the crate.

    Notes
    -----
    There is no time of the run: the same input gives the same bytes. ``datePublished`` is the date of the data, and
    is left out where nothing tells one.
    """
    title = results.config.title
    data = [
        {"@id": name, "@type": "File", "name": PurePosixPath(name).name, **_bytes(name, sha256(content), len(content))}
        for name, content in sorted(parts.items())
    ]  # fmt: skip
    used = [_entity(file) for file in sorted(results.used, key=lambda file: file.path)]
    software = [
        {"@id": f"#software/{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
        for name, version in sorted(results.versions.items())
    ]
    main = next((entity for entity in used if entity["name"] == MAIN), None)
    rules = [_id(file) for file in results.used if file.role == WORKFLOW and file.path != MAIN]
    if main is not None:
        main |= {"@type": ["SoftwareSourceCode", "ComputationalWorkflow"], "hasPart": rules}
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": f"Results of the review in the forms of other tools. {results.banner}".strip(),
        "license": "See the licences of the records (json/results.json, table records) and of the review.",
        "hasPart": _ids(data),
        "mentions": {"@id": "#run"},
    }
    if results.date:
        root["datePublished"] = results.date
    run = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"Run of the review: {title}",
        "instrument": [*([{"@id": main["@id"]}] if main is not None else []), *_ids(software)],
        "object": [_id(file) for file in results.used if file.role not in (OUTPUT, WORKFLOW)],
        "result": [_id(file) for file in results.used if file.role == OUTPUT] + _ids(data),
    }
    head = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    graph = [head, root, run, *data, *used, *software, *([_SNAKEMAKE] if main is not None else [])]
    return (json.dumps({"@context": _CONTEXT, "@graph": graph}, ensure_ascii=False, indent=1) + "\n").encode(
        "utf-8"
    )


def _ids(entities: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _id(file: Used) -> dict[str, str]:
    return {"@id": f"#{quote(file.path)}"}


def _entity(file: Used) -> dict[str, Any]:
    entity: dict[str, Any] = {
        **_id(file),
        "@type": "CreativeWork",
        "name": file.path,
        "description": _WORDS[file.role],
        **_bytes(file.path, file.sha256, file.size),
    }
    if file.role == WORKFLOW:
        entity["@type"] = "SoftwareSourceCode"
        entity["programmingLanguage"] = {"@id": _SNAKEMAKE["@id"]}
    return entity


def _bytes(name: str, digest: str, size: int) -> dict[str, str]:
    ending = PurePosixPath(name).suffix
    form = _TYPES.get(ending) or mimetypes.types_map.get(ending, "application/octet-stream")
    return {"encodingFormat": form, "contentSize": str(size), "sha256": digest}
