"""Random tiny instances with one to four rules, each solved and compared with brute force.

Run from the directory of the project::

    python -m tests.rules.fuzz --count 20000 --seed 0
    python -m tests.rules.fuzz --count 500 --methods program,exact,auto --backend highs

``program`` hands the assignment formulation to the backend; every other method is one of `vmopt.solve`.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Iterator, Sequence

import vmopt
from tests.patience import PATIENCE
from tests.rules.brute import best
from tests.rules.claims import faults
from tests.rules.draws import BARS, MAKERS, MOVES, instance
from tests.rules.programs import program_faults

PROGRAM = "program"
OPTIMAL = {"auto", "exact"}
USE_BACKENDS = {"exact"}
MOST_RULES = 4


def drawn(seed: int, soft: float = 0.0, *, moves: bool = False) -> vmopt.Instance:
    """Draw an instance with one to four rules, each of them soft with this chance.

    With `moves`, it runs something, and at least one of the rules looks at that.

    What a Skew means depends on who may run where, so that most come with a rule that tells.
    """
    dice = random.Random(seed)
    names = dice.choices([*MAKERS, *MOVES] if moves else list(MAKERS), k=dice.randint(1, MOST_RULES))
    if "skew" in names[:-1]:
        names[-1] = dice.choice(BARS)
    if moves and not set(names) & set(MOVES):
        names[0] = dice.choice(list(MOVES))
    return instance(seed, *names, soft=soft)


def wrong(cluster: vmopt.Instance, methods: Sequence[str], backend: str) -> Iterator[str]:
    """Find what methods claim wrongly of an instance."""
    most = best(cluster)
    for method in methods:
        try:
            yield from (f"{method} {fault}" for fault in _faults(cluster, most, method, backend))
        except Exception as error:  # whatever it is, the next instance is looked at too
            yield f"{method} raises {type(error).__name__}: {error}"


def _faults(cluster: vmopt.Instance, most: float | None, method: str, backend: str) -> Iterator[str]:
    if method == PROGRAM:
        return program_faults(cluster, most, backend)
    chosen = backend if method in USE_BACKENDS else None
    solution = vmopt.solve(cluster, method=method, backend=chosen, gap=0, threads=1, time_limit=PATIENCE)
    return faults(solution, most, optimal=method in OPTIMAL)


def fuzz(
    seeds: Iterable[int],
    methods: Sequence[str],
    backend: str = "cp-sat",
    soft: float = 0.0,
    *,
    moves: bool = False,
) -> Iterator[str]:
    """Draw an instance for each seed, and tell what is wrong, one line each."""
    for seed in seeds:
        cluster = drawn(seed, soft, moves=moves)
        for fault in wrong(cluster, methods, backend):
            yield f"seed {seed}: {fault}; rules: {', '.join(map(str, cluster.rules))}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit code is 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.rules.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="number of instances")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--methods", default=PROGRAM, help="names with commas between them")
    parser.add_argument("--backend", default="cp-sat", help="for program and exact")
    parser.add_argument("--soft", type=float, default=0.0, help="chance of each rule to be soft")
    parser.add_argument("--moves", action="store_true", help="clusters that run something, with rules on moves")
    given = parser.parse_args(arguments)
    found = 0
    seeds = range(given.seed, given.seed + given.count)
    for line in fuzz(seeds, given.methods.split(","), given.backend, given.soft, moves=given.moves):
        found += 1
        print(line, flush=True)
    print(f"{given.count} instances, {found} faults")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
