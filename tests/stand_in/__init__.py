"""A stand-in for the live services: E-utilities and ClinicalTrials.gov over records that are made up from a seed.

    from stand_in.factory import Library
    from stand_in.server import StandIn

    with StandIn(Library.seeded(300, seed=1)) as service:
        service.eutils_address, service.trials_address

Run by hand: ``PYTHONPATH=tests python -m stand_in --articles 300`` prints the two addresses.
"""
