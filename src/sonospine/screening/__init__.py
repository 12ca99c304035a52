"""Which studies the review's question takes in, and why the others are out."""

from sonospine.screening.curation import fault_of_screening_line
from sonospine.screening.prisma import prisma_counts
from sonospine.screening.run import Screened, screen

__all__ = ["Screened", "fault_of_screening_line", "prisma_counts", "screen"]
