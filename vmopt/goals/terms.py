"""Terms: the goals of a level and of those above as minorants, and by how much each counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from vmopt.goals.class_values import class_values
from vmopt.goals.holds import Hold
from vmopt.goals.minorant import Minorant
from vmopt.model.goal_level import GoalLevel

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
