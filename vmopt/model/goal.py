"""What a placement costs besides: how goals that look at hosts and VMs together join an objective."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from vmopt.arrays import IntArray

HostIndex = IntArray


class PlacementCost(Protocol):
    """A goal on one instance."""

    def cost(self, host_index: HostIndex) -> float:
        """What a placement costs, at least 0, in the unit of the objective."""


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
