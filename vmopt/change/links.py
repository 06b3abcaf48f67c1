"""From an order to a graph: an action waits only for those that make the room it takes, or that rules set before it.

Every arrival is paid for: by what its host has free at first, then by what VMs leave there that went before it in the
order, the earliest first. It waits for exactly those that pay. Whatever else is done or under way at that moment, the
host holds at most what it has: each unit of room that is taken was free, or was given up by somebody who has left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import networkx as nx
import numpy as np

from vmopt.arrays import IntArray
from vmopt.change.action import NOWHERE, Action
from vmopt.change.kept import Kept, Key
from vmopt.model.instance import Instance


def linked(instance: Instance, current: IntArray, steps: Sequence[Action], kept: Kept) -> nx.DiGraph:
    """Make the graph of an order that is known to work one action at a time.

    Parameters
    ----------
    instance : Instance
    current : (n_vms,) int64 array
    steps : sequence of Action
    kept : Kept
        Knows which actions rules keep apart.

    Returns
    -------
    networkx.DiGraph
        Nodes are positions in `steps`; an edge says that its first end is done before its second begins.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(steps)))
    rooms = _Rooms(instance, current)
    last_of_vm, last_of_key = dict[int, int](), dict[Key, int]()
    for number, step in enumerate(steps):
        before = set[int]() if step.target == NOWHERE else rooms.paid(step.target, instance.reserved[step.vm])
        if step.vm in last_of_vm:
            before.add(last_of_vm[step.vm])
        before.update(last_of_key[key] for key in kept.keys(step) if key in last_of_key)
        graph.add_edges_from((earlier, number) for earlier in sorted(before))
        if step.source != NOWHERE:
            rooms.given(step.source, instance.reserved[step.vm], number)
        last_of_vm[step.vm] = number
        last_of_key.update(dict.fromkeys(kept.keys(step), number))
    return graph


class _Rooms:
    """What is free on each host, and who gave it up."""

    def __init__(self, instance: Instance, current: IntArray) -> None:
        load = np.zeros_like(instance.capacity)
        running = current >= 0
        np.add.at(load, current[running], instance.reserved[running])
        self._free = np.maximum(instance.capacity - load, 0)
        self._debt = np.maximum(load - instance.capacity, 0)
        self._given: dict[int, deque[tuple[int, IntArray]]] = {}
        self._payers: dict[int, list[tuple[int, IntArray]]] = {}

    def given(self, host: int, amounts: IntArray, number: int) -> None:
        """Note what an action gives up; it goes first to what the host is short of."""
        pays = np.minimum(self._debt[host], amounts)
        if pays.any():
            self._debt[host] -= pays
            self._payers.setdefault(host, []).append((number, pays > 0))
        self._given.setdefault(host, deque()).append((number, amounts - pays))

    def paid(self, host: int, amounts: IntArray) -> set[int]:
        """Take room for an arrival; return the actions that gave it up."""
        before = {number for number, resources in self._payers.get(host, ()) if (resources & (amounts > 0)).any()}
        free = np.minimum(self._free[host], amounts)
        self._free[host] -= free
        need, given = amounts - free, self._given.get(host)
        kept = deque[tuple[int, IntArray]]()
        while given and need.any():
            number, left = given.popleft()
            taken = np.minimum(left, need)
            if taken.any():
                before.add(number)
            need, left = need - taken, left - taken
            if left.any():
                kept.append((number, left))
        if given is not None:
            given.extendleft(reversed(kept))
        return before
