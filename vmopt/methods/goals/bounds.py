"""Bounds of a level: prices of its class relaxation, and of the fullest host the part that no placement stays below."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import Counting, GoalPrices
from vmopt.errors import SolverError
from vmopt.formulation.goal_relaxation import goal_relaxation
from vmopt.goals.counting import counted
from vmopt.goals.price_proof import verify_goal_prices
from vmopt.methods.goals.aggregate import aggregate
from vmopt.methods.goals.parameters import DEFAULT, LevelParameters
from vmopt.methods.goals.stage import Stage
from vmopt.methods.relaxation import DEFAULT_BACKEND, beyond_reach
from vmopt.model.shapes import Fullest, alone
from vmopt.status import Limit

METHOD = "relaxation"


def run(stage: Stage, parameters: LevelParameters = DEFAULT) -> None:
    """Tighten the bound of a level by prices, as far as the time allows."""
    problem = stage.problem
    if stage.finished or problem.elastic:
        return
    whole = aggregate(stage)
    if whole is not None:
        take(stage, whole)
    least = counted(stage.instance, stage.level, stage.holds)
    if least > 0:
        stage.tighten(least, Counting(), METHOD)
    if stage.finished or beyond_reach(problem, stage.remaining) is not None:
        return
    with suppress(SolverError):  # what a solver fails at leaves the bound that there is
        priced(stage)
        own = alone(stage.instance, stage.level, Fullest)
        if not stage.finished and own is not None:
            narrow(stage, own[1], parameters)


def priced(stage: Stage, below: Fraction | None = None) -> bool:
    """Solve the relaxation, and take what its prices prove; tell whether that is anything."""
    relaxation = goal_relaxation(stage.problem, stage.level, stage.holds, below)
    options = LPOptions(time_limit=stage.remaining, threads=stage.options.threads)
    result = registry.get(DEFAULT_BACKEND).solve(relaxation.program, options)
    if result.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    if result.prices is None:
        return False
    return take(stage, relaxation.proof(result.prices))


def take(stage: Stage, proof: GoalPrices) -> bool:
    """Check a proof, and take what it proves; tell whether that is anything."""
    bound = verify_goal_prices(stage.instance, stage.level, stage.holds, proof)
    if bound is not None:
        stage.tighten(bound, proof, METHOD)
    return bound is not None


def narrow(stage: Stage, fullest: Fullest, parameters: LevelParameters) -> None:
    """Bisect for the largest part that the fullest host cannot stay below."""
    weight = Fraction(str(stage.level.terms[0][0]))
    low, high = (stage.bound or Fraction(0)) / weight, stage.value / weight
    for step in range(parameters.most_steps):
        if stage.finished or high - low <= parameters.near * low:
            break
        middle = low + (high - low) / (2 if low else 2 + step)
        tried = next_part(stage.instance, fullest, middle)
        if tried >= high:
            high = middle
        elif priced(stage, tried):
            low = tried
        else:
            high = middle


def next_part(instance: Any, fullest: Fullest, part: Fraction) -> Fraction:
    """The least that the fullest host can have from a part on: a whole number of what VMs ask for, over a capacity."""
    found = []
    for k in fullest.of:
        step = int(np.gcd.reduce(instance.demand[:, k])) if instance.n_vms else 0
        rooms = np.unique(instance.host_classes.capacity[:, k])
        found += [Fraction(-(-part * room // (step or 1)) * (step or 1)) / room for room in rooms[rooms > 0].tolist()]
    return min(found, default=part)
