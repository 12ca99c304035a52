"""The scores as a section of ``docs/benchmarks.md``."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.evaluation.generated_section import table
from sonospine.evaluation.scorers import Figures

LEVELS = {
    "value": "centre and spread numbers",
    "kind": "... and what the spread is",
    "time": "... and the time",
    "outcome": "... and the outcome",
    "arm": "... and the arm",
    "tuple": "... and n: everything",
}
QUESTIONS = {
    "present": "both means and SDs are among the rows",
    "four": "both means and SDs, right pair chosen",
    "six": "... and both group sizes",
    "binary": "events and group size of both arms",
    "invented": "answered although the article has no answer (lower is better)",
}
# What a language model given the full text answers on the same questions (published outputs, scored alike).
LANGUAGE_MODEL = {"four": 0.544, "six": 0.441, "binary": 0.662, "invented": 0.024}


@dataclass(frozen=True, slots=True)
class Scores:
    """Figures of the scorers; ``locked`` is ``None`` where the locked articles were not read.

    ``followup`` are the questions that do not name the baseline, asked of the rows after baseline;
    ``question_articles`` is how many articles the questions are about.
    """

    open_articles: Figures
    locked: Figures | None
    questions: Figures
    followup: Figures
    question_articles: int
    unreadable: tuple[str, ...] = ()


def scores_section(scores: Scores, *, command: str, version: str) -> str:
    """Return the section: how it was made, then one table a collection."""
    parts = [
        f"Written by `{command}` ({version}). Intervals are 95 %, over resampled articles.",
        _gold(scores.open_articles, "the articles that the reader was built with"),
    ]
    if scores.locked is None:
        parts.append("**Locked articles**: not read in this run (`--locked` reads them).")
    else:
        parts.append(_gold(scores.locked, "locked: nobody has looked at them or at their misses"))
    parts += [
        f"**Questions** of intervention, comparator and outcome on {scores.question_articles} other articles, asked of "
        "all rows:",
        _questions(scores.questions),
        "The questions that do not name the baseline, asked as a reviewer asks for a result of treatment: of the rows "
        "whose phase is not `baseline` (the article has such an answer or it has none).",
        _questions(scores.followup),
    ]
    if scores.unreadable:
        parts.append(f"Could not be read, and so count as misses: {'; '.join(scores.unreadable)}.")
    return "\n\n".join(parts)


def _gold(figures: Figures, which: str) -> str:
    low, high = figures["tuple_f1_interval"]
    confident = figures["confident"]
    rows = [(label, *_precision_recall(figures[level])) for level, label in LEVELS.items()]
    for family in ("count", "difference"):
        part = figures[family]
        rows.append(
            (f"{family}s ({part['gold_rows']} annotated): numbers", *_precision_recall(part["value"]))
        )
        rows.append((f"{family}s: everything", *_precision_recall(part["tuple"])))
    return "\n\n".join(
        (
            f"**{figures['articles']} articles** ({which}): {figures['gold_rows']} annotated means and medians of "
            f"pain and disability, {figures['predicted_rows']} read.",
            table(("agreement in", "precision", "recall", "F1"), rows),
            f"F1 of everything: {_share(low)} to {_share(high)}. Means and medians of confidence 0.9 and more: "
            f"precision {_share(confident['precision'])}, {_share(confident['coverage'])} of the annotated.",
        )
    )


def _precision_recall(level: Figures) -> tuple[str, str, str]:
    return _share(level["precision"]), _share(level["recall"]), _share(level["f1"])


def _questions(figures: Figures) -> str:
    rows = []
    for name, label in QUESTIONS.items():
        if name not in figures:
            continue
        found = figures[name]
        low, high = found["interval"]
        model = LANGUAGE_MODEL.get(name)
        rows.append(
            (
                label,
                str(found["questions"]),
                f"{_share(found['share'])} ({_share(low)} to {_share(high)})",
                "" if model is None else _share(model),
            )
        )
    return table(("answered", "questions", "sonospine", "a language model with the full text"), rows)


def _share(value: float) -> str:
    return f"{value:.3f}"
