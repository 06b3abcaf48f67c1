"""Run the fuzz: ``python -m benchmarks.fuzz --count 20000 --seed 0 --jobs 2``."""

from __future__ import annotations

import argparse
import sys

from benchmarks.fuzz.run import fuzz


def main() -> int:
    """Read the arguments, run, and tell; exit code 1 if anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="how many instances")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    given = parser.parse_args()
    report = fuzz(range(given.first, given.first + given.count), given.seed, given.jobs, tell=print)
    print(report)
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
