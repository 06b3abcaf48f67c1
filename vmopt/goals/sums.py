"""Sums of measures: levels over the cells of a program."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from vmopt.goals.measure import Measure
from vmopt.model.goal_level import GoalLevel
from vmopt.rules.program import Cells, RuleRows

MOST_UNITS = 2**48
"""What weights of columns may add up to, so that sums of them are sums of doubles."""


def measure_of(level: GoalLevel, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
    """Write a level over the cells: less of the form is better, but where the level is maximised."""
    parts = []
    for weight, goal in level.terms:
        against = goal.maximised and not level.maximised
        parts.append((Fraction(str(weight)) * (-1 if against else 1), goal.translate(instance, cells, rows)))
    return added(parts)


def added(parts: Sequence[tuple[Fraction, Measure]]) -> Measure:
    """Add measures up, each times a factor, in the largest unit in which all are whole numbers.

    Where numbers get too large for that, in a coarser one: what that hides is in `error`.

    Examples
    --------
    >>> one = Measure(Fraction(1, 2), 1, np.array([0]), np.array([3]))
    >>> both = added([(Fraction(1), one), (Fraction(-1, 3), one)])
    >>> both.unit, both.constant, both.weight.tolist()
    (Fraction(1, 6), 2, [9, -3])
    """
    units = [abs(factor) * part.unit for factor, part in parts]
    unit = Fraction(gcd(*(u.numerator * lcm(*(v.denominator for v in units)) // u.denominator for u in units)), 1)
    unit /= lcm(*(u.denominator for u in units))
    largest = max(u / unit * max(int(np.abs(m.weight).sum()), 1) for u, (_, m) in zip(units, parts, strict=True))
    exact = largest <= MOST_UNITS
    if not exact:
        unit *= -(-largest // MOST_UNITS)
    constant, columns, weights, error = Fraction(0), [], [], Fraction(0)
    for factor, part in parts:
        scale = factor * part.unit / unit
        constant += scale * part.constant
        columns.append(part.column)
        weights.append(_scaled(part.weight, scale))
        error += abs(factor) * part.error
        if not exact:
            error += unit * (len(part.weight) + 1)
    return Measure(unit, round(constant), np.concatenate(columns), np.concatenate(weights), error)


def _scaled(weight: Any, scale: Fraction) -> Any:
    if scale.denominator == 1:
        return weight * int(scale)
    return np.array([round(int(w) * scale) for w in weight.tolist()], dtype=np.int64)
