"""The checklist of PRISMA 2020 with the place of each item in the report, or what is left for the authors to write.

Page et al., BMJ 2021;372:n71. The items carry short names of our own, not the published sentences.
"""

from __future__ import annotations

from collections.abc import Iterable

from sonospine.report.checklist import Item
from sonospine.report.review import Review

AUTHORS = "for the authors to write"
_Place = tuple[str, str]
_Row = tuple[str, str, str, tuple[_Place, ...], str]

_TITLE = ("title of the report", "index.html")
_QUESTION = ("question", "index.html#question")
_FINDINGS = ("summary of findings", "index.html#results")
_ANALYSES = ("analyses", "index.html#analyses")
_DEVIATIONS = ("frozen protocol, amendments and deviations", "index.html#deviations")
_FLOW = ("flow of studies", "index.html#flow")
_DOWNLOADS = ("downloads", "index.html#downloads")
_SEARCH = ("documentation of the search", "search.html")


def _method(words: str, anchor: str) -> _Place:
    return (words, f"methods.html#{anchor}")


def prisma_items(review: Review) -> list[Item]:
    """Return the 27 items with their parts; ``untold`` says what the authors still have to write."""
    return [
        Item(number, name, "", untold, places, section)
        for section, number, name, places, untold in (
            *_front(),
            *_methods(review),
            *_results(review),
            *_rest(review),
        )
    ]


def _front() -> Iterable[_Row]:
    return (
        (
            "Title",
            "1",
            "Named as a systematic review",
            (_TITLE,),
            "whether the title of the manuscript says so",
        ),
        ("Abstract", "2", "Abstract after its own checklist", (), AUTHORS),
        ("Introduction", "3", "Why the review was done", (), AUTHORS),
        ("Introduction", "4", "What it asks", (_QUESTION, _method("methods", "question")), ""),
    )


def _methods(review: Review) -> Iterable[_Row]:
    risk = "" if review.risks else "nobody has judged the risk of bias: tool and procedure"
    names = "Methods"
    return (
        (names, "5", "Eligibility, and how studies were grouped", (_method("eligibility", "eligibility"), _method("analyses", "measures")), ""),
        (names, "6", "Sources and dates of the search", (_SEARCH, _method("search", "search")), ""),
        (names, "7", "Full strategies", (("sources and queries", "search.html#sources"), ("PRISMA-S checklist", "search.html#items")), ""),
        (names, "8", "How studies were selected", (_method("eligibility", "eligibility"),), "how many people screened, and whether independently"),
        (names, "9", "How data were collected", (_method("reading", "reading"), _method("curation", "curation")), "whether study authors were asked"),
        (names, "10a", "Outcomes and which results were sought", (_method("analyses", "measures"),), ""),
        (names, "10b", "Other variables and what was assumed of them", (_method("assumptions", "assumptions"),), "funding and other variables that were collected by hand"),
        (names, "11", "Risk of bias of studies: tool and assessors", (_method("judgements", "judgements"),), risk),
        (names, "12", "Effect measures", (_method("effect measures", "measures"), _method("minimal important differences", "differences")), ""),
        (names, "13a", "Which studies enter which synthesis", (_method("analyses as configured", "measures"), _ANALYSES), ""),
        (names, "13b", "Preparation and conversions", (_method("effect measures", "measures"), _method("assumptions", "assumptions")), ""),
        (names, "13c", "How results are tabulated and drawn", (_FINDINGS, _ANALYSES), ""),
        (names, "13d", "How and why results were pooled", (_method("synthesis", "synthesis"),), "why this model was chosen"),
        (names, "13e", "Causes of heterogeneity", (_method("subgroups and regressions", "sensitivity"),), ""),
        (names, "13f", "Sensitivity analyses", (_method("sensitivity analyses", "sensitivity"),), ""),
        (names, "14", "Bias from missing results: how assessed", (_method("rules", "judgements"), _method("tests", "sensitivity")), "comparison of registrations and protocols with what was reported"),
        (names, "15", "Certainty: how assessed", (_method("certainty", "judgements"),), ""),
    )  # fmt: skip


def _results(review: Review) -> Iterable[_Row]:
    included = [name for name in sorted(review.verdicts) if review.has_full_page(name)]
    judged = sorted({risk.study_id for risk in review.risks.values()} & set(review.study))
    at_study = tuple((review.label(name), f"studies/{name}.html#risk-of-bias") for name in judged)
    risk = "" if at_study else "nobody has judged the risk of bias of any study"
    rated = (
        ""
        if review.grades
        else "nobody has rated the certainty: the table holds suggestions from figures alone"
    )
    names = "Results"
    return (
        (names, "16a", "Flow from search to inclusion", (_FLOW,), ""),
        (names, "16b", "Near misses and why they are out", (("excluded studies by reason", "index.html#excluded"),), ""),
        (names, "17", "Each study and what marks it", (("included studies, each with its page", "index.html#included"),), "" if included else "no study is included"),
        (names, "18", "Risk of bias of each study", at_study, risk),
        (names, "19", "Results of each study with intervals", (_ANALYSES, _DOWNLOADS), ""),
        (names, "20a", "For each synthesis, its studies and their bias", (_ANALYSES,), "a summary of the risk of bias behind each pool"),
        (names, "20b", "Pooled results with precision and heterogeneity", (_FINDINGS, _ANALYSES), ""),
        (names, "20c", "Results on causes of heterogeneity", (), "what subgroups and regressions of results/synthesis/ show"),
        (names, "20d", "Results of sensitivity analyses", (_ANALYSES,), "what the tables of results/synthesis/ beside the second pools show"),
        (names, "21", "Bias from missing results", (("suggestions in the summary of findings", "index.html#results"),), ""),
        (names, "22", "Certainty of each body of evidence", (_FINDINGS,), rated),
    )  # fmt: skip


def _rest(review: Review) -> Iterable[_Row]:
    live = any(row["query"] for row in review.searches)
    frozen = bool(review.protocol)
    registered = frozen and any(row["registration"] for row in review.protocol)
    return (
        ("Discussion", "23a", "Interpretation beside other evidence", (), AUTHORS),
        ("Discussion", "23b", "Limits of the evidence", (("conflicts and doubts", "index.html#conflicts"), ("what could not be read", "index.html#missing")), AUTHORS),
        ("Discussion", "23c", "Limits of the review process", (_method("share verified by a person", "reading"),), AUTHORS),
        ("Discussion", "23d", "Implications", (), AUTHORS),
        ("Other information", "24a", "Registration", (_DEVIATIONS,) if registered else (), "" if registered else AUTHORS),
        ("Other information", "24b", "Where the protocol is", (_DEVIATIONS,) if frozen else (), AUTHORS),
        ("Other information", "24c", "Amendments", (_DEVIATIONS,) if frozen else (), "" if frozen else AUTHORS),
        ("Other information", "25", "Funding and support", (), AUTHORS),
        ("Other information", "26", "Competing interests", (), AUTHORS),
        ("Other information", "27", "Data, code and other material", (_DOWNLOADS, _method("software", "software"), *((("queries", "search.html#sources"),) if live else ())), "where they are published"),
    )  # fmt: skip
