"""Optimal: every decision solves the waiting VMs on the free capacity."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.keeper import DEPTH, Keeper
from vmopt.simulation.scheduling.remaining import remaining_rules
from vmopt.solving import solve
from vmopt.status import Limit

WINDOW = 60.0
TIME_LIMIT = 5.0
GAP = 0.01


class Optimal:
    """Solve the waiting VMs on the free capacity, once in a window of time.

    The best for the moment (``optimal:myopic``) is not the best for the day: small VMs take every piece of room before
    there is enough of it for a large one that is worth more than they are together. So the most valuable VMs that found
    no room are promised a host and a time, as in backfilling (`Keeper`); the next decisions see only the room that the
    promises leave, and VMs that end before the promised time may use the rest.

    Rules are part of what is solved, with all that runs as it is; under tiers, which solve with no rules, whoever a
    rule forbids where the solution has it goes elsewhere, or waits.

    A decision that the clock cuts short may differ from one run to the next; `time_limit` is well above what
    decisions take as a rule.

    Parameters
    ----------
    seed : int
    window : float
        Seconds of the simulation between two decisions.
    depth : int
        To how many VMs promises are made; 0 is the myopic policy.
    time_limit, gap : float
        As for `vmopt.solve`, for one decision.
    """

    def __init__(
        self,
        seed: int = 0,
        *,
        window: float = WINDOW,
        depth: int = DEPTH,
        time_limit: float = TIME_LIMIT,
        gap: float = GAP,
    ) -> None:
        self.name = "optimal" if depth else "optimal:myopic"
        self.window = window
        self._keeper = Keeper(depth)
        self._options: dict[str, Any] = {"time_limit": time_limit, "gap": gap, "seed": seed, "threads": 1, "ties": None}

    def decide(self, moment: Moment) -> None:
        """Keep promises, solve and start what the solution places, then promise and let pass."""
        keeper, cluster = self._keeper, moment.cluster
        keeper.keep(moment)
        waiting = cluster.waiting
        worth = moment.instance.value[cluster.row_of[waiting]]
        rank = moment.priority(waiting) if moment.instance.objective.weighting == "tiers" else np.zeros(len(waiting))
        order = np.lexsort((waiting, moment.arrival(waiting), -worth, -rank))
        queue, worth = waiting[order], worth[order]
        keeper.forget_all_but(moment, queue)
        room = np.minimum(cluster.room, keeper.promises.spare)
        for vm, host in self._solved(moment, queue, worth, room):
            if not cluster.allowed(vm)[host]:  # by tiers, rules are not solved: it may pass on another host
                cluster.fresh.add(vm)
                continue
            keeper.promises.drop(vm)
            moment.start(vm, host)
            keeper.started(moment, vm, host)
        left = queue[cluster.host_of[queue] < 0]
        keeper.serve_the_first(moment, left)
        keeper.let_pass(moment, left)

    def _solved(self, moment: Moment, queue: IntArray, worth: FloatArray, room: IntArray) -> list[tuple[int, int]]:
        """Return which of the queue to start, and where."""
        cluster = moment.cluster
        asked = cluster.workload.asked[cluster.row_of[queue]]
        kept, hosts = worth_solving(cluster.class_of(queue), asked, room)
        if not kept.size:
            return []
        more: dict[str, Any] = {}
        if moment.instance.elastic:
            more = {"reservation": asked[kept]}
            asked = moment.instance.demand[cluster.row_of[queue]]
        if moment.instance.objective.weighting == "tiers":
            more |= {"priority": moment.priority(queue)[kept], "objective": Objective("tiers")}
        elif cluster.workload.rules:
            more |= {"rules": remaining_rules(cluster.ruling, cluster.row_of[queue[kept]], hosts)}
        instance = Instance.from_arrays(asked[kept], room[hosts], value=worth[kept], **more)
        solution = solve(instance, **self._options)
        if solution.limit is Limit.INTERRUPTED:  # the simulation is meant, not this one of its decisions
            raise KeyboardInterrupt
        placed = solution.host_index
        starts = np.flatnonzero(placed >= 0)
        return list(zip(queue[kept[starts]].tolist(), hosts[placed[starts]].tolist(), strict=True))


def worth_solving(demand_class: IntArray, asked: IntArray, room: IntArray) -> tuple[IntArray, IntArray]:
    """Leave out of a decision what cannot matter to it.

    Parameters
    ----------
    demand_class : (n,) int array
        VMs of one class ask for the same; the most valuable come first.
    asked : (n, n_resources) int array
    room : (n_hosts, n_resources) int array
        Negative for hosts that take no VM.

    Returns
    -------
    vms, hosts : int arrays
        Positions of the VMs that fit somewhere, of each class no more than there is room for; hosts that they fit on.

    Examples
    --------
    >>> vms, hosts = worth_solving(np.array([7, 7, 7, 9]), np.array([[4], [4], [4], [20]]), np.array([[9], [3]]))
    >>> vms.tolist(), hosts.tolist()
    ([0, 1], [0])
    """
    _, first, of = np.unique(demand_class, return_index=True, return_inverse=True)
    slots = np.full((len(first), len(room)), np.iinfo(np.int32).max, dtype=np.int64)
    for wanted, left in zip(asked[first].T, room.T, strict=True):
        np.minimum(slots, left // np.maximum(wanted, 1)[:, None], out=slots, where=(wanted > 0)[:, None])
    slots[:, (room < 0).any(axis=1)] = 0
    by_class = np.argsort(of, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[by_class] = np.arange(len(of)) - np.searchsorted(of[by_class], of[by_class])
    return np.flatnonzero(rank < slots.sum(axis=1)[of]), np.flatnonzero(slots.any(axis=0))
