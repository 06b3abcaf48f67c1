"""Localise: the same objective and the same VMs placed, with less latency between those that movable."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import OptionError, SolverError
from vmopt.methods.locality import annealing
from vmopt.methods.locality.movable import traffic_of_placed
from vmopt.methods.locality.parameters import DEFAULT, LocalityParameters
from vmopt.methods.locality.partition import partition
from vmopt.methods.locality.seating import Seating
from vmopt.methods.locality.whole_hosts import exchange_hosts
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.network.network import Network, require_network
from vmopt.network.sites import sites_of
from vmopt.network.traffic import Traffic, require_traffic
from vmopt.solution import Solution
from vmopt.status import Limit, Status
from vmopt.verify import verify

SUFFIX = "+localise"

Progress = Callable[[float, float], object]


def localise(
    solution: Solution,
    network: Network,
    traffic: Traffic,
    *,
    time_limit: float = 20.0,
    seed: int = 0,
    progress: Progress | None = None,
) -> Solution:
    """Lower the mean latency between VMs, at no loss: the same VMs run, on hosts that are filled as exactly.

    The objective counts which VMs run, not where; so whoever fits may change places. First the traffic is partitioned:
    clusters of talkative VMs are dealt the seats that VMs of equal demand leave, one host and one rack at a time. Then
    all that one host runs changes places with all that another runs. Then VMs do, singly, in simulated annealing: equal
    demands for equal demands, others where capacity allows, and into free capacity. An exchange is judged by the links
    of the two VMs alone, and many that do not touch each other are made at a time. Rules are kept all the way: VMs go
    where fences, counted limits and those who want to be alone let them; to any other rule they stay as they are, which
    leaves them their own domain, and the places of VMs that are alike to it.

    Parameters
    ----------
    solution : Solution
    network : Network
        Its hosts include those of the instance, by name.
    traffic : Traffic
        Between the VMs of the instance. Pairs with an unplaced end do not count.
    time_limit : float
        Seconds of wall clock. Small placements (up to 500 VMs) end by themselves before.
    seed : int
        With the same seed the result is the same, as long as the time limit does not end the search.
    progress : callable, optional
        Called as ``progress(seconds, mean_latency)`` at every improvement.

    Returns
    -------
    Solution
        With the same objective and bound, to the last bit, and the same VMs placed; its mean latency is never higher.
        On Ctrl-C the best so far, with `Limit.INTERRUPTED`.
        Where the clock ended it and the objective is not proven, `limit` says so.

    Raises
    ------
    NetworkError
        If network or traffic are not those of the instance.
    OptionError
        If an option makes no sense.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.network import Traffic, leaf_spine
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 4, [[2], [2]], vm_names=["a", "b", "c", "d"])
    >>> apart = vmopt.solve(cluster, warm_start=[0, 1, 0, 1], method="greedy-priority")
    >>> chatty = Traffic.from_edges(cluster, [("a", "b", 1e9), ("c", "d", 1e9)])
    >>> closer = localise(apart, leaf_spine(cluster, hosts_per_rack=1), chatty)
    >>> closer.placement["a"] == closer.placement["b"], closer.objective == apart.objective
    (True, True)
    """
    started = time.perf_counter()
    instance = checked_solution(solution).instance
    _refuse_levels(instance)
    deadline = started + checked_seconds(time_limit)
    seed = checks.integer(seed, "seed")
    sites = sites_of(instance, require_network(network))
    require_traffic(traffic).require_of(instance)
    movable = traffic_of_placed(instance, solution.host_index, traffic)
    seating = movable.seating(sites, solution.host_index)
    before = cost = float(seating.cost()[0])
    at = seating.at.copy()

    def tell(better: IntArray, its_cost: float) -> None:
        nonlocal at, cost
        if its_cost < cost:
            at, cost = better.copy(), its_cost
            if progress is not None:
                progress(time.perf_counter() - started, cost)

    try:
        at, cost = search(seating, seed=checked_seed(seed), deadline=deadline, told=tell)
    except KeyboardInterrupt:
        solution = replace(solution, limit=Limit.INTERRUPTED)
    if time.perf_counter() >= deadline and solution.status is not Status.OPTIMAL:
        solution = replace(solution, limit=solution.limit or Limit.TIME)
    if not cost < before:
        return solution
    return _moved(solution, movable.host_index(at), time.perf_counter() - started)


def _refuse_levels(instance: Instance) -> None:
    """Refuse levels, of which moves might lose something."""
    if instance.objective.goal_levels:
        raise OptionError(
            "the objective has levels of goals, and moves of VMs may lose some of them: "
            "let Latency(network, traffic) be the last of its levels, and solve."
        )


def search(
    seating: Seating,
    *,
    seed: int,
    deadline: float,
    told: annealing.Told | None = None,
    parameters: LocalityParameters = DEFAULT,
) -> tuple[IntArray, float]:
    """Best seating found and its cost, never above that of the seating given: small ones in copies, others in turn."""
    rng = np.random.default_rng(seed)
    n_copies = parameters.small // max(1, len(seating))
    anneal = partial(annealing.anneal, rng=rng, deadline=deadline, told=told, parameters=parameters)
    if n_copies > 1:
        return anneal(seating.copies(n_copies), cycles=parameters.cycles_of_small)
    now = time.perf_counter()
    start_by = now + parameters.start * (deadline - now)
    _improve(seating, partition(seating, deadline=start_by, parameters=parameters), told)
    _improve(seating, exchange_hosts(seating, rng=rng, deadline=start_by, parameters=parameters), told)
    return anneal(seating, cycles=None)


def _improve(seating: Seating, at: IntArray | None, told: annealing.Told | None) -> None:
    """Take another seating if it costs less."""
    if at is None:
        return
    kept, cost = seating.at, float(seating.cost()[0])
    seating.seat(at)
    found = float(seating.cost()[0])
    if not seating.fits or found >= cost:
        seating.seat(kept)
    elif told is not None:
        told(at, found)


def _moved(solution: Solution, host_index: IntArray, seconds: float) -> Solution:
    """The same solution with VMs elsewhere, verified like every placement that leaves vmopt."""
    violations = verify(solution.instance, host_index)
    if violations or not np.array_equal(host_index < 0, solution.host_index < 0):
        raise SolverError(f"localise lost a VM, or what it made does not fit ({violations[:1]}): please report this.")
    method = solution.method.removesuffix(SUFFIX) + SUFFIX
    total = solution.solve_seconds + seconds
    return replace(solution, host_index=frozen(host_index), method=method, solve_seconds=total)


def checked_solution(solution: Any) -> Solution:
    """Return `solution`, or say clearly that it is something else."""
    if not isinstance(solution, Solution):
        raise OptionError(f"expected a Solution, got {type(solution).__name__}: give what vmopt.solve returned.")
    return solution


def checked_seconds(time_limit: Any) -> float:
    """Return a finite number of seconds, at least 0."""
    if isinstance(time_limit, bool) or not isinstance(time_limit, int | float) or not 0 <= time_limit < np.inf:
        raise OptionError(f"time_limit is {time_limit!r}: give a finite number of seconds, at least 0.")
    return float(time_limit)


def checked_seed(seed: Any) -> int:
    """Return an integer from 0 to 2^31 - 1."""
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= seed < 2**31:
        raise OptionError(f"seed is {seed!r}: give an integer from 0 to 2^31 - 1.")
    return int(seed)
