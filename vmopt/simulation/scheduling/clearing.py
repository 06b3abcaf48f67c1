"""Clearing: which running VMs have to move so that a waiting one finds room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.simulation.cluster import Cluster
from vmopt.simulation.scheduling.sketch import Sketch

MOST_HOSTS = 8
"""Of so many hosts, those that lack least, the moves are worked out."""


@dataclass(frozen=True)
class Clearing:
    """Moves after which a host takes a waiting VM.

    Attributes
    ----------
    host : int
    moves : tuple of (int, int)
        VM and the host it goes to, in an order in which each finds room and breaks no rule.
    """

    host: int
    moves: tuple[tuple[int, int], ...]


class Clearings:
    """Looks for clearings in a cluster as it is now.

    A host can be cleared only if what it has free, and the most that so many of its VMs take which fit elsewhere, are
    enough; this is told for all hosts at once. Of the most promising ones the VMs that leave are chosen greedily: the
    smallest that alone makes enough room, else the one that helps most.

    Parameters
    ----------
    cluster : Cluster
    most : int
        How many VMs may move.
    """

    def __init__(self, cluster: Cluster, most: int) -> None:
        self._cluster = cluster
        self._most = most
        self._sketch = Sketch(cluster)
        capacity = cluster.workload.instance.capacity
        self._unit = np.maximum(capacity.max(axis=0), 1)
        self._on = self._movable()
        self._reach = np.maximum(cluster.room, 0) + self._largest()
        self._takes: BoolArray = np.asarray((cluster.room >= 0).all(axis=1))

    def best(self, vm: int) -> Clearing | None:
        """Return the clearing for a waiting VM that moves fewest VMs, and of these least; None if none is found."""
        found = [(self._size(clearing), clearing) for clearing in self._some(vm)]
        return min(found, key=lambda pair: pair[0])[1] if found else None

    def _some(self, vm: int) -> list[Clearing]:
        cluster = self._cluster
        asked = cluster.asked(vm)
        hosts = np.flatnonzero(self._takes & (self._reach >= asked).all(axis=1))
        if not hosts.size:
            return []
        hosts = hosts[cluster.allowed(vm)[hosts]]
        lacking = np.maximum(asked - cluster.room[hosts], 0) / self._unit
        tried = hosts[np.argsort(lacking.max(axis=1), kind="stable")[:MOST_HOSTS]]
        found = (self._clear(vm, host) for host in tried.tolist())
        return [clearing for clearing in found if clearing is not None]

    def _clear(self, vm: int, host: int) -> Clearing | None:
        """Move VMs off one host until a waiting one fits, then leave out moves it did not take, and try the rest."""
        sketch = self._sketch
        there = self._on[self._cluster.host_of[self._on] == host]
        while sketch.lacking(vm, host).any():
            mover = self._next(there, sketch.lacking(vm, host)) if len(sketch.moves) < self._most else None
            if mover is None:
                sketch.undo()
                return None
            sketch.move(*mover)
            there = there[there != mover[0]]
        needed = self._needed(vm, host)
        sketch.undo()
        return self._tried(vm, host, needed)

    def _next(self, vms: IntArray, lacking: IntArray) -> tuple[int, int] | None:
        """Return who leaves a host next, and where to, None if nobody can or leaving helps nothing."""
        cluster = self._cluster
        vms = vms[self._sketch.fit_elsewhere(vms)]
        taken = cluster.taken[vms]
        helps = (np.minimum(taken, lacking) / self._unit).sum(axis=1)
        enough = (taken >= lacking).all(axis=1)
        size = (taken / self._unit).sum(axis=1)
        for position in np.lexsort((vms, size, -helps, ~enough)).tolist():
            targets = self._sketch.targets(int(vms[position])) if helps[position] > 0 else vms[:0]
            if targets.size:
                return int(vms[position]), cluster.fullest(int(vms[position]), targets)
        return None

    def _needed(self, vm: int, host: int) -> list[tuple[int, int]]:
        """Leave out moves without which there is room as well, the first ones first."""
        needed = list(self._sketch.moves)
        spare = np.asarray(self._cluster.room[host] - self._cluster.asked(vm))
        spare = spare + self._cluster.taken[[mover for mover, _ in needed]].sum(axis=0)
        for move in self._sketch.moves:
            if (self._cluster.taken[move[0]] <= spare).all():
                spare = spare - self._cluster.taken[move[0]]
                needed.remove(move)
        return needed

    def _tried(self, vm: int, host: int, moves: list[tuple[int, int]]) -> Clearing | None:
        """Make the moves on paper one by one; None if the rules forbid one of them, or the VM in the end."""
        sketch, good = self._sketch, True
        for mover, target in moves:
            good = good and target in sketch.targets(mover)
            if good:
                sketch.move(mover, target)
        good = good and sketch.takes(vm, host)
        sketch.undo()
        return Clearing(host, tuple(moves)) if good else None

    def _size(self, clearing: Clearing) -> tuple[int, float]:
        movers = [vm for vm, _ in clearing.moves]
        return len(movers), float((self._cluster.taken[movers] / self._unit).sum())

    def _movable(self) -> IntArray:
        """Return the running VMs on hosts that take VMs for which another host has room."""
        cluster = self._cluster
        running = cluster.running
        running = running[(cluster.room[cluster.host_of[running]] >= 0).all(axis=1)]
        taken, of = np.unique(cluster.taken[running], axis=0, return_inverse=True)
        fits = np.ones((len(taken), len(cluster.room)), dtype=bool)
        for asked, room in zip(taken.T, cluster.room.T, strict=True):
            fits &= asked[:, None] <= room
        of = of.reshape(-1)
        at_home = fits[of, cluster.host_of[running]]
        movable: IntArray = running[fits.sum(axis=1)[of] > at_home]
        return movable

    def _largest(self) -> IntArray:
        """Return the most that so many movable VMs of each host take of each resource, ``(n_hosts, n_resources)``."""
        host, taken = self._cluster.host_of[self._on], self._cluster.taken[self._on]
        largest = np.zeros_like(self._cluster.room)
        for j, column in enumerate(taken.T):
            order = np.lexsort((-column, host))
            rank = np.arange(len(order)) - np.searchsorted(host[order], host[order])
            first = order[rank < self._most]
            np.add.at(largest[:, j], host[first], column[first])
        return largest
