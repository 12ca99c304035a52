"""Records, reports, studies: which records tell of the same work, and why we think so."""

from sonospine.linkage.curation import fault_of_link_line, fault_of_study_line
from sonospine.linkage.linking import Linked, link_records

__all__ = ["Linked", "fault_of_link_line", "fault_of_study_line", "link_records"]
