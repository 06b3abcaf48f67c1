"""Explanations, conflicts and room on random tiny instances with rules, against brute force.

Run from the directory of the project::

    python -m tests.explain.fuzz --count 2000 --seed 0
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

import vmopt
from tests.explain.conflict_referee import crowded, demanding, sum_faults
from tests.explain.conflict_referee import faults as conflict_faults
from tests.explain.draws import SORTS, draw
from tests.explain.referee import faults
from tests.explain.room_referee import room_faults
from tests.patience import PATIENCE
from vmopt.solution import Solution

METHODS = ("exact", "greedy-priority")


def solved(seed: int, soft: float, method: str, sort: str = "rules") -> Solution | None:
    """Solve a random instance; None where it has no placement."""
    solution = vmopt.solve(draw(sort, seed, soft), method=method, gap=0, threads=1, time_limit=PATIENCE)
    return None if solution.status in (vmopt.Status.INFEASIBLE, vmopt.Status.NOT_FOUND) else solution


def fuzz(seeds: range, soft: float = 0.0, sort: str = "rules") -> Iterator[str]:
    """Draw an instance for each seed, explain every VM, and tell what is wrong, one line each."""
    for seed in seeds:
        solution = solved(seed, soft, METHODS[seed % 2], sort)
        for vm in () if solution is None else np.flatnonzero(solution.host_index < 0).tolist():
            try:
                told = vmopt.explain(solution, vm, time_limit=PATIENCE)
                for fault in faults(solution, vm, told):
                    yield f"seed {seed} vm {vm}: {fault}; rules: {', '.join(map(str, solution.instance.rules))}"
            except Exception as error:  # whatever it is, the next instance is looked at too
                yield f"seed {seed} vm {vm}: raises {type(error).__name__}: {error}"


def fuzz_conflicts(seeds: range) -> Iterator[str]:
    """Draw an instance of which some VMs must run for each seed, and tell what is wrong with its conflict."""
    for seed in seeds:
        try:
            for fault in chain(conflict_faults(demanding(seed)), *map(sum_faults, (demanding(seed), crowded(seed)))):
                yield f"seed {seed}: {fault}"
        except Exception as error:  # whatever it is, the next instance is looked at too
            yield f"seed {seed} conflict: raises {type(error).__name__}: {error}"


def fuzz_room(seeds: range, soft: float = 0.0) -> Iterator[str]:
    """Draw an instance for each seed, and tell what is wrong with how many more of each VM fit."""
    for seed in seeds:
        solution = solved(seed, soft, METHODS[seed % 2])
        for vm in range(0 if solution is None else solution.instance.n_vms):
            try:
                assert solution is not None
                for fault in room_faults(solution, vm):
                    yield f"seed {seed} vm {vm}: {fault}; rules: {', '.join(map(str, solution.instance.rules))}"
            except Exception as error:  # as above
                yield f"seed {seed} vm {vm} room: raises {type(error).__name__}: {error}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit code is 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.explain.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="number of instances")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--soft", type=float, default=0.0, help="chance of each rule to be soft")
    parser.add_argument("--sort", choices=SORTS, default="rules", help="what the objective is made of")
    given = parser.parse_args(arguments)
    found = 0
    seeds = range(given.seed, given.seed + given.count)
    rules = given.sort == "rules"
    others = chain(fuzz_conflicts(seeds), fuzz_room(seeds, given.soft)) if rules else iter(())
    for line in chain(fuzz(seeds, given.soft, given.sort), others):
        found += 1
        print(line, flush=True)
    print(f"{given.count} instances, {found} faults")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
