"""Programs of levels with all their cells fixed, against what the levels say of the placement."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

import vmopt
from tests.goals.meaning import level_value
from tests.patience import PATIENCE
from tests.rules.brute import Placement, feasible
from tests.rules.points import counted
from vmopt import Status
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.formulation.goals import GoalProgram, part_program
from vmopt.goals.holds import Hold, holds_of
from vmopt.problem import compile

OPTIONS = LPOptions(time_limit=PATIENCE, gap=0.0)


def program_faults(instance: vmopt.Instance, seed: int, backend: str = "cp-sat", count: int = 2) -> Iterator[str]:
    """Find placements of which the program of some hosts says what the levels do not.

    Each is fixed on a few hosts, or on all, while the VMs on the others stay; with holds of another placement, the
    program has a point where these are kept, and only there.
    """
    dice, possible = random.Random(seed), feasible(instance)
    levels, slack = instance.objective.goal_levels, instance.objective.slack_of_levels
    for _ in range(count if possible else 0):
        at, other = dice.choice(possible), dice.choice(possible)
        k = dice.randrange(len(levels))
        holds = holds_of(instance, levels[:k], slack[:k], np.array(other))
        hosts = sorted(dice.sample(range(instance.n_hosts), dice.randint(1, instance.n_hosts)))
        model = _fixed(instance, at, hosts, k, holds)
        result = registry.get(backend).solve(model.program, OPTIONS)
        kept = all(hold.keeps(instance, np.array(at)) for hold in holds)
        told = f"level {k}, {levels[k]}, at {at}, hosts {hosts}, holds of {other}"
        if (result.status is Status.OPTIMAL) is not kept:
            yield f"{told}: {result.status.value}, but kept is {kept}"
        elif kept and result.x is not None:
            said, meant = model.measure.of(result.x), level_value(levels[k], instance, at)
            if abs(said - meant) > model.measure.error:
                yield f"{told}: {said}, not {meant}"


def _fixed(instance: vmopt.Instance, at: Placement, hosts: Sequence[int], k: int, holds: Sequence[Hold]) -> GoalProgram:
    """The program of a level on these hosts, with the VMs there where they are."""
    problem, placed = compile(instance), np.array(at)
    inside = np.isin(placed, hosts)
    supply = np.bincount(problem.vms.of[inside], minlength=len(problem.vms)).astype(np.int64)
    outside = np.where(inside, -1, placed)
    level = instance.objective.goal_levels[k]
    model = part_program(problem, np.array(hosts), outside, supply, level, holds)
    counts = counted(model.columns, problem.vms.of, np.where(inside, placed, -1))
    assert counts is not None, "each VM is on a host for which there is a column"
    lower, upper = model.program.lower.copy(), model.program.upper.copy()
    lower[: len(counts)] = upper[: len(counts)] = counts
    return replace(model, program=replace(model.program, lower=lower, upper=upper))
