"""Brute force: all placements of a tiny instance, and the best of them level after level."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from tests.goals.meaning import exact, level_value, tier_values
from tests.rules.brute import Placement, feasible
from vmopt.goals import Utilisation
from vmopt.model.goal_level import GoalLevel

ROUNDING = Fraction(1, 10**8)


class Step(NamedTuple):
    """One thing that is optimised: a level, or a tier of the first one."""

    of: Callable[[Placement], Fraction]
    maximised: bool
    slack: Fraction
    level: int

    def best(self, some: Iterable[Placement]) -> Fraction:
        """The best that any of these has."""
        values = [self.of(at) for at in some]
        return max(values) if self.maximised else min(values)

    @property
    def strict(self) -> Step:
        """The same without slack."""
        return self._replace(slack=Fraction(0))

    def kept(self, some: Iterable[Placement], reached: Fraction, rounding: Fraction = Fraction(0)) -> list[Placement]:
        """Those that lose no more than the slack of what was reached."""
        less = abs(reached) * (self.slack + rounding) + rounding * Fraction(1, 10**3)
        if self.maximised:
            return [at for at in some if self.of(at) >= reached - less]
        return [at for at in some if self.of(at) <= reached + less]


def steps(instance: Any) -> list[Step]:
    """What is optimised one after the other: a row of a solution's levels each."""
    found = []
    levels, slacks = instance.objective.goal_levels, instance.objective.slack_of_levels
    if not levels:
        levels, slacks = (GoalLevel.of(Utilisation()),), (0.0,)
    for k, (level, slack) in enumerate(zip(levels, slacks, strict=True)):
        part = exact(slack)
        if len(level.terms) == 1 and level.terms[0][1].name == "utilisation" and by_tiers(instance):
            n = len(set(instance.priority.tolist()))
            found += [Step(_memo(lambda at, t=t: tier_values(instance, at)[t]), True, part, k) for t in range(n)]
        else:
            more = len(level.terms) == 1 and level.terms[0][1].name == "utilisation"
            found.append(Step(_memo(lambda at, level=level: level_value(level, instance, at)), more, part, k))
    return found


def by_tiers(instance: Any) -> bool:
    """Whether the utilisation is one of several tiers."""
    return instance.objective.weighting == "tiers" and len(set(instance.priority.tolist())) > 1


def _memo(of: Callable[[Placement], Fraction]) -> Callable[[Placement], Fraction]:
    known: dict[Placement, Fraction] = {}

    def value(at: Placement) -> Fraction:
        if at not in known:
            known[at] = of(at)
        return known[at]

    return value


def climbed(instance: Any) -> tuple[list[Fraction], list[Placement]]:
    """The best of each level given those above, less their slack, and all placements that have it of the last.

    Nothing where no placement is feasible.
    """
    some, reached = feasible(instance), []
    for _, group in groupby(steps(instance) if some else [], key=lambda step: step.level):
        tiers, best = list(group), some
        for step in tiers:
            reached.append(step.best(best))
            best = step.strict.kept(best, reached[-1])
        for step, value in zip(tiers, reached[-len(tiers) :], strict=True):
            some = step.kept(some, value)
    return reached, some
