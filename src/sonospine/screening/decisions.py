"""The decisions about the reports of one study, at title and abstract and at the full report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sonospine.config.settings import Eligibility
from sonospine.model.votes import Settled
from sonospine.screening import registration
from sonospine.screening.eligibility import Verdict, judge, place, quoted
from sonospine.screening.facts import Facts, facts_of, with_gaps_filled
from sonospine.screening.findings import Finding, mentions
from sonospine.screening.pieces import all_pieces
from sonospine.screening.study import ARTICLES, Report, Study
from sonospine.vocabulary import Vocabulary

STATUS, KIND = "status", "kind"
"""Criteria that stand in no configuration: what has become of a report, and what it is."""
CONCERN = "eligibility.expression_of_concern"
WITHDRAWN = "publication withdrawn"
PLANNED, SINGLE_PATIENT = "protocol", "case_report"
_USED = ("include", "not_retrieved")


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided about a report: by title and abstract, and (where it passed) by the full report."""

    report: Report
    at_record: Verdict
    at_report: Verdict | None


@dataclass(frozen=True, slots=True)
class Screener:
    """Decides about the reports of a study by the configuration's criteria and what curators settled."""

    eligibility: Eligibility
    vocabulary: Vocabulary
    settled_findings: Mapping[str, tuple[Finding, ...]]
    settled_study: Mapping[str, Settled]
    settled_records: Mapping[str, Mapping[str, Settled]]

    def facts(self, study: Study, *, full: bool) -> Facts:
        """Return what the records of a study tell together."""
        return facts_of(study.records, self.vocabulary, full=full, settled=self.settled_findings)

    def decide(self, study: Study) -> list[Decided]:
        """Return the decisions about every report of a study, in the order of its reports."""
        at_record = self._at_record(study)
        decided: dict[str, Verdict] = {}
        for report in sorted(study.reports, key=lambda r: (not r.main, r.main and r.without_results)):
            if at_record[report.report_id].decision == "include":
                verdict = self._at_report(study, report, at_record, decided)
                decided[report.report_id] = self._settled(report, verdict)
        return [Decided(r, at_record[r.report_id], decided.get(r.report_id)) for r in study.reports]

    def _at_record(self, study: Study) -> dict[str, Verdict]:
        shared = self.facts(study, full=False)
        verdicts: dict[str, Verdict] = {}
        for report in study.reports:
            verdict = _barred(study, report, self.eligibility)
            if verdict is None and not report.main and any(r.main for r in study.reports):
                verdict = _following(report, [verdicts[r.report_id] for r in study.reports if r.main])
            if verdict is None:
                own = facts_of(report.records, self.vocabulary, full=False, settled=self.settled_findings)
                facts = with_gaps_filled(own, shared)
                verdict = self._judge(report, facts, lenient=any(r.full_text for r in report.records))
            verdicts[report.report_id] = self._settled_at_record(report, verdict)
        return verdicts

    def _at_report(
        self,
        study: Study,
        report: Report,
        at_record: Mapping[str, Verdict],
        decided: Mapping[str, Verdict],
    ) -> Verdict:
        if not report.main and any(r.main for r in study.reports):
            return _companion(report, [decided[r.report_id] for r in study.reports if r.report_id in decided])
        own = facts_of(report.records, self.vocabulary, full=True, settled=self.settled_findings)
        facts = with_gaps_filled(own, self.facts(study, full=True))
        verdict = self._judge(report, facts, lenient=False)
        if verdict.decision != "include":
            return verdict
        if not report.main:
            return self._news_alone(report, verdict)
        planned = PLANNED in facts.ids("design").split(";")
        if report.without_results or planned:
            articles = [
                decided.get(r.report_id, at_record[r.report_id])
                for r in study.reports
                if r.kind in ARTICLES and r is not report
            ]
            return _without_results(study, report, articles, verdict)
        if report.kind == "registration":
            return replace(verdict, reason="results in the registry")
        if not report.retrieved:
            return replace(
                verdict, decision="not_retrieved", reason="full text not at hand; used on its abstract"
            )
        if SINGLE_PATIENT in facts.ids("design").split(";"):
            return replace(verdict, reason="case report: listed, not pooled")
        return verdict

    def _judge(self, report: Report, facts: Facts, *, lenient: bool) -> Verdict:
        designs = set(facts.ids("design").split(";"))
        planned = report.without_results and designs <= {"", PLANNED}
        waived = frozenset({"design"}) if planned or designs == {PLANNED} else frozenset()
        return judge(report.best, facts, self.eligibility, self.vocabulary, lenient=lenient, waived=waived)

    def _news_alone(self, report: Report, verdict: Verdict) -> Verdict:
        words = mentions("designs", all_pieces(report.records, full=True), self.vocabulary)
        told = [one for one in words if one.term == PLANNED][:1]
        if not told:
            why = "news only: no report of the study at hand"
            return replace(verdict, decision="awaiting", reason=why, criterion=KIND)
        return replace(
            verdict,
            decision="ongoing",
            reason="announced, no results yet; the registration is not at hand",
            criterion=STATUS,
            evidence=quoted(told, report.best.record_id),
            locator=place(told, report.best.record_id),
        )

    def _order(self, report: Report) -> dict[str, Settled]:
        order = dict(self.settled_study) if report.main else {}
        for record in reversed(report.records):
            order |= self.settled_records.get(record.record_id, {})
        return {name: order[name] for name in ("decision", "reason") if name in order}

    def _settled_at_record(self, report: Report, verdict: Verdict) -> Verdict:
        order = self._order(report)
        decision = order.get("decision")
        if decision is None:
            if "reason" in order and verdict.decision == "exclude":
                return replace(verdict, reason=order["reason"].value, by=order["reason"].by)
            return verdict
        passes = decision.value != "exclude"
        return _ordered("include" if passes else "exclude", order, decision)

    def _settled(self, report: Report, verdict: Verdict) -> Verdict:
        order = self._order(report)
        decision = order.get("decision")
        if decision is not None:
            return _ordered(decision.value, order, decision)
        if "reason" in order:
            return replace(verdict, reason=order["reason"].value, by=order["reason"].by)
        return verdict


def _ordered(value: str, order: Mapping[str, Settled], decision: Settled) -> Verdict:
    reason = order["reason"].value if "reason" in order else decision.reason
    return Verdict(value, reason or "decided by a curator", "curator", "", "", decision.by)


def _barred(study: Study, report: Report, eligibility: Eligibility) -> Verdict | None:
    """Return the exclusion of a report whatever it is about: retracted, withdrawn, under concern, a notice alone.

    A retraction or an expression of concern of one article bars the whole study: its other reports tell of the
    same people and numbers.
    """
    words = _told("retracted", study, report)
    if words:
        return Verdict("exclude", "retracted", STATUS, words)
    if report.kind == "registration":
        state = registration.state(report.best)
        if state.decision == "exclude":
            return Verdict("exclude", state.reason, STATUS, f"“{state.words}”", state.place)
    words = report.editorial.get("withdrawn", "")
    if words:
        why = "registration no longer held by its source" if report.kind == "registration" else WITHDRAWN
        return Verdict("exclude", why, STATUS, words)
    words = _told("concern", study, report)
    if words and eligibility.expression_of_concern == "exclude":
        return Verdict("exclude", "expression of concern", CONCERN, words)
    if report.kind in ("notice", "erratum") and not any(r.main for r in study.reports):
        return Verdict("exclude", f"{report.kind}: no outcome data", KIND, f"kind {report.kind}")
    return None


def _told(status: str, study: Study, report: Report) -> str:
    """Return the words that tell of a status of the report, or of an article of its study; empty where none do."""
    articles = (one for one in study.reports if one.kind in ARTICLES)
    return next((one.editorial[status] for one in (report, *articles) if status in one.editorial), "")


def _following(report: Report, mains: list[Verdict]) -> Verdict:
    """Return the decision of a companion by title and abstract: that of the reports it accompanies."""
    passed = next((v for v in mains if v.decision == "include"), None)
    if passed is not None:
        return Verdict("include", f"{report.kind} on a study that passes", KIND, f"kind {report.kind}")
    first = mains[0]
    return Verdict("exclude", f"{report.kind} on an excluded study: {first.reason}", first.criterion)


def _companion(report: Report, mains: list[Verdict]) -> Verdict:
    for decision in (*_USED, "ongoing", "awaiting"):
        if any(v.decision == decision for v in mains):
            if decision in _USED:
                why = f"{report.kind} on an included study: adds no participants"
                return Verdict("include", why, KIND, f"kind {report.kind}")
            first = next(v for v in mains if v.decision == decision)
            why = f"{report.kind} on a study without results: {first.reason}"
            return Verdict(decision, why, KIND, f"kind {report.kind}")
    why = (
        f"{report.kind} on an excluded study: {mains[0].reason}"
        if mains
        else f"{report.kind}: no outcome data"
    )
    return Verdict("exclude", why, mains[0].criterion if mains else KIND)


def _without_results(study: Study, report: Report, articles: list[Verdict], verdict: Verdict) -> Verdict:
    """Return the decision about a protocol or a registration without results: its articles speak first."""
    if any(v.decision in _USED for v in articles):
        return replace(verdict, reason=f"{report.kind} of an included study")
    if articles and all(v.decision == "exclude" for v in articles):
        why = f"the study is excluded by its article: {articles[0].reason}"
        return Verdict("exclude", why, articles[0].criterion)
    registered = next((r for r in study.reports if r.kind == "registration"), None)
    if registered is None:
        return replace(verdict, decision="ongoing", reason="protocol: no results yet", criterion=STATUS)
    state = registration.state(registered.best)
    own = registered is report
    return Verdict(
        state.decision or "awaiting",
        state.reason,
        STATUS,
        f"“{state.words}”" + ("" if own else f" ({registered.best.record_id})"),
        state.place if own else "",
    )
