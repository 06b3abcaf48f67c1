"""Landing VMs that come and go: who runs keeps its parts, and who comes goes beside it as it is."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.inside.depth_first import Fill
from vmopt.rules.inside.holding import Holding
from vmopt.rules.inside.small_program import Landed
from vmopt.rules.taken import Taken

MOST_FILLS = 100_000
"""Fills that are numbered before those that no host has any more are forgotten: 1.5 KB each for eight GPUs."""
MOST_PLACES = 100_000
"""Places that VMs have left which are remembered, at 0.2 KB each: those that were left last."""


class TakenInPlace(Taken):
    """Where the VMs that run have landed, while others come and go.

    A VM that comes back to a host it was just taken off has its old place where that is free, so that what is only
    tried leaves no trace.

    Attributes
    ----------
    state : (n_hosts,) int64 array
        Numbers of `Fills`.
    landed : dict of VM to (alternative, where its pieces are)
        Those that run, but for those of hosts that could not land them.
    """

    def __init__(self, here: Holding, host_index: IntArray) -> None:
        super().__init__(here, host_index)
        self._inside, self._fills = here, here.fills
        kinds = here.part_class.tolist()
        self.state = np.array([self._fills.number(kind, self._fills.grounds[kind].empty) for kind in kinds])
        self.landed: dict[int, Landed] = {}
        self._before: dict[tuple[int, int], Landed] = {}
        self._vacated: dict[tuple[int, int], Landed] = {}
        for _, vms in here.by_host_of(host_index):
            for vm in vms.tolist():
                self._land(vm)

    def without(self, vms: IntArray, host_index: IntArray) -> TakenInPlace:
        """Return what is there once some VMs have left; the others stay where they are."""
        later = TakenInPlace(self._inside, np.full_like(host_index, -1))
        later._fills, later.state, later.landed = self._fills, self.state.copy(), dict(self.landed)
        later._host_index = self._host_index.copy()
        for vm in vms[self._host_index[vms] >= 0].tolist():
            later.add(np.array([vm]), -1)
        later._host_index = host_index
        return later

    def add(self, vms: IntArray, sign: int = 1) -> None:
        """Land VMs that were just placed; with -1, clear those that are about to be taken off again."""
        super().add(vms, sign)
        for vm in vms[self._inside.group.inside[vms]].tolist():
            if sign > 0:
                self._land(vm)
            elif vm in self.landed:
                self._clear(vm)

    def allowed(self, ask: int) -> BoolArray:
        """Which hosts can land one more, those that run as they are."""
        return self._fills.take(self.state, ask)

    def room(self, ask: int, most: int) -> IntArray:
        """How many more each host can land, for sure: one where it can."""
        return np.asarray(self.allowed(ask).astype(np.int64))

    def _land(self, vm: int) -> None:
        h, ask = int(self._host_index[vm]), int(self._inside.group.of[vm])
        kind, fill = self._fills.states[self.state[h]]
        grounds = self._fills.grounds[kind]
        known = (self._before.get((vm, h)), self._vacated.pop((h, ask), None))
        for landed in (landed for landed in known if landed is not None):
            after = grounds.shifted(fill, self._fills.asks[ask], landed)
            if after is not None:
                break
        else:
            beside = self._fills.beside(int(self.state[h]), ask)
            if beside is None:
                return
            after, landed = beside
        self.landed[vm] = landed
        self._fill(h, kind, after)

    def _clear(self, vm: int) -> None:
        h, ask = int(self._host_index[vm]), int(self._inside.group.of[vm])
        kind, fill = self._fills.states[self.state[h]]
        landed = self.landed.pop(vm)
        for places, key in ((self._before, (vm, h)), (self._vacated, (h, ask))):
            places.pop(key, None)  # so that it is the last of them
            places[key] = landed
            if len(places) > MOST_PLACES:
                del places[next(iter(places))]
        after = self._fills.grounds[kind].shifted(fill, self._fills.asks[ask], landed, -1)
        assert after is not None
        self._fill(h, kind, after)

    def _fill(self, host: int, kind: int, fill: Fill) -> None:
        """Note how full a host is; where fills are many, number anew those that hosts have."""
        self.state[host] = self._fills.number(kind, fill)
        if len(self._fills.states) > max(MOST_FILLS, 2 * len(self.state)):
            known, self._fills = self._fills, self._fills.fresh()
            self.state = np.array([self._fills.number(*known.states[number]) for number in self.state.tolist()])
