"""A level of an objective: goals that are weighed against each other, served before those of the next level."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.goal import Goal


@dataclass(frozen=True)
class GoalLevel:
    """A sum of goals with weights; what is to be maximised counts against the others where there are several.

    Attributes
    ----------
    terms : tuple of (float, Goal)
        Weights above 0, and goals.

    Examples
    --------
    >>> from vmopt.goals import Balance, FewestHosts
    >>> str(FewestHosts() + 0.5 * Balance("cpu"))
    'fewest-hosts + 0.5 balance-max(cpu)'
    """

    terms: tuple[tuple[float, Goal], ...]

    @classmethod
    def of(cls, given: Any) -> GoalLevel:
        """Take a goal, or a sum of goals, as it is written.

        Raises
        ------
        InstanceError
            If it is something else.
        """
        if isinstance(given, cls):
            return given
        if isinstance(given, type) and isinstance(given, Goal):
            raise InstanceError(f"{given.__name__} is a class: give a goal of it, such as {given.__name__}().")
        if isinstance(given, Goal):
            return cls(((1.0, given),))
        raise InstanceError(
            f"{checks.shown(given)} is no goal: give one of vmopt.goals, such as FewestHosts(), or a sum of them."
        )

    def __post_init__(self) -> None:
        for weight, _ in self.terms:
            if not isfinite(weight) or weight <= 0:
                raise InstanceError(f"a goal has weight {weight:g}: give a finite number above 0.")
        names = [str(goal) for _, goal in self.terms]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InstanceError(f"goal {twice} stands twice in one level: add up its weights.")

    def plus(self, other: Any) -> GoalLevel:
        """The goals of both."""
        return GoalLevel(self.terms + GoalLevel.of(other).terms)

    def times(self, factor: Any) -> GoalLevel:
        """The same goals with other weights."""
        if not checks.is_number(factor):
            raise InstanceError(f"a goal is multiplied by {checks.shown(factor)}: give a number above 0.")
        return GoalLevel(tuple((float(factor) * weight, goal) for weight, goal in self.terms))

    __add__, __mul__, __rmul__ = plus, times, times

    def __radd__(self, other: Any) -> GoalLevel:
        """Add up a list of goals: ``sum`` begins with 0."""
        return self if checks.is_number(other) and other == 0 else GoalLevel.of(other).plus(self)

    def __repr__(self) -> str:
        return " + ".join(repr(goal) if weight == 1 else f"{weight:g} * {goal!r}" for weight, goal in self.terms)

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The goals, without their weights."""
        return tuple(goal for _, goal in self.terms)

    def names(self, goal: str) -> bool:
        """Whether a goal of this name is among them."""
        return any(each.name == goal for each in self.goals)

    @property
    def maximised(self) -> bool:
        """Whether more is better: of one goal alone that is maximised; a sum is a cost."""
        return len(self.terms) == 1 and self.terms[0][1].maximised

    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """What a placement has of the level, exactly."""
        total = Fraction(0)
        for weight, goal in self.terms:
            against = goal.maximised and not self.maximised
            total += (-1 if against else 1) * Fraction(str(weight)) * goal.value(instance, host_index)
        return total

    def added(self, instance: Any, host_index: IntArray, vm: int) -> list[Fraction]:
        """By how much it grows when this VM, unplaced so far, is placed on each host."""
        total = [Fraction(0)] * instance.n_hosts
        for weight, goal in self.terms:
            factor = (-1 if goal.maximised and not self.maximised else 1) * Fraction(str(weight))
            grown = goal.added(instance, host_index, vm)
            total = [have + factor * more for have, more in zip(total, grown, strict=True)]
        return total

    def __str__(self) -> str:
        return " + ".join(str(goal) if weight == 1 else f"{weight:g} {goal}" for weight, goal in self.terms)
