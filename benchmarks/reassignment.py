"""Scores of machine reassignment: ``python -m benchmarks.reassignment a1_4 a2_2 --seconds 300``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import vmopt
from benchmarks.sets.data import data_files
from benchmarks.sets.reassignment import FILES, SECONDS, make, score
from vmopt.io.roadef_cost import roadef_cost


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve, have the cost worked out by the checker of the challenge, and print a line each and the sum of scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="such as a1_4; default: all that are there")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args(arguments)
    total, wrong = 0.0, 0
    there = {path.name.split(".")[0].removeprefix("model_"): path for path in data_files(FILES)}
    names = asked.names or list(there)
    missing = [name for name in names if name not in there] or ([] if there else ["any instance"])
    if missing:
        parser.error(f"there is no {missing[0]} in {FILES}: known are {', '.join(there) or 'none'}.")
    for name in names:
        path = there[name]
        instance = make(path)
        now = instance.current.tolist()
        initial = roadef_cost(path, now, now).total
        solution = vmopt.solve(instance, time_limit=asked.seconds, threads=asked.threads, gap=0.0)
        told, row = roadef_cost(path, now, solution.host_index.tolist()), solution.levels[0]
        faults = bool(told.broken) or told.total != row.value or row.bound > told.total
        total, wrong = total + score(name, told.total, initial), wrong + faults
        print(
            f"{name:5} {told.total:>15,} bound {row.bound:>18,.1f} score {score(name, told.total, initial):7.3f}"
            f" {row.status.value:9} {solution.solve_seconds:6.1f} s{'  WRONG' if faults else ''}",
            flush=True,
        )
    print(f"sum of scores {total:.3f}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
