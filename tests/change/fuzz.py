"""Random tiny clusters that run something: moves, plans and headroom, each compared with all there is to try.

Run from the directory of the project::

    python -m tests.change.fuzz --count 5000
    python -m tests.change.fuzz --count 500 --kinds plans --seed 100000
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

import vmopt
from tests.change import brute, test_headroom, test_moves
from vmopt.change import Outcome
from vmopt.goals.holds import holds_of
from vmopt.rules.domains import domains_of

SPREAD = vmopt.Spread(["vm-0", "vm-1", "vm-2"])
TOLERANCE = 1e-6


def moves(seed: int) -> Iterator[str]:
    """Compare each level of a solution with the best of all lawful placements."""
    instance = test_moves.draw(seed)
    solution, placements = vmopt.solve(instance, threads=1, gap=0), test_moves.lawful(instance)
    if not placements:
        if solution.status.value != "infeasible":
            yield f"is {solution.status.value}, but no placement is lawful"
        return
    goals = instance.objective.goal_levels
    for k, (level, row) in enumerate(zip(goals, solution.levels, strict=True)):
        holds = holds_of(instance, goals[:k], (0.0,) * k, solution.host_index)
        kept = [placed for placed in placements if all(hold.keeps(instance, placed) for hold in holds)]
        values = [float(level.value(instance, placed)) for placed in kept]
        best, sign = (max(values), 1) if level.maximised else (min(values), -1)
        if abs(row.value - best) > TOLERANCE:
            yield f"level {k} is {row.value}, the best is {best}"
        if sign * (best - row.bound) > TOLERANCE:
            yield f"level {k} is bounded by {row.bound}, the best is {best}"


def plans(seed: int) -> Iterator[str]:
    """Compare whether an order is found, and how often VMs are parked, with a search over all states."""
    instance, target = brute.draw(seed)
    rules = [SPREAD] if seed % 3 == 0 and instance.n_vms > 2 else []
    ruled = instance.replace(rules=rules)
    if rules and any(vmopt.verify(ruled, where) for where in (instance.current, target)):
        ruled, rules = instance, []
    solution, options = brute.solution_of(ruled, target), {"tries": 0, "least_gain": None, "always": bool(rules)}
    for parking in (False, True):
        found = vmopt.plan(solution, 3, 1 + seed % 2, parking=parking, **options)
        if found.outcome is Outcome.NOTHING:
            continue
        fewest = brute.fewest_parked(instance, target, parking=parking, rules=rules)
        if found.outcome is not (Outcome.NO_ORDER if fewest is None else Outcome.PLANNED):
            yield f"{found.outcome.value}, parking {parking}, but the fewest parked are {fewest}"
        elif fewest is not None and found.n_parked != fewest and not rules:
            yield f"{found.n_parked} are parked, {fewest} suffice"
        yield from (f"fault of the plan: {fault}" for fault in vmopt.verify_plan(found, seed=seed))


def headroom(seed: int) -> Iterator[str]:
    """Compare how many stay out after each loss with all placements on what is left."""
    instance = test_headroom.draw(seed)
    if vmopt.verify(instance, instance.current):
        return
    over, of, moving = ("host", "rack")[seed % 2], (None, 2)[seed % 4 // 2], seed % 7 == 0
    failures = 2 if over == "host" and seed % 5 == 0 else 1
    found = vmopt.headroom(instance, failures, over, of, moving=moving)
    protected = (instance.current >= 0) & (instance.priority >= (of or 0))
    domain = domains_of(instance, over).of
    for loss, gone in zip(found.losses, combinations(range(int(domain.max()) + 1), failures), strict=True):
        lost = np.isin(domain, gone)
        alive = np.where(protected & ~lost[instance.current], instance.current, -1)
        most = brute.most_protected(instance, alive, protected, lost, moving=moving)
        if not loss.least_out == len(loss.out) == int(protected.sum()) - most or loss.fits is bool(loss.out):
            yield f"without {loss.domains} {loss.least_out} stay out, the least is {int(protected.sum()) - most}"
        after = alive.copy()
        after[loss.restarts[:, 0]] = loss.restarts[:, 1]
        if loss.fits and vmopt.verify(instance, after):
            yield f"without {loss.domains} the restarts break something"


KINDS: dict[str, Callable[[int], Iterator[str]]] = {"moves": moves, "plans": plans, "headroom": headroom}


def fuzz(seeds: range, kinds: Sequence[str]) -> Iterator[str]:
    """Draw a cluster for each seed and kind, and tell what is wrong, one line each."""
    for seed in seeds:
        for kind in kinds:
            try:
                yield from (f"{kind} {seed}: {fault}" for fault in KINDS[kind](seed))
            except Exception as error:  # whatever it is, the next cluster is looked at too
                yield f"{kind} {seed} raises {type(error).__name__}: {error}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; the exit code is 1 where anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.change.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="clusters of each kind")
    parser.add_argument("--seed", type=int, default=0, help="the first seed; the others follow")
    parser.add_argument("--kinds", default=",".join(KINDS), help="names with commas between them")
    given = parser.parse_args(arguments)
    found = 0
    for line in fuzz(range(given.seed, given.seed + given.count), given.kinds.split(",")):
        found += 1
        print(line, flush=True)
    print(f"{given.count} clusters of each kind, {found} faults")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
