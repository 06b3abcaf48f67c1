"""Holds: what the levels above have reached, and placements of a level keep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.bounds.level_worth import worth_of
from vmopt.goals.measure import Measure
from vmopt.goals.sums import measure_of
from vmopt.goals.utilisation import in_steps
from vmopt.level_values import tiers_of, values_of
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Worth, has
from vmopt.model.worth import worth_alone
from vmopt.rules.program import Cells, RuleRows

ROUNDING = Fraction(1, 10**9)
"""Part of a sum of doubles that may be lost where values are not known exactly."""


@dataclass(frozen=True)
class Hold:
    """At least so much of a level that is maximised, at most so much of another.

    Attributes
    ----------
    level : GoalLevel
    limit : Fraction
    tier : int or None
        Which tier of a utilisation by tiers.
    """

    level: GoalLevel
    limit: Fraction
    tier: int | None = None

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """What a placement has of it."""
        if self.tier is None:
            return self.level.value(instance, host_index)
        return values_of(instance, host_index)[self.tier]

    def keeps(self, instance: Any, host_index: IntArray) -> bool:
        """Whether a placement holds it."""
        have = self.value(instance, host_index)
        return have >= self.limit if self.level.maximised else have <= self.limit

    def write(self, instance: Any, cells: Cells, rows: RuleRows) -> None:
        """Write it as a row over the cells."""
        measure = self._measure(instance, cells, rows)
        room = self.limit / measure.unit - measure.constant
        row = np.zeros(len(measure.column), dtype=np.int64)
        if self.level.maximised:
            least = np.array([float(-((measure.error / measure.unit - room) // 1))])
            rows.at_least(row, measure.column, measure.weight, least)
        else:
            rows.at_most(
                row, measure.column, measure.weight, np.array([float((room + measure.error / measure.unit) // 1)])
            )

    def _measure(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        if self.tier is None:
            return measure_of(self.level, instance, cells, rows)
        return tier_measure(instance, self.tier, cells)


def tier_measure(instance: Any, tier: int, cells: Cells) -> Measure:
    """What the VMs of one tier are worth, over the cells."""
    worth = instance.once(worth_of)
    mine = tiers_of(instance).of == tier
    value = np.where(mine, worth.value, 0.0)
    if worth.whole:
        units, unit, error = value.astype(np.int64), worth.unit[tier], Fraction(0)
    else:
        units, unit, error = in_steps(value)
    column = np.flatnonzero(units[cells.vm])
    outside = cells.outside >= 0
    return Measure(unit, int(units[outside].sum()), column, units[cells.vm][column], error)


def holds_of(
    instance: Any, levels: Sequence[GoalLevel], slack: Sequence[float], host_index: IntArray
) -> tuple[Hold, ...]:
    """What a placement has reached in these levels, less the slack of each."""
    return tuple(
        hold for level, part in zip(levels, slack, strict=True) for hold in _holds(instance, level, part, host_index)
    )


def _holds(instance: Any, level: GoalLevel, slack: float, host_index: IntArray) -> Iterator[Hold]:
    part, by_tier = Fraction(str(slack)), level.maximised and instance.tiers is not None
    values = values_of(instance, host_index) if by_tier else (level.value(instance, host_index),)
    for tier, value in enumerate(values):
        less = abs(value) * (part + (Fraction(0) if _is_exact(instance, level) else ROUNDING))
        yield Hold(level, value - less if level.maximised else value + less, tier if by_tier else None)


def _is_exact(instance: Any, level: GoalLevel) -> bool:
    """Whether what a placement has of it is no sum of doubles."""
    return not has(instance, level, Worth) or instance.once(worth_alone) is not None or instance.tiers is not None
