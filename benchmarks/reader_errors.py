"""Count what the reader gets wrong, and how sure it was: the error table that the queue is tried with.

    python benchmarks/reader_errors.py [--check]

Reads the open annotated articles of SONOSPINE_TEST_DATA (by default ../shared/data), never the locked ones, and writes
``reader_errors.json`` beside this file. Rows that could be pooled are counted: means with a spread, counts with a
total, differences with an interval, whose arm and time were read. The scorer of measurements tells a right row (everything agrees) from a wrong one and the first level that
disagrees, which is its kind of error. Confidences are cross-validated: each article's rows are judged with weights
learned from the others. Of each row the alternatives are kept as shares of its doubt (1 - confidence), by field, and of
a wrong one whether an alternative held the annotated value. The file holds figures, no text of the articles.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import calibrate

from sonospine.evaluation.articles import collection, listed_articles
from sonospine.evaluation.scorers import find_scorers
from sonospine.extraction.assembly import extract_records
from sonospine.model.files import write_text
from sonospine.sources.reading import records_of
from sonospine.vocabulary import load_vocabulary

TABLE = Path(__file__).with_name("reader_errors.json")
KINDS = ("value", "spread_value", "spread", "time", "change", "outcome", "arm", "n", "no_result")
"""``no_result``: nothing of the kind is annotated in the article (a figure of other people, an effect, a share)."""
FAMILIES = ("arm", "count", "difference")
MEANS, SPREADS = ("mean", "ls_mean"), ("sd", "se", "ci")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true", help="print only")
    told = asked.parse_args()
    made = counted(Path(os.environ.get("SONOSPINE_TEST_DATA", "../shared/data")))
    print({name: made[name] for name in ("articles", "right", "wrong", "kinds", "held")})
    if not told.check:
        write_text(TABLE, json.dumps(made, indent=1) + "\n")


def counted(data: Path) -> dict[str, Any]:
    """Return the error table."""
    found = collection(data)
    scorer = calibrate._module(find_scorers(data.resolve().parent / "bench").measurements)
    gold = scorer.read_gold(found.gold, set(found.open_articles.read_text(encoding="utf-8").split()))
    words = load_vocabulary(calibrate.PROJECT / "config" / "vocabulary")
    rows: list[tuple[dict[str, str], list[dict[str, str]], str, bool]] = []
    judged: list[calibrate.Judged] = []
    for path in listed_articles(found.open_articles, found.full_texts):
        made = extract_records(records_of(path), words)
        others: dict[str, list[dict[str, str]]] = {}
        for alternative in made.alternatives:
            others.setdefault(alternative["measurement_id"], []).append(alternative)
        read = [(scorer.predicted_row(row), row) for row in made.measurements]
        for family in FAMILIES:
            mine = [(p, row) for p, row in read if p is not None and p["family"] == family]
            annotated = [g for g in gold[path.stem] if g["family"] == family]
            verdicts = _verdicts(scorer, annotated, [p for p, _ in mine])
            for (level, best), (p, row) in zip(verdicts, mine, strict=True):
                if level is None:
                    continue
                reasons = made.reasons[row["measurement_id"]]
                judged.append(
                    calibrate.Judged(path.stem, family, row["rule"], reasons, level, float(row["confidence"]))
                )
                own = others.get(row["measurement_id"], [])
                kind = "" if level == scorer.TOP else _kind(scorer, level, best, p, annotated)
                rows.append((row, own, kind, _holds(scorer, kind, best, own)))
    sure = calibrate.cross_validated(judged, calibrate.PENALTY)
    right: Counter[str] = Counter()
    wrong = []
    for (row, own, kind, held), confidence in zip(rows, sure, strict=True):
        if not _could_be_pooled(row):
            continue
        doubt = 1 - float(row["confidence"])
        shares = [[a["field"], round(float(a["probability"]) / doubt, 3)] for a in own]
        profile = {"confidence": round(confidence, 3), "alternatives": shares}
        if kind:
            wrong.append({"kind": kind, **profile, "held": held})
        else:
            right[json.dumps(profile)] += 1
    wrong.sort(key=lambda one: (KINDS.index(one["kind"]), one["confidence"]))
    return {
        "made_by": "python benchmarks/reader_errors.py",
        "articles": len({one.article for one in judged}),
        "right": sum(right.values()),
        "wrong": len(wrong),
        "kinds": {kind: sum(one["kind"] == kind for one in wrong) for kind in KINDS},
        "held": {kind: sum(one["kind"] == kind and one["held"] for one in wrong) for kind in KINDS},
        "right_rows": [{**json.loads(text), "rows": count} for text, count in sorted(right.items())],
        "wrong_rows": wrong,
    }


def _verdicts(scorer: Any, gold: list[Any], read: list[Any]) -> list[tuple[int | None, Any]]:
    """Return how far each row agrees and with which annotation; a level of ``None`` is not judged."""
    arms = list({frozenset(g["arm_words"]): g["arm_words"] for g in gold}.values())
    outcomes = list({frozenset(g["outcome_words"]): g["outcome_words"] for g in gold}.values())
    pairs, _ = scorer.match(gold, read, arms, outcomes)
    partner = {j: gold[i] for _, i, j in pairs}
    return [(level, partner.get(j)) for j, level in enumerate(calibrate._levels(scorer, gold, read))]


def _kind(scorer: Any, level: int, best: Any, p: Any, gold: list[Any]) -> str:
    if level >= 1:
        name = {1: "spread", 3: "outcome", 4: "arm", 5: "n"}.get(level)
        if name is not None:
            return name
        return "time" if best["change"] == p["change"] else "change"
    same = [g for g in gold if g["construct"] == p["construct"]]
    if any(g["centre"] == p["centre"] for g in same):
        return "spread_value"
    known = [g for g in same if g["weeks"] is not None and scorer.same_weeks(g["weeks"], p["weeks"])]
    alike = [g for g in known if scorer.likeness(g["arm_words"], p["arm_words"]) > 0]
    return "value" if any(g["change"] == p["change"] for g in alike) else "no_result"


def _holds(scorer: Any, kind: str, best: Any, own: list[dict[str, str]]) -> bool:
    """Tell whether an alternative of a wrong row is what the annotation says."""
    if best is None:
        return False
    values = {
        name: [a["value"] for a in own if a["field"] == name] for name in ("spread", "weeks", "arm", "n")
    }
    if kind == "spread":
        return best["spread"] in values["spread"]
    if kind == "time":
        weeks = [scorer.number(text) for text in values["weeks"]]
        return any(scorer.same_weeks(w, one) for w in scorer.readings(best, "weeks") for one in weeks)
    if kind == "arm":
        return any(scorer.likeness(scorer.words(text), best["arm_words"]) >= 0.5 for text in values["arm"])
    if kind == "n":
        return any(scorer.number(text) in scorer.readings(best, "n") for text in values["n"])
    return False


def _could_be_pooled(row: dict[str, str]) -> bool:
    if not (row["value"] and row["arm"] and (row["weeks"] or row["phase"] == "baseline")):
        return False
    bounds = bool(row["lower"] and row["upper"])
    if row["centre"] == "count":
        return bool(row["total"] or row["n"])
    if row["centre"] == "difference":
        return bounds or bool(row["spread_value"])
    return row["centre"] in MEANS and row["spread"] in SPREADS and (bounds or bool(row["spread_value"]))


if __name__ == "__main__":
    main()
