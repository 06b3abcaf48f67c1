"""What every goal is: a declaration, a measure of placements, and a translation into columns and rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import Minorant
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Shape
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True)
class BaseGoal(ABC):
    """A goal as it is stated: see `vmopt.goals` for what all of them have in common.

    A new goal is a file with a subclass that says three things: `value` measures a placement, from the data and nothing
    else; `translate` writes the same measure over the cells of a program; `host_keys` tells which hosts it tells apart.
    Measure and translation share no code, so that they can disagree.
    """

    name: ClassVar[str]
    maximised: ClassVar[bool] = False
    separable: ClassVar[bool] = True
    """Whether it is a sum over hosts, each of which adds what it runs."""

    @abstractmethod
    def value(self, instance: Any, host_index: IntArray) -> Fraction:
        """What a placement has of it, exactly."""

    @abstractmethod
    def translate(self, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write it over the cells, given the VMs that stay outside of them: a point can have it, and none less."""

    def added(self, instance: Any, host_index: IntArray, vm: int) -> Sequence[Fraction]:
        """By how much it grows when this VM, unplaced so far, is placed on each host: measured host by host here."""
        now, there = self.value(instance, host_index), np.array(host_index)
        grown = []
        for host in range(instance.n_hosts):
            there[vm] = host
            grown.append(self.value(instance, there) - now)
        return grown

    def shapes(self, instance: Any) -> tuple[Shape, ...]:
        """What it is a sum of, for searches and bounds that serve such sums: see `vmopt.model.shapes`."""
        return ()

    def minorant(self, instance: Any) -> Minorant:
        """What a placement costs at least, by what host classes hold, what is maximised counting against it."""
        return Minorant.nothing(instance)

    def host_keys(self, instance: Any) -> Sequence[IntArray]:
        """Columns over the hosts: exchanging hosts that are alike in all of them, and in size, changes nothing."""
        return ()

    def vm_keys(self, instance: Any) -> Sequence[IntArray]:
        """Columns over the VMs, likewise; whoever stays where it is is sorted out when counts become VMs."""
        return ()

    def facts(self, instance: Any) -> Sequence[str]:
        """What it reads from labels, as text: where that differs, instances do."""
        return ()

    def check(self, instance: Any) -> None:  # noqa: B027
        """Refuse an instance that the goal does not speak of; most speak of any.

        Raises
        ------
        InstanceError
            If a resource, a label or a host that it names is not there.
        """

    def __add__(self, other: Any) -> GoalLevel:
        return GoalLevel.of(self).plus(other)

    def __radd__(self, other: Any) -> GoalLevel:
        return other + GoalLevel.of(self)  # type: ignore[no-any-return]

    def __mul__(self, factor: Any) -> GoalLevel:
        return GoalLevel.of(self).times(factor)

    __rmul__ = __mul__

    def __str__(self) -> str:
        return self.name
