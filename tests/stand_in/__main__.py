"""Run the stand-in by hand: ``PYTHONPATH=tests python -m stand_in --articles 300 --faults 0.2``."""

from __future__ import annotations

import argparse
import time

from stand_in.factory import Library
from stand_in.misbehaviour import FAULTS, Misbehaviour
from stand_in.server import KEY, StandIn


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=300)
    parser.add_argument("--trials", type=int, default=30)
    parser.add_argument("--same-day", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--faults", type=float, default=0.0, help="share of faulty answers")
    parser.add_argument("--kinds", nargs="*", choices=FAULTS, default=FAULTS)
    given = parser.parse_args()
    library = Library.seeded(given.articles, trials=given.trials, seed=given.seed, same_day=given.same_day)
    faults = Misbehaviour(given.kinds, given.faults, seed=given.seed) if given.faults else None
    with StandIn(library, faults=faults, port=given.port) as service:
        print(f"eutils: {service.eutils_address}\ntrials: {service.trials_address}\nkey: {KEY}", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print(dict(service.counts()))


if __name__ == "__main__":
    main()
