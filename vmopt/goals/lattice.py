"""Lattice: which values a level can have at all; a bound between two of them proves the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np

from vmopt.goals.forced import forced, running
from vmopt.goals.holds import Hold
from vmopt.goals.sums import measure_of
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import LeftOver, only
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True)
class Lattice:
    """Values ``offset + n * unit`` for whole n.

    Examples
    --------
    >>> Lattice(Fraction(8), Fraction(3)).at_least(Fraction(4))
    Fraction(11, 1)
    """

    unit: Fraction
    offset: Fraction = Fraction(0)

    def at_least(self, bound: Fraction) -> Fraction:
        """The first value that is no less than a bound."""
        return self.offset - (self.offset - bound) // self.unit * self.unit


def lattice_of(instance: Any, level: GoalLevel, holds: Sequence[Hold]) -> Lattice | None:
    """The values that a level can have; None where nothing of the sort is known.

    What hosts leave over by pieces of a size adds up to what is free in all, less whole pieces: where it is known what
    runs, all sums have the same rest.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4]], [[6], [8]], rules=[vmopt.MustRun("vm-0")])
    >>> lattice_of(cluster, GoalLevel.of(vmopt.goals.Balance()), ())
    Lattice(unit=Fraction(1, 24), offset=Fraction(0, 1))
    >>> lattice_of(cluster, GoalLevel.of(vmopt.goals.Balance(kind="fragments", size=4)), ())
    Lattice(unit=Fraction(4, 1), offset=Fraction(2, 1))
    """
    parts: list[Lattice] = []
    left_over = [(weight, only(instance, goal, LeftOver)) for weight, goal in level.terms]
    others = [term for term, (_, shape) in zip(level.terms, left_over, strict=True) if shape is None]
    if others:
        unit = _unit(instance, GoalLevel(tuple(others)))
        if unit is None:
            return None
        parts.append(Lattice(unit))
    for weight, shape in left_over:
        if shape is not None:
            parts += fragments_of(instance, Fraction(str(weight)), shape, holds)
    return Lattice(_common([part.unit for part in parts]), sum((part.offset for part in parts), Fraction(0)))


def fragments_of(instance: Any, weight: Fraction, shape: LeftOver, holds: Sequence[Hold]) -> list[Lattice]:
    """What fragments of each resource can add up to: the rest of all that is free, and whole pieces beside it."""
    runs, found = forced(instance, holds), []
    for k, size, each in zip(shape.of, shape.size, shape.price, strict=True):
        least, most = running(instance, k, runs)
        rest = (int(instance.total[k]) - least) % size
        found.append(Lattice(weight * each * size, weight * each * rest) if least == most else Lattice(weight * each))
    return found


def _unit(instance: Any, level: GoalLevel) -> Fraction | None:
    """What all values of a level are multiples of."""
    nobody, nothing = np.full(instance.n_vms, -1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    supply = np.zeros(len(instance.vm_classes), dtype=np.int64)
    member = instance.vm_classes.first
    cells = Cells(nothing, nothing, nothing, nothing, supply, nobody, member)
    measure = measure_of(level, instance, cells, RuleRows(0))
    return None if measure.error else measure.unit


def _common(units: Sequence[Fraction]) -> Fraction:
    """The largest of which all are multiples."""
    parts = lcm(*(unit.denominator for unit in units))
    return Fraction(gcd(*(int(unit * parts) for unit in units)), parts)
