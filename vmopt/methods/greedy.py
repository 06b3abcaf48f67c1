"""Greedy placement by priority or by demand: one pass over the VMs, first-fit or best-fit, never more than there is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods import knapsack_bound
from vmopt.methods.first_fit import first_fit
from vmopt.methods.free_capacity import Fit, FreeCapacity
from vmopt.methods.ruled import place as ruled
from vmopt.methods.ruled.bend import bend
from vmopt.methods.ruled.mend import mend
from vmopt.methods.ruled.parameters import RuledParameters
from vmopt.methods.search import Search
from vmopt.problem import Problem

Order = Literal["priority", "demand"]

ALL: tuple[tuple[Order, Fit], ...] = (
    ("priority", "first-fit"),
    ("demand", "first-fit"),
    ("priority", "best-fit"),
    ("demand", "best-fit"),
)


@dataclass(frozen=True)
class GreedyParameters:
    """What passes cost, by which the quicker way is chosen; work is counted in looks at one host."""

    work_of_host: int = 45_000
    """What a host costs in filling host by host, which looks at all VMs that wait, in blocks."""
    work_of_vm: int = 2_500
    """What a class of VMs costs in placing VM by VM, besides a look at each host."""
    work_under_rules: int = 50_000
    """What a class costs that rules tell apart: each rule is asked."""
    work_of_host_under_rules: int = 10
    """What it costs for each host, for which the answers of rules are put together."""
    work_per_second: int = 200_000_000
    """Work that is done in a second at the least: what cannot end in time is not begun."""
    time_share: float = 0.1
    """Part of the time limit for all passes: they are where everything begins, and nothing ends."""
    grace_seconds: float = 0.3
    """What a pass may take beyond it: even with a time limit of 0 there is to be a placement."""
    ruled: RuledParameters = field(default_factory=RuledParameters)
    """How VMs are placed under rules, and against soft ones."""

    def work_by_host(self, n_hosts: int) -> int:
        """Work of going host by host."""
        return n_hosts * self.work_of_host

    def work_by_vm(self, n_steps: int, n_hosts: int) -> int:
        """Work of going VM by VM, which looks at every host each time."""
        return n_steps * (self.work_of_vm + n_hosts)

    def goes_by_host(self, n_steps: int, n_hosts: int) -> bool:
        """Whether going host by host is less work."""
        return self.work_by_host(n_hosts) < self.work_by_vm(n_steps, n_hosts)


DEFAULT = GreedyParameters()


def run_by_priority(search: Search, fit: Fit = "first-fit", parameters: GreedyParameters = DEFAULT) -> None:
    """Place the VM of the highest priority first (among equals, the one that asks for most)."""
    search.complete = _run(search, "priority", fit, parameters)
    knapsack_bound.run(search)


def run_by_demand(search: Search, fit: Fit = "first-fit", parameters: GreedyParameters = DEFAULT) -> None:
    """Place the VM that asks for the largest share of the cluster first (among equals, the highest priority)."""
    search.complete = _run(search, "demand", fit, parameters)
    knapsack_bound.run(search)


def run_best(search: Search, most: int | None = None, parameters: GreedyParameters = DEFAULT) -> bool:
    """Try both orders with both fits and keep the best; fewer when they would take more than a tenth of the time.

    Tell whether time was too short for all VMs in each that was begun.

    Parameters
    ----------
    most : int, optional
        Passes that are made at most.
    parameters : GreedyParameters
    """
    in_time: list[bool] = []
    for order, fit in ALL[:most]:
        left = parameters.time_share * search.options.time_limit - search.seconds
        asked = work(search.problem, fit, parameters)
        if search.found and (search.proven or asked > parameters.work_per_second * left):
            continue
        in_time.append(_run(search, order, fit, parameters, parameters.time_share if search.problem.rules else 1.0))
    return bool(in_time) and not any(in_time)


def place(
    problem: Problem,
    order: IntArray,
    fit: Fit,
    start: IntArray,
    stop: float = np.inf,
    urgent_stop: float | None = None,
    parameters: GreedyParameters = DEFAULT,
) -> IntArray:
    """Place VMs in the given order, each on the first (or the fullest) host that has room for its reservation.

    Parameters
    ----------
    order : (n,) int array
        The VMs to place, each at most once, unplaced so far; identical ones that follow each other take one step.
    fit : {"first-fit", "best-fit"}
    start : (n_vms,) int array
        The placement to add to.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.
    urgent_stop : float, optional
        The same for VMs that must run.
    parameters : GreedyParameters

    Returns
    -------
    (n_vms,) int array
        Host of each VM, -1 where it runs nowhere.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[5], [4], [3]], [[8], [8]]))
    >>> place(cluster, np.arange(3), "first-fit", np.full(3, -1)).tolist()
    [0, 1, 0]
    """
    if problem.rules:
        return ruled.place(problem, order, fit, start, stop, urgent_stop=urgent_stop, parameters=parameters.ruled)
    host_index = start.copy()
    demand = problem.least[order]
    edges = _edges(demand)
    if fit == "first-fit" and parameters.goes_by_host(len(edges) - 1, problem.n_hosts):
        host_index[order] = first_fit(demand, problem.capacity - problem.loads(start), stop)
        return host_index
    free = FreeCapacity(problem, start, fit)
    for step, (first, last) in enumerate(pairwise(edges)):
        if step % 64 == 63 and time.perf_counter() > stop:
            break
        hosts = free.take(demand[first], last - first)
        host_index[order[first : first + len(hosts)]] = hosts
    return host_index


def complete(problem: Problem, host_index: IntArray, stop: float = np.inf) -> IntArray:
    """Add every unplaced VM that still fits somewhere, the most valuable first; soft rules count as hard.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[5], [4], [3]], [[8]]))
    >>> complete(cluster, np.array([0, -1, -1])).tolist()
    [0, -1, 0]
    """
    left = problem.capacity.astype(np.int64) - problem.loads(host_index)
    unplaced = np.flatnonzero(host_index < 0)
    unplaced = unplaced[(problem.least[unplaced] <= left.max(axis=0)).all(axis=1)]
    keys = [*problem.least[unplaced].T[::-1], -problem.value[unplaced]]
    if problem.rules:
        keys = [problem.vms.of[unplaced], *keys]
    return place(problem, unplaced[np.lexsort(keys)], "best-fit", host_index, stop)


def order_by(problem: Problem, order: Order) -> IntArray:
    """All VMs in greedy order; identical ones follow each other, and the order of the instance decides nothing else."""
    first, second = -problem.priority, -problem.share
    if order == "demand":
        first, second = second, first
    keys = list(problem.least.T[::-1]) if problem.elastic else []
    if problem.rules:
        keys = [problem.vms.of, *keys]
    return np.lexsort([*keys, *problem.demand.T[::-1], second, first])


def _run(search: Search, order: Order, fit: Fit, parameters: GreedyParameters, share: float = 1.0) -> bool:
    """Place as if soft rules were hard, then where they pay; tell whether there was time for all VMs."""
    nothing = np.full(search.problem.n_vms, -1, dtype=np.int64)
    start = search.started + parameters.grace_seconds
    end, stop = start + search.options.time_limit, start + min(share, 1.0) * search.options.time_limit
    host_index = place(search.problem, order_by(search.problem, order), fit, nothing, stop, end, parameters)
    in_time = time.perf_counter() <= stop
    for bent in (False, True) if search.problem.soft_rules else (False,):
        placed = bend(search.problem, host_index, stop, parameters.ruled) if bent else host_index
        kept = mend(search.problem, placed) if search.problem.rules else placed
        if kept is not None:
            search.offer(kept, f"greedy-{order}")
    return in_time


def work(problem: Problem, fit: Fit, parameters: GreedyParameters = DEFAULT) -> int:
    """Looks at a host that a pass takes."""
    n_steps, n_hosts = len(problem.vms), problem.n_hosts
    if problem.rules:
        return n_steps * (parameters.work_under_rules + parameters.work_of_host_under_rules * n_hosts)
    by_vm = parameters.work_by_vm(n_steps, n_hosts)
    return min(by_vm, parameters.work_by_host(n_hosts)) if fit == "first-fit" else by_vm


def _edges(demand: IntArray) -> list[int]:
    """Bounds of the runs of equal rows."""
    changes = np.flatnonzero((demand[1:] != demand[:-1]).any(axis=1)) + 1
    return [0, *changes.tolist(), len(demand)] if len(demand) else [0]
