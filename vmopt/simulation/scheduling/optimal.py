"""Optimal: every decision solves the waiting VMs on the free capacity."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.charges import RENEW, Charges
from vmopt.solve import solve

WINDOW = 60.0
TIME_LIMIT = 0.5
GAP = 0.01
CHARGED = 0.8


class Optimal:
    """Solve the waiting VMs on the free capacity, once in a window of time.

    The best for the moment is not the best for the day: a small VM of little value that takes the room there is keeps
    out a better one that comes a minute later. So a VM counts with its value less `charged` times what the capacity it
    asks for earns at the best (`Charges`), and one that does not earn that waits. The one-step optimum in the plain
    values is ``optimal:myopic``.

    A decision that the clock cuts short may differ from one run to the next; `time_limit` is well above what
    decisions take as a rule.

    Parameters
    ----------
    seed : int
    window : float
        Seconds of the simulation between two decisions.
    charged : float
        Part of the price of capacity that VMs are charged; 0 is the myopic policy.
    time_limit, gap : float
        As for `vmopt.solve`, for one decision.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        window: float = WINDOW,
        charged: float = CHARGED,
        time_limit: float = TIME_LIMIT,
        gap: float = GAP,
    ) -> None:
        self.name = "optimal" if charged else "optimal:myopic"
        self.window = window
        self._charged = charged
        self._charges = Charges()
        self._options: dict[str, Any] = {"time_limit": time_limit, "gap": gap, "seed": seed, "threads": 1}

    def decide(self, moment: Moment) -> None:
        """Solve, and start what the solution places."""
        cluster = moment.cluster
        vms, hosts, slots = _that_fit(moment)
        if not vms.size:
            return
        worth = moment.instance.value[cluster.row_of[vms]]
        if self._charged:
            worth = worth - self._charged * self._charges.of(moment, vms)
            earns = worth > 0
            if not earns.all():
                moment.again = moment.now + RENEW * max(moment.now - moment.requests.arrival.min(), self.window)
            vms, worth, slots = vms[earns], worth[earns], slots[earns]
        kept = _no_more_than_fit(moment, vms, worth, slots)
        if not kept.size:
            return
        vms, worth = vms[kept], worth[kept]
        asked = cluster.workload.asked[cluster.row_of[vms]]
        solution = solve(Instance.from_arrays(asked, cluster.room[hosts], value=worth), **self._options)
        for position in np.flatnonzero(solution.host_index >= 0).tolist():
            moment.start(int(vms[position]), int(hosts[solution.host_index[position]]))


def _that_fit(moment: Moment) -> tuple[IntArray, IntArray, IntArray]:
    """Return the waiting VMs that fit on some host, the hosts that some of them fit on, and how often each VM would."""
    cluster = moment.cluster
    waiting = cluster.waiting
    classes, of = np.unique(cluster.class_of(waiting), return_inverse=True)
    slots = _slots(cluster.workload.class_asked[classes], cluster.room)
    often = slots.sum(axis=1)[of]
    return waiting[often > 0], np.flatnonzero(slots.any(axis=0)), often[often > 0]


def _slots(asked: IntArray, room: IntArray) -> IntArray:
    """How many VMs of each class each host has room for, ``(n_classes, n_hosts)``; a class that asks nothing: many."""
    slots = np.full((len(asked), len(room)), np.iinfo(np.int32).max, dtype=np.int64)
    for wanted, left in zip(asked.T, room.T, strict=True):
        np.minimum(slots, left // np.maximum(wanted, 1)[:, None], out=slots, where=(wanted > 0)[:, None])
    slots[:, (room < 0).any(axis=1)] = 0
    return slots


def _no_more_than_fit(moment: Moment, vms: IntArray, worth: FloatArray, slots: IntArray) -> IntArray:
    """Positions of those VMs that may be among the best of their demand class for which there is room."""
    demand_class = moment.cluster.class_of(vms)
    order = np.lexsort((moment.arrival(vms), -worth, demand_class))
    sorted_class = demand_class[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_class, sorted_class)
    kept: IntArray = np.sort(order[rank < slots[order]])
    return kept
