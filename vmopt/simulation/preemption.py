"""Preemption: who has to go so that a more important VM can run."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

import numpy as np

from vmopt.arrays import FloatArray, IntArray
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
        for vm in _in_need(cluster, waiting[priority[waiting] == level], below, reach):
            hosts = np.flatnonzero((reach >= cluster.asked(vm)).all(axis=1))
            choices = _choices(cluster, vm, hosts, below, priority)
            if choices:
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


def _in_need(cluster: Cluster, vms: IntArray, below: IntArray, reach: IntArray) -> list[int]:
    """Return those that no host can take, and some host could if others went: the first of each class, by arrival."""
    order = vms[np.argsort(cluster.workload.requests.arrival[vms], kind="stable")]
    first = order[np.sort(np.unique(cluster.class_of(order), return_index=True)[1])]
    later = cluster.ruling.without(cluster.row_of[below])
    found = []
    for vm in first.tolist():
        able = (reach >= cluster.asked(vm)).all(axis=1)
        if able.any() and not cluster.taking(vm).any():  # else the policy has its reasons
            able &= later.allowed(int(cluster.row_of[vm]))
            found += [vm] if able.any() else []
    return found


def _choices(
    cluster: Cluster, vm: int, hosts: IntArray, below: IntArray, priority: FloatArray
) -> list[tuple[float, Takeover]]:
    """Work out who goes from a few of these hosts: those where the VMs that may go are worth least together."""
    loss = np.bincount(cluster.host_of[below], _worth(cluster, below, priority), minlength=len(cluster.room))
    chosen: list[tuple[float, Takeover]] = []
    for host in hosts[np.argsort(loss[hosts], kind="stable")].tolist():
        victims = _victims(cluster, vm, host, below, priority)
        if victims is not None:
            chosen.append((float(_worth(cluster, victims, priority).sum()), Takeover(vm, host, victims)))
        if len(chosen) == MOST_HOSTS:
            break
    return chosen


def _victims(cluster: Cluster, vm: int, host: int, below: IntArray, priority: FloatArray) -> IntArray | None:
    """Choose who goes from a host: the least important until there is room and no rule forbids it, less who need not.

    None where the rules forbid it even when all have gone.
    """
    there = below[cluster.host_of[below] == host]
    if not there.size:
        return None
    worth = _worth(cluster, there, priority)
    there = there[np.lexsort((there, -worth, priority[there]))]
    taken = cluster.taken[there]
    lacking = cluster.asked(vm) - cluster.room[host]
    enough = (np.cumsum(taken, axis=0) >= lacking).all(axis=1)
    least = int(enough.argmax()) + 1
    counts = (n for n in range(least, len(there) + 1) if _may_run(cluster, vm, host, there[:n]))
    count = next(counts, 0)
    if not count:
        return None
    goes = np.arange(len(there)) < count
    for position in range(count - 1, -1, -1):  # the most important of them may stay if the others suffice
        goes[position] = False
        suffice = (taken[goes].sum(axis=0) >= lacking).all() and _may_run(cluster, vm, host, there[goes])
        goes[position] = not suffice
    victims: IntArray = there[goes]
    return victims


def _may_run(cluster: Cluster, vm: int, host: int, victims: IntArray) -> bool:
    """Whether no rule forbids a VM on a host once the victims are gone."""
    if not cluster.workload.rules:
        return True
    later = cluster.ruling.without(cluster.row_of[victims])
    return bool(later.allowed(int(cluster.row_of[vm]))[host])


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
