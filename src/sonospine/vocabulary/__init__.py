"""What the words mean: terms of conditions, procedures, guidance, injectates, designs, regions, instruments."""

from sonospine.vocabulary.terms import KINDS, Instrument, InstrumentReading, Mention, Scale, Term
from sonospine.vocabulary.vocabulary import Vocabulary, load_vocabulary

__all__ = [
    "KINDS",
    "Instrument",
    "InstrumentReading",
    "Mention",
    "Scale",
    "Term",
    "Vocabulary",
    "load_vocabulary",
]
