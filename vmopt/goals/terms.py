"""Terms: the goals of a level and of those above as minorants, and by how much each counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.goals.class_values import class_values
from vmopt.goals.holds import Hold
from vmopt.goals.minorant import Minorant
from vmopt.goals.sums import measure_of
from vmopt.model.goal_level import GoalLevel
from vmopt.rules.program import Cells, RuleRows

Weighted = tuple[float, Minorant]


@dataclass(frozen=True, eq=False)
class HeldTerms:
    """A hold: goals with weights that cost no more than a limit together."""

    terms: tuple[Weighted, ...]
    limit: Fraction


def level_terms(instance: Any, level: GoalLevel) -> tuple[Weighted, ...]:
    """What a level costs, goal by goal; less is better, whatever the level says."""
    return tuple((weight, goal.minorant(instance)) for weight, goal in level.terms)  # type: ignore[attr-defined]


def held_terms(instance: Any, hold: Hold) -> HeldTerms:
    """What a hold demands."""
    if hold.tier is None:
        limit = -hold.limit if hold.level.maximised else hold.limit
        return HeldTerms(level_terms(instance, hold.level), limit)
    of_tier = replace(Minorant.nothing(instance), vms=-class_values(instance, hold.tier))
    return HeldTerms(((1.0, of_tier),), -hold.limit)


def unit_of(instance: Any, level: GoalLevel) -> Fraction | None:
    """What all values of a level are multiples of; None where nothing of the sort is known.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4]], [[6], [8]])
    >>> unit_of(cluster, GoalLevel.of(vmopt.goals.Balance()))
    Fraction(1, 24)
    """
    nobody, nothing = np.full(instance.n_vms, -1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    supply = np.zeros(len(instance.vm_classes), dtype=np.int64)
    member = np.unique(instance.vm_classes.of, return_index=True)[1].astype(np.int64)
    cells = Cells(nothing, nothing, nothing, nothing, supply, nobody, member)
    measure = measure_of(level, instance, cells, RuleRows(0))
    return None if measure.error else measure.unit


def rounded(bound: Fraction, unit: Fraction | None) -> Fraction:
    """Raise what a level costs at least to the next multiple of the unit."""
    return bound if unit is None else -(-bound // unit) * unit
