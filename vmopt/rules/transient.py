"""Transient: room for VMs that move at both ends of their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import BaseRule, InForce, domains_of
from vmopt.rules.breach import Breach
from vmopt.rules.keep import current_of
from vmopt.rules.program import Cells, RuleRows, Slack
from vmopt.rules.selection import Grouping
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class Transient(BaseRule):
    """What VMs take of the instance's transient resources stays taken where they run now, and is taken where they go.

    ``sum_{i: current[i] = h} d[i,k] + sum_{i: x[i] = h, current[i] != h} d[i,k] <= C[h,k]`` for each host h and each
    transient resource k: then all moves can be made at the same time, in any order.
    A host that is overloaded now takes nobody.
    Known as transient usage constraints (ROADEF), disk space while storage migrates.

    Parameters
    ----------
    penalty : float, optional
        Makes the rule soft: what each unit costs that is entered above that, in the steps in which the instance counts
        (`vmopt.Instance.scale` of them to one of yours), over all hosts and transient resources.

    Examples
    --------
    >>> import vmopt
    >>> arrays = {"demand": [[3], [4]], "capacity": [[4], [4]], "current": [0, 1], "resources": ["disk"]}
    >>> two = vmopt.Instance.from_arrays(**arrays, transient="disk", rules=[Transient()])
    >>> len(vmopt.verify(two, [0, 1])), len(vmopt.verify(two, [1, 0]))
    (0, 2)
    """

    name: ClassVar[str] = "transient"

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """VMs by the hosts that they run on, and all hosts, numbered alike."""
        if not instance.transient:
            raise InstanceError("Transient needs to know what moves take twice: give the instance transient=...")
        return Grouping(current_of(instance, self), instance.host_names), domains_of(instance, "host"), None

    def concerns(self, here: InForce) -> BoolArray:
        """All VMs."""
        return np.ones(len(here.group.of), dtype=bool)

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find hosts that more enter than there is room for beside all that run there now."""
        room = _room(here)
        for host in np.flatnonzero((_entering(here, host_index, room) > room).any(axis=1)).tolist():
            enters = (host_index == host) & (here.group.of != host)
            yield here.breach(None, host, np.flatnonzero(enters & _asked(here).any(axis=1)), 1)

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Add up what enters above the room that there is."""
        room = _room(here)
        return float(np.maximum(_entering(here, host_index, room) - room, 0).sum())

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``sum d x <= room - outside`` over the cells on each host of VMs that do not run there now."""
        home, outside, demand = here.group.of, cells.outside, _asked(here)
        left = _room(here)
        before = np.flatnonzero((outside >= 0) & (outside != home))
        np.subtract.at(left, outside[before], demand[before])
        cell = np.flatnonzero(home[cells.vm] != cells.host)
        hosts, row = np.unique(cells.host[cell], return_inverse=True)
        for k in range(demand.shape[1]):
            entry = demand[cells.vm[cell], k]
            some, room = np.flatnonzero(entry), np.maximum(left[hosts, k], 0)
            upper = np.minimum(cells.upper, cells.supply[cells.vm_class])[cell]
            most = np.bincount(row.ravel(), entry * upper, len(hosts)).astype(np.int64)
            slack = Slack.of(self.penalty, np.maximum(most - room, 0))
            rows.at_most(row.ravel()[some], cell[some], entry[some], room, slack)

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Who fits a host on no account beside all that runs there now."""
        asked, room = _asked(here)[vm], _room(here)[host]
        lacks = np.zeros((len(vm), len(host)), dtype=bool)
        for k in range(room.shape[1]):
            lacks |= asked[:, k, None] > room[None, :, k]
        return np.asarray(lacks & (here.group.of[vm][:, None] != host[None, :]))

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where there is room beside all that runs there now, and enters already; home is always open."""
        demand, left, home, now = _asked(here), _room(here), here.group.of, taken.host_index
        enters = np.flatnonzero((now >= 0) & (now != home))
        np.subtract.at(left, now[enters], demand[enters])
        open_ = np.asarray((demand[vm] <= left).all(axis=1))
        if home[vm] >= 0:
            open_[home[vm]] = True
        return open_

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """What it takes beyond the room that is left beside who enters already; nothing at home."""
        room = _room(here)
        before = np.maximum(_entering(here, taken.host_index, room), room)
        entering = _entering(here, taken.host_index, room) + _asked(here)[vm]
        more: FloatArray = np.maximum(entering - before, 0).sum(axis=1).astype(np.float64)
        if here.group.of[vm] >= 0:
            more[here.group.of[vm]] = 0.0
        return more

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """One at a time."""
        return None

    def freed(self, here: InForce, host: int) -> BoolArray:
        """A host that somebody does not enter has room for others."""
        return np.asarray(np.arange(len(here.domain.of)) == host)


def _asked(here: InForce) -> IntArray:
    """What each VM takes of the transient resources."""
    return np.ascontiguousarray(here.instance.reserved[:, _columns(here)])


def _entering(here: InForce, host_index: IntArray, like: IntArray) -> IntArray:
    """What those take that enter each host."""
    enters = np.flatnonzero((host_index >= 0) & (host_index != here.group.of))
    taken = np.zeros_like(like)
    np.add.at(taken, host_index[enters], _asked(here)[enters])
    return taken


def _room(here: InForce) -> IntArray:
    """What is left of them on each host beside all that runs there now, at least 0."""
    left = here.instance.capacity[:, _columns(here)].copy()
    running = np.flatnonzero(here.group.of >= 0)
    np.subtract.at(left, here.group.of[running], _asked(here)[running])
    return np.asarray(np.maximum(left, 0))


def _columns(here: InForce) -> list[int]:
    return [here.instance.resources.index(name) for name in here.instance.transient]
