"""Preemption: who has to go so that a more important VM can run."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.simulation.cluster import Cluster


@dataclass(frozen=True)
class Preemption:
    """Waiting VMs may take the place of running ones of strictly lower priority.

    Parameters
    ----------
    cost : float
        Seconds of work that a VM loses each time it has to go: they are added to what it has yet to run.
    cap : int
        How often one VM may have to go.

    Examples
    --------
    >>> Preemption(cost=60, cap=2).cap
    2
    """

    cost: float = 60.0
    cap: int = 3

    def __post_init__(self) -> None:
        if isinstance(self.cost, bool) or not isinstance(self.cost, int | float) or not 0 <= self.cost < float("inf"):
            raise OptionError(f"the cost of a preemption is {self.cost!r}: give seconds, at least 0.")
        if isinstance(self.cap, bool) or not isinstance(self.cap, int) or self.cap < 1:
            raise OptionError(f"the cap of preemptions per VM is {self.cap!r}: give an integer of at least 1.")


@dataclass(frozen=True)
class Takeover:
    """A waiting VM, the host it shall run on, and the VMs that have to go for it."""

    vm: int
    host: int
    victims: IntArray


def next_takeover(cluster: Cluster, priority: FloatArray, times: IntArray, cap: int) -> Takeover | None:
    """Return the takeover of the most important VM that can have one, or None.

    The host is the one where the victims are worth least (their priority times what they have reserved of the
    cluster); of those that may go there, the least important go first, and nobody goes who need not.

    Parameters
    ----------
    cluster : Cluster
    priority : (n_vms,) float64 array
    times : (n_vms,) int64 array
        How often each VM had to go so far.
    cap : int
    """
    waiting, running = cluster.waiting, cluster.running
    running = running[(times[running] < cap) & cluster.open[cluster.host_of[running]]]
    if not waiting.size or not running.size:
        return None
    for level in np.unique(priority[waiting])[::-1]:
        below = running[priority[running] < level]
        if not below.size:
            return None
        reach = _reach(cluster, below)
        level_vms = waiting[priority[waiting] == level]
        vm = _first_that_fits(cluster, level_vms, reach)
        if vm >= 0:
            hosts = np.flatnonzero((reach >= cluster.asked(vm)).all(axis=1))
            choices = [
                _victims(cluster, vm, host, below, priority) for host in _cheapest(cluster, hosts, below, priority)
            ]
            return min(choices, key=lambda chosen: chosen[0])[1]
    return None


MOST_HOSTS = 8
"""Of so many hosts the victims are worked out one by one; those on which all that may go is worth least."""


def _reach(cluster: Cluster, below: IntArray) -> IntArray:
    """Room of each host if all that may go had gone."""
    reach = cluster.room.copy()
    np.add.at(reach, cluster.host_of[below], cluster.taken[below])
    reach[(cluster.room < 0).any(axis=1)] = -1
    return reach


def _first_that_fits(cluster: Cluster, vms: IntArray, reach: IntArray) -> int:
    """Return the first of these VMs that would fit on some host if others went, and does not without; -1 if none."""
    fits: BoolArray = np.zeros(len(cluster.workload.class_asked), dtype=bool)
    of = cluster.class_of(vms)
    for demand_class in np.unique(of).tolist():
        asked = cluster.workload.class_asked[demand_class]
        if not (cluster.room >= asked).all(axis=1).any():  # else the policy has its reasons
            fits[demand_class] = (reach >= asked).all(axis=1).any()
    able = vms[fits[of]]
    return int(able[cluster.workload.requests.arrival[able].argmin()]) if able.size else -1


def _cheapest(cluster: Cluster, hosts: IntArray, below: IntArray, priority: FloatArray) -> list[int]:
    """Return a few of these hosts: those where the VMs that may go are worth least together."""
    loss = np.bincount(cluster.host_of[below], _worth(cluster, below, priority), minlength=len(cluster.room))
    order = hosts[np.argsort(loss[hosts], kind="stable")][:MOST_HOSTS]
    chosen: list[int] = order.tolist()
    return chosen


def _victims(cluster: Cluster, vm: int, host: int, below: IntArray, priority: FloatArray) -> tuple[float, Takeover]:
    """Choose who goes from a host: the least important until there is room, less those who need not."""
    there = below[cluster.host_of[below] == host]
    worth = _worth(cluster, there, priority)
    there = there[np.lexsort((there, -worth, priority[there]))]
    taken = cluster.taken[there]
    lacking = cluster.asked(vm) - cluster.room[host]
    enough = (np.cumsum(taken, axis=0) >= lacking).all(axis=1)
    count = int(enough.argmax()) + 1
    goes = np.zeros(len(there), dtype=bool)
    goes[:count] = True
    given = taken[:count].sum(axis=0)
    for position in range(count - 1, -1, -1):  # the most important of them may stay if the others suffice
        if (given - taken[position] >= lacking).all():
            goes[position] = False
            given = given - taken[position]
    victims = there[goes]
    return float(_worth(cluster, victims, priority).sum()), Takeover(vm, host, victims)


def _worth(cluster: Cluster, vms: IntArray, priority: FloatArray) -> FloatArray:
    share: FloatArray = cluster.workload.instance.share[cluster.row_of[vms]]
    return priority[vms] * share


def checked(given: Preemption | bool | None) -> Preemption | None:
    """Return what was asked for; True stands for the defaults.

    Raises
    ------
    OptionError
        If it is neither a `Preemption` nor a boolean.
    """
    if given is None or given is False:
        return None
    if given is True:
        return Preemption()
    if not isinstance(given, Preemption) or not isfinite(given.cost):
        raise OptionError(f"preemption is {given!r}: give a vmopt.Preemption, True for the defaults, or None.")
    return given
