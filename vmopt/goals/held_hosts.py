"""Hosts of which a level above holds how much they may cost while they run anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vmopt.arrays import IntArray
from vmopt.goals.holds import Hold
from vmopt.model.shapes import HostsInUse, alone


@dataclass(frozen=True, eq=False)
class HeldHosts:
    """At most so much.

    Attributes
    ----------
    cost : (n_hosts,) int64 array
    most : int
        Of those that run anything, in all.
    """

    cost: IntArray
    most: int


def held_hosts(instance: Any, holds: Sequence[Hold]) -> tuple[HeldHosts, ...]:
    """Find the holds of hosts in use, and of nothing else with them.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.goals.holds import holds_of
    >>> from vmopt.model.goal_level import GoalLevel
    >>> cluster = vmopt.Instance.from_arrays([[1]], [[2]] * 3)
    >>> holds = holds_of(cluster, [GoalLevel.of(vmopt.FewestHosts(cost=[1, 0.5, 2]))], [0.25], [2])
    >>> [(held.cost.tolist(), held.most) for held in held_hosts(cluster, holds)]
    [([2, 1, 4], 5)]
    """
    found = []
    for hold in holds:
        own = alone(instance, hold.level, HostsInUse)
        if own is not None:
            weight, hosts = own
            found.append(HeldHosts(hosts.cost, int(hold.limit / weight // hosts.unit)))
    return tuple(found)
