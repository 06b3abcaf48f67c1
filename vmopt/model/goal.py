"""Goals as an objective knows them: what is to be had of a placement, and what it costs besides."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar, Protocol, runtime_checkable

from vmopt.arrays import FloatArray, IntArray

HostIndex = IntArray


@runtime_checkable
class Goal(Protocol):
    """One thing that a placement is judged by: see `vmopt.goals`."""

    name: ClassVar[str]
    maximised: ClassVar[bool]

    def check(self, instance: Any) -> None:
        """Refuse an instance that the goal does not speak of, by name."""

    def value(self, instance: Any, host_index: HostIndex) -> Fraction:
        """What a placement has of it, exactly."""

    def added(self, instance: Any, host_index: HostIndex, vm: int) -> Sequence[Fraction]:
        """By how much it grows when this VM, unplaced so far, is placed on each host."""

    def translate(self, instance: Any, cells: Any, rows: Any) -> Any:
        """Write it over the cells of a program: see `vmopt.goals.measure`."""

    def host_keys(self, instance: Any) -> Sequence[IntArray]:
        """Columns over the hosts: exchanging hosts that are alike in all of them, and in size, changes nothing."""

    def vm_keys(self, instance: Any) -> Sequence[IntArray]:
        """Columns over the VMs, likewise."""


class PlacementCost(Protocol):
    """A goal on one instance."""

    def cost(self, host_index: HostIndex) -> float:
        """What a placement costs, at least 0, in the unit of the objective."""

    def cost_added(self, host_index: HostIndex, vm: int) -> FloatArray:
        """What it costs more when this VM, unplaced so far, is placed on each host."""


@runtime_checkable
class PlacementGoal(Protocol):
    """A goal as a user states it, before there is an instance."""

    @property
    def weight(self) -> float:
        """What a unit of it costs; with 0 it only decides among placements that are equally good."""

    def check(self, instance: Any) -> None:
        """Refuse an instance that the goal does not speak of, by name."""

    def on(self, instance: Any) -> PlacementCost:
        """Work out what it takes to measure placements of an instance."""
