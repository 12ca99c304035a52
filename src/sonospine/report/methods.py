"""The text of a methods section, from the configuration and the tables of this run: nothing in it is written by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.config.settings import Criterion
from sonospine.figures.wording import in_words, rounded, sentence
from sonospine.model.table_io import Row
from sonospine.report.flow import flow_of
from sonospine.report.methods_synthesis import assumptions, differences, measures, sensitivity, synthesis
from sonospine.report.review import INCLUDED, Review
from sonospine.report.search import counted, search_documentation
from sonospine.report.suggestions import RULES

PROGRAM = "sonospine"
FOR_AUTHORS = (
    "Registration and protocol, funding, competing interests and the part of each author are not told by the "
    "configuration: the authors write them."
)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text: the anchor and heading, paragraphs, then a list (``name`` may be empty), each as plain text."""

    anchor: str
    heading: str
    paragraphs: tuple[str, ...]
    listed: tuple[tuple[str, str], ...] = ()


def methods_of(review: Review) -> tuple[Part, ...]:
    """Return the parts of the methods section in the order in which they are usually printed."""
    config = review.config
    return (
        _question(review),
        _search(review),
        _eligibility(review),
        _reading(review),
        _curation(review),
        _judgements(review),
        Part("measures", "Effect measures", *measures(config)),
        Part("synthesis", "Synthesis", synthesis(config)),
        Part("assumptions", "Assumptions", *assumptions(config)),
        Part("differences", "Minimal important differences", *differences(config)),
        Part("sensitivity", "Sensitivity and subgroup analyses", *sensitivity(config)),
        _software(review),
        Part("authors", "What the authors have to add", (FOR_AUTHORS,)),
    )


def _question(review: Review) -> Part:
    asked = review.config.question
    named = (
        ("Population", asked.population),
        ("Intervention", asked.intervention),
        ("Comparators", asked.comparators),
        ("Outcomes", asked.outcomes),
    )
    return Part("question", "Question", ("The review asks about:",), named)


def _search(review: Review) -> Part:
    documented = search_documentation(review)
    found = [f"{source.summary} {source.update}".strip() for source in documented.sources]
    done = documented.deduplication
    total = sum(box.total for box in documented.identified)
    told = [*found] or ["No source is configured."]
    if documented.identified:
        beside = "; ".join(f"{box.title.lower()}: {box.total:,}" for box in documented.removed)
        told.append(
            f"{counted(total, 'record')} {'was' if total == 1 else 'were'} identified{f' ({beside})' if beside else ''}."
        )
    told.append(
        f"Duplicates were found by {done.software}: records of one report by their identifiers, then by title, authors, "
        "year, journal and pages. Queries, dates, limits and counts of every source stand in the appendix on the search."
    )
    return Part("search", "Search", tuple(told))


def _eligibility(review: Review) -> Part:
    asked = review.config.eligibility
    criteria = (
        ("Conditions", asked.condition),
        ("Designs", asked.design),
        ("Guidance of at least one arm", asked.guidance),
        ("Procedures", asked.procedure),
    )
    concern = "excluded" if asked.expression_of_concern == "exclude" else "included"
    told = [
        "Records were screened by rules on their title and abstract, and reports on their text where it was at hand; "
        "each decision is stored with its reason and the words it rests on, and a person’s decision wins over the rule.",
        f"Retracted and withdrawn reports were excluded; reports under an expression of concern were {concern}.",
    ]
    boxes = [box for stage in flow_of(review.prisma) for box in (*stage.main, *stage.beside)]
    counts = [
        f"{box.title.lower()} {counted(box.total, box.unit.removesuffix('s'), box.unit)}"
        for box in boxes
        if not box.title.startswith(("Identified", "Duplicates", "Removed"))
    ]
    if counts:
        told.append(f"In this run: {'; '.join(counts)}.")
    return Part(
        "eligibility", "Eligibility", tuple(told), tuple((name, _criterion(one)) for name, one in criteria)
    )


def _criterion(asked: Criterion) -> str:
    parts = [f"in: {_named(asked.include)}"] if asked.include else []
    parts += [f"out: {_named(asked.exclude)}"] if asked.exclude else []
    parts.append(f"any other: {'in' if asked.other == 'include' else 'out'}")
    parts.append(f"not told: {'in' if asked.unclear == 'include' else 'out'}")
    return "; ".join(parts)


def _named(identifiers: Sequence[str]) -> str:
    return ", ".join(in_words(name) for name in identifiers)


def _reading(review: Review) -> Part:
    rows = review.machine
    records = len({row["record_id"] for row in rows})
    sources = Counter(row["source"] for row in rows)
    by_source = ", ".join(f"{name} {count:,}" for name, count in sorted(sources.items()))
    told = [
        f"Results of arms and comparisons were read by {PROGRAM} {review.version} with rules from abstracts, text, tables "
        "and registry fields, each number with the place it stands at; the reader does not know the question of the "
        f"review. In this run {counted(len(rows), 'result')} {'was' if len(rows) == 1 else 'were'} read from "
        f"{counted(records, 'record')}{f' ({by_source})' if by_source else ''}.",
        "The same result in several places of a study counts once: registry before table, table before text, text before "
        "abstract, unless a person decides otherwise. Where places disagree, the pool is made a second time with the "
        "other value.",
        f"{len(review.checked_ids)} of the {len(review.pooled_ids)} numbers behind the primary pools "
        f"{'was' if len(review.checked_ids) == 1 else 'were'} verified by a person (confirmed, corrected, added or "
        "adjudicated); every other number is a machine’s reading.",
    ]
    confidences = sorted(
        float(row["confidence"])
        for name in sorted(review.pooled_ids)
        if (row := review.measurement.get(name)) is not None and row["confidence"]
    )
    if confidences:
        told.append(
            "The reader’s own probability that a row is right (calibrated on hand-read papers) runs from "
            f"{rounded(confidences[0])} to {rounded(confidences[-1])} over these numbers."
        )
    unread = len(review.unread)
    if unread:
        told.append(
            f"{counted(unread, 'figure or image', 'figures or images')} with results could not be read and "
            f"{'waits' if unread == 1 else 'wait'} for a person."
        )
    return Part("reading", "Reading of the numbers", tuple(told))


def curators_of(review: Review) -> list[str]:
    """Return who wrote a line on numbers, arms and times, on risk of bias or on certainty, by name."""
    names = {row["curator"] for row in review.actions}
    judged = [one.judgements for one in review.risks.values()] + [
        one.judgements for one in review.grades.values()
    ]
    names |= {curator for fields in judged for one in fields.values() for curator in one.said}
    return sorted(names)


def _curation(review: Review) -> Part:
    names = curators_of(review)
    if not names:
        return Part("curation", "Curation", ("No person has corrected or confirmed anything that was read.",))
    applied = sum(row["outcome"] == "applied" for row in review.log)
    told = [
        f"{counted(len(names), 'curator')} ({', '.join(names)}) worked on the review; "
        f"{counted(len(review.actions), 'line')} on numbers, arms and times "
        f"{'was' if len(review.actions) == 1 else 'were'} written, {applied:,} of them applied in this run. What a person "
        "sets wins over the machine; where two disagree on a field, the machine’s value stays until a third decides."
    ]
    agreement = tuple(_agreed(row) for row in review.agreement)
    told.append(
        "Agreement of two curators, who both had the machine’s reading before them:"
        if agreement
        else "No two curators have judged the same thing: there is no agreement to report."
    )
    return Part("curation", "Curation", tuple(told), agreement)


def _agreed(row: Row) -> tuple[str, str]:
    parts = [f"{row['agreed']} of {row['n']}"]
    for name, words in (("kappa", "Cohen’s kappa"), ("icc", "ICC(2,1)")):
        if row[name]:
            bounds = (
                f" ({rounded(float(row[f'{name}_lower']))} to {rounded(float(row[f'{name}_upper']))})"
                if row[f"{name}_lower"]
                else ""
            )
            parts.append(f"{words} {rounded(float(row[name]))}{bounds}")
    about = (
        "numbers"
        if row["kind"] == "corrections"
        else "GRADE"
        if row["kind"] == "grade"
        else in_words(row["kind"])
    )
    both = f"{row['curator_1']} and {row['curator_2']}"
    return f"{sentence(about)}, {in_words(row['field'])}, {both}", "; ".join(parts)


def _judgements(review: Review) -> Part:
    tools = sorted({risk.tool for risk in review.risks.values() if risk.tool})
    judged = {risk.study_id for risk in review.risks.values()}
    included = [name for name, verdict in review.verdicts.items() if verdict in INCLUDED]
    with_tool = f" with {' and '.join(tools)}" if tools else ""
    told = [
        f"The risk of bias of {len(judged & set(included))} of {counted(len(included), 'included study', 'included studies')} "
        f"was judged by a person{with_tool}."
        if judged
        else "No person has judged the risk of bias of any study.",
    ]
    rated = [analysis for analysis in review.config.analyses if analysis.id in review.grades]
    total = counted(len(review.config.analyses), "analysis", "analyses")
    told.append(
        f"The certainty of the evidence was rated by a person with GRADE for {len(rated)} of {total}."
        if rated
        else "No person has rated the certainty of the evidence (GRADE)."
    )
    told.append(
        "Where nobody has rated a field, the report prints what these rules suggest, marked as suggestions:"
    )
    rules = tuple((sentence(in_words(name)), f"{rule} ({source})") for name, rule, source in RULES)
    return Part("judgements", "Risk of bias and certainty of the evidence", tuple(told), rules)


def _software(review: Review) -> Part:
    versions = (
        (PROGRAM, review.version),
        *sorted(review.software.items(), key=lambda one: one[0].casefold()),
    )
    return Part("software", "Software", ("The run used:",), versions)
