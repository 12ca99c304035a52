"""What a registration says of a study's state."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.model.record import Record
from sonospine.screening.pieces import registry_value

STATUS_PLACE = "registry/protocolSection/statusModule/overallStatus"
NO_STATUS = "no status"
ONGOING = frozenset(
    {"RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION", "SUSPENDED"}
)
EXPANDED_ACCESS = frozenset(
    {"AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"}
)


@dataclass(frozen=True, slots=True)
class State:
    """What a registration without publication leads to: a decision (empty: read its results) and why."""

    decision: str
    reason: str
    words: str

    @property
    def place(self) -> str:
        """Where the status stands; empty where there is none."""
        return STATUS_PLACE if self.words != NO_STATUS else ""


def status(record: Record) -> str:
    """Return the registry's status in small letters (``active not recruiting``), empty where unknown."""
    return str(registry_value(record, "statusModule/overallStatus") or "").replace("_", " ").lower()


def has_results(record: Record) -> bool:
    """Tell whether the registry shows results."""
    return bool(record.registry.get("hasResults") or record.registry.get("resultsSection"))


def state(record: Record) -> State:
    """Return what a registration leads to where nothing but itself is at hand."""
    code = str(registry_value(record, "statusModule/overallStatus") or "")
    words = code or NO_STATUS
    kind = str(registry_value(record, "designModule/studyType") or "")
    if code == "WITHDRAWN":
        return State("exclude", "registration withdrawn: nobody was enrolled", words)
    if code in EXPANDED_ACCESS or kind == "EXPANDED_ACCESS":
        return State("exclude", "expanded access: no study", words)
    if has_results(record):
        return State("", "results in the registry", words)
    if code in ONGOING:
        return State("ongoing", f"registered, {status(record)}; no results", words)
    if code == "COMPLETED":
        return State("awaiting", "registered as completed, no results at hand", words)
    if code == "TERMINATED":
        return State("awaiting", "registered as terminated, no results at hand", words)
    return State("awaiting", "registered, status unknown, no results at hand", words)


def countries(record: Record) -> tuple[str, ...]:
    """Return the countries of a registration's sites, sorted."""
    sites = registry_value(record, "contactsLocationsModule/locations") or []
    named = {str(site.get("country", "")) for site in sites if isinstance(site, dict)}
    return tuple(sorted(named - {""}))


def enrolled(record: Record) -> str:
    """Return the number enrolled (planned, while it runs), empty where the registry gives none or 0.

    An enrolment of 0 is a registration that was never filled in, or withdrawn.
    """
    count = registry_value(record, "designModule/enrollmentInfo/count")
    return str(count) if str(count).isdigit() and int(count) > 0 else ""
