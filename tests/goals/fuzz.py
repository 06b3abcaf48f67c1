"""Random tiny instances with one to three levels, each solved and compared with brute force.

Run from the directory of the project::

    python -m tests.goals.fuzz --count 10000 --seed 0
    python -m tests.goals.fuzz --count 500 --methods exact --backends highs,cbc
"""

from __future__ import annotations

import argparse
import random
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from unittest.mock import patch

import vmopt
from tests.goals.claims import faults
from tests.goals.draws import instance
from tests.patience import PATIENCE
from vmopt.methods.goals import plan
from vmopt.methods.goals.parameters import DEFAULT, LevelParameters

OPTIMAL = {"auto", "exact"}
METHODS = "auto,exact,exact,greedy-demand,greedy-priority,column-generation,price-guided,neighbourhood,tabu"
SEARCHED = 5.0
"""Seconds for methods that need not prove anything, some of which go on until their time is up."""
BACKENDS = "cp-sat,highs,scip,cbc"
EVERY = 250
"""Instances between two lines that say how many there were: a run that is stopped has told what it was worth."""


def fuzz(seeds: Iterable[int], methods: Sequence[str], backends: Sequence[str]) -> Iterator[str]:
    """Draw an instance for each seed, solve it by one of the methods, and tell what is wrong, one line each."""
    for seed in seeds:
        cluster = instance(seed)
        dice = random.Random(f"method {seed}")
        method, backend = dice.choice(methods), dice.choice(backends)
        told = f"seed {seed}, {method}{f' by {backend}' if method == 'exact' else ''}"
        levels = "; ".join(map(str, cluster.objective.goal_levels))
        for fault in _faults(cluster, method, backend):
            yield f"{told}: {fault}; levels: {levels}; rules: {', '.join(map(str, cluster.rules))}"


def _faults(cluster: vmopt.Instance, method: str, backend: str) -> list[str]:
    chosen = backend if method == "exact" else None
    seconds = PATIENCE if method in OPTIMAL else SEARCHED
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            solution = vmopt.solve(cluster, method=method, backend=chosen, gap=0, threads=1, time_limit=seconds)
        if not cluster.objective.goal_levels:
            return []
        return list(faults(solution, optimal=method in OPTIMAL))
    except Exception as error:  # whatever it is, the next instance is looked at too
        return [f"raises {type(error).__name__}: {error}"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit code is 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.goals.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="number of instances")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--methods", default=METHODS, help="names with commas between them")
    parser.add_argument("--backends", default=BACKENDS, help="for exact, names with commas between them")
    parser.add_argument("--tiny", type=int, default=DEFAULT.tiny, help="size of levels that are one program at once")
    given = parser.parse_args(arguments)
    found, end = 0, given.seed + given.count
    steered = partial(plan.run, parameters=LevelParameters(tiny=given.tiny))
    with patch.object(plan, "run", steered):
        for first in range(given.seed, end, EVERY):
            seeds = range(first, min(first + EVERY, end))
            for line in fuzz(seeds, given.methods.split(","), given.backends.split(",")):
                found += 1
                print(line, flush=True)
            so_far = f"seeds {given.seed} to {seeds[-1]}: {len(range(given.seed, seeds.stop))} instances"
            print(f"{so_far}, {found} faults", flush=True)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
