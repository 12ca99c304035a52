"""Sources: from files to records with addressed passages, tables and figures."""

from sonospine.sources.raw import RawRecord, Rejected, Unreadable
from sonospine.sources.reading import parse_record, read_entries, read_file, readings_of, records_of

__all__ = [
    "RawRecord",
    "Rejected",
    "Unreadable",
    "parse_record",
    "read_entries",
    "read_file",
    "readings_of",
    "records_of",
]
