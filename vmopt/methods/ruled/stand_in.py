"""Stand-ins: an instance without rules that has some decisions of rules taken already.

VMs that share a host are one VM in it, which asks for what they ask for together; VMs that have a host are gone, and so
is what they take. What methods that know no rules make of it is a placement of all VMs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.rules.lowered import lowered
from vmopt.rules.spread import Spread


@dataclass(frozen=True, eq=False)
class StandIn:
    """An instance, and how its placements are read.

    Attributes
    ----------
    instance : Instance
    leader : (n_vms,) int64 array
        The VM whose host each one gets: mostly itself; -1 for none.
    fixed : (n_vms,) int64 array
        Hosts of the VMs that have one, -1 for all others.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[2], [3], [1]], [[4], [9]], value=[1, 5, 2])
    >>> made = stand_in(cluster, leader=np.array([0, 1, 1]), fixed=np.array([0, -1, -1]))
    >>> made.instance.demand.ravel().tolist(), made.instance.capacity.ravel().tolist(), made.instance.value.tolist()
    ([0, 4, 0], [2, 9], [0.0, 7.0, 0.0])
    >>> made.read(np.array([-1, 1, -1])).tolist()
    [0, 1, 1]
    """

    instance: Instance
    leader: IntArray
    fixed: IntArray

    @property
    def open(self) -> IntArray:
        """VMs that are there to be placed, all others with them."""
        return np.flatnonzero((self.leader == np.arange(len(self.leader))) & (self.fixed < 0))

    def read(self, host_index: IntArray) -> IntArray:
        """Return the placement of all VMs that one of the instance means."""
        led = np.where(self.leader >= 0, host_index[self.leader], -1)
        return np.where(self.fixed >= 0, self.fixed, led)


def stand_in(plain: Instance, leader: IntArray, fixed: IntArray) -> StandIn:
    """Make a stand-in of an instance that has no rules, but for how many alike a host may run: it is `lowered` as well.

    For that is what certificates are checked against. Who runs then is all that it decides: it has no levels, and no
    current placement.
    """
    followed = np.flatnonzero((leader >= 0) & (fixed < 0))
    demand, value = np.zeros_like(plain.demand), np.zeros(plain.n_vms)
    np.add.at(demand, leader[followed], plain.demand[followed])
    np.add.at(value, leader[followed], plain.value[followed])
    capacity = plain.capacity.copy()
    there = np.flatnonzero(fixed >= 0)
    np.subtract.at(capacity, fixed[there], plain.demand[there])
    by_itself = (np.bincount(leader[followed], minlength=plain.n_vms) == 1) & (fixed < 0)
    made = replace(
        plain,
        demand=demand,
        capacity=capacity,
        own_value=value,
        rules=_among(plain, by_itself),
        objective=replace(plain.objective, levels=(), slack=0.0),
        current=None,
    )
    return StandIn(lowered(made), leader, fixed)


def _among(plain: Instance, by_itself: IntArray) -> tuple[Spread, ...]:
    """How many alike a host may run, of VMs that go by themselves."""
    most = plain.vm_classes.most
    kept = np.unique(plain.vm_classes.of[by_itself])
    if most is None or not len(kept):
        return ()
    number = np.full(len(plain.vm_classes), -1)
    number[kept] = np.arange(len(kept))
    return (Spread(np.where(by_itself, number[plain.vm_classes.of], -1), most=most[kept]),)
