"""Gangs: VMs of which several run, or none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.problem import Problem


class Gangs:
    """Places VMs one by one, or with their gang where they have one: then as many as it asks for, or none.

    Parameters
    ----------
    problem : Problem
    take : callable
        Places VMs that are all alike, as many as it can.
    """

    def __init__(self, problem: Problem, take: Callable[[IntArray], None]) -> None:
        self._rules = [(rule, rule.gangs) for rule in problem.rules if rule.gangs is not None]
        self._take = take
        self._classes = problem.vms.of
        self._value = problem.value

    def place(self, vms: IntArray, places: PartialPlacement) -> None:
        """Place VMs that are all alike."""
        if not vms.size:
            return
        first = int(vms[0])
        for rule, wanted in self._rules:
            g = int(rule.group.of[first])
            if g < 0:
                continue
            members = rule.members[g]
            if int((places.host_index[members] >= 0).sum()) < wanted[g]:
                self._all_or_none(members, int(wanted[g]), places)
                return
        self._take(vms)

    def _all_or_none(self, members: IntArray, wanted: int, places: PartialPlacement) -> None:
        waiting = members[places.host_index[members] < 0]
        order = waiting[np.lexsort((self._classes[waiting], -self._value[waiting]))]
        edges = np.flatnonzero(np.diff(self._classes[order], prepend=-1, append=-1))
        for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            self._take(order[begin:end])
        if int((places.host_index[members] >= 0).sum()) < wanted:
            places.take_off(waiting)
