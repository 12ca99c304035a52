"""Fetching: polite clients of PubMed, PMC and ClinicalTrials.gov; only this reaches the network."""
