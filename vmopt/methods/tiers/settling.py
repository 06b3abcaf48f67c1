"""Settling levels: whether any can have more under what those above have, decided in whole numbers of any length.

Weights that keep levels apart get too large for doubles where values are wide, and smaller ones leave bounds loose.
What stays open is asked of CP-SAT level by level, without weights: the levels above are rows of the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.errors import BackendError
from vmopt.formulation.assignment import Assignment
from vmopt.level_values import Values, exact_values, tiers_of
from vmopt.methods import exact, settle
from vmopt.methods.repair import repair
from vmopt.methods.search import Search
from vmopt.methods.tiers.ladder import Ladder
from vmopt.methods.tiers.parameters import DEFAULT, TierParameters
from vmopt.model.instance import Instance
from vmopt.status import Limit, Status

METHOD = "tiers"


@dataclass(frozen=True, eq=False)
class LevelUnits:
    """What a VM of each class is worth in each level: ``number[level][j] * unit[level]``, 0 for VMs of others."""

    number: tuple[list[int], ...]
    unit: Values

    @classmethod
    def of(cls, instance: Instance) -> LevelUnits | None:
        """Find them; None where VMs that look alike are not worth the same."""
        classes, tiers = instance.vm_classes, tiers_of(instance)
        first = np.zeros(len(classes), dtype=np.int64)
        first[classes.of[::-1]] = np.arange(instance.n_vms)[::-1]
        if instance.own_value is not None:
            own = ~np.isnan(instance.own_value)
            if (own != own[first[classes.of]]).any():
                return None
        value, level = exact_values(instance, first), tiers.of[first].tolist()
        rows = [[v if of == k else Fraction(0) for v, of in zip(value, level, strict=True)] for k in range(len(tiers))]
        unit = tuple(_largest_unit(row) for row in rows)
        return cls(tuple([int(v / u) for v in row] for row, u in zip(rows, unit, strict=True)), unit)


def run(ladder: Ladder, parameters: TierParameters = DEFAULT) -> Limit | None:
    """Settle the levels that are open, from the first; return why that was stopped early.

    Nothing is done where VMs are elastic, or so many that the program is too large.
    """
    if ladder.remaining <= 0 or ladder.problem.elastic or all(map(ladder.is_settled, range(len(ladder.tiers)))):
        return None
    search = Search(ladder.instance, replace(ladder.options, time_limit=ladder.remaining, progress=None))
    model = exact.build(search)
    units = None if model is None else LevelUnits.of(ladder.instance)
    if model is None or units is None:
        return search.limit
    for level in _open(ladder):
        begin = ladder.seconds
        limit = _ask(ladder, model, units, level, parameters)
        ladder.seconds_of[level] += ladder.seconds - begin
        if limit is not None:
            return limit
    return None


def _open(ladder: Ladder) -> Iterator[int]:
    """Yield the first level that is open, again and again while it helps, then the next."""
    level = 0
    while level < len(ladder.tiers):
        before = ladder.values, ladder.known[level].bound
        if not ladder.is_settled(level):
            yield level
        if ladder.is_settled(level) or before == (ladder.values, ladder.known[level].bound):
            level += 1


def _ask(ladder: Ladder, model: Assignment, units: LevelUnits, level: int, parameters: TierParameters) -> Limit | None:
    """Ask whether a level can have more, and by how much at most; return why that was stopped early."""
    limit = exact.beyond_reach((level + 1) * model.program.n_columns, ladder.remaining)
    if limit is not None:
        return limit
    own = [0] * model.n_own
    number = [[row[j] for j in model.columns.vm_class.tolist()] + own for row in units.number[: level + 1]]
    reached = [int(v / u) for v, u in zip(ladder.values, units.unit, strict=True)]
    most = int(ladder.known[level].bound // units.unit[level])
    above = [settle.AtLeast(number[k], reached[k]) for k in range(level)]
    try:
        question = settle.better(model.program, number[level], reached[level], most, above)
    except BackendError:
        return None
    options = ladder.options
    limits = LPOptions(time_limit=ladder.remaining, gap=0.0, seed=options.seed, threads=options.threads)
    result = registry.get(settle.BACKEND).solve(question.program, limits)
    above_had = ladder.values[:level]
    if result.x is not None:
        host_index = repair(ladder.problem, model.host_index(result.x[: model.program.n_columns]))
        ladder.fill(host_index, level, METHOD, parameters.grace_seconds)
    if result.status is Status.INFEASIBLE:
        ladder.settle(above_had, units.unit[level] * question.reached, settle.BACKEND)
    elif np.isfinite(result.bound):
        ladder.settle(above_had, units.unit[level] * question.most(result.bound), settle.BACKEND)
    return result.limit


def _largest_unit(values: list[Fraction]) -> Fraction:
    common = lcm(*(value.denominator for value in values))
    return Fraction(max(gcd(*(int(value * common) for value in values)), 1), common)
