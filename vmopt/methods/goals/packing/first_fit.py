"""Greedy packing: first-fit and best-fit decreasing by several sizes, and host by host by several scores.

Sizes as in Panigrahy, Talwar, Uyeda and Wieder (2011), "Heuristics for vector bin packing".
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods.first_fit import first_fit
from vmopt.methods.goals.packing.host_by_host import SCORES, host_by_host, noisy
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.parameters import DEFAULT, FirstFitParameters
from vmopt.methods.goals.packing.relaxed import METHOD, RelaxedPacking
from vmopt.methods.goals.stage import Stage

STEPS_A_LOOK = 64
"""VMs between two looks at the clock."""


def run(
    stage: Stage, ground: PackingProblem, relaxed: RelaxedPacking, parameters: FirstFitParameters = DEFAULT.first_fit
) -> list[IntArray]:
    """Offer what each of them finds, until the stage is finished; return the best placements."""
    vms = np.flatnonzero(stage.host_index >= 0)
    demand, hosts = stage.problem.least[vms], opening_order(stage, ground, relaxed)
    share = parameters.share if ground.alike else parameters.share_with_costs
    capacity, stop = stage.problem.capacity[hosts], time.perf_counter() + share * stage.remaining
    kept: list[tuple[int, IntArray]] = []
    sizes, seed = _sizes(demand, capacity, relaxed, ground), stage.options.seed
    for found in _packings(demand, capacity, sizes, stop, seed, parameters):
        if (found >= 0).all():
            placement = np.full(stage.problem.n_vms, -1, dtype=np.int64)
            placement[vms] = hosts[found]
            stage.offer(placement, METHOD)
            kept.append((len(np.unique(found)), placement))
            kept = sorted(kept, key=lambda pair: pair[0])[: parameters.kept]
        if stage.finished or time.perf_counter() > stop:
            break
    return [placement for _, placement in kept]


def opening_order(stage: Stage, ground: PackingProblem, relaxed: RelaxedPacking) -> IntArray:
    """Hosts in the order in which they are opened: those that the relaxation uses, then the cheapest."""
    worth = (relaxed.prices.max(axis=0) * ground.capacity).sum(axis=1)
    rate = ground.cost / np.maximum(worth, 1e-12)
    of = stage.problem.hosts.of
    rank = _rank_in_class(of)
    beyond = rank >= np.ceil(relaxed.in_use - 1e-9)[of]
    return np.lexsort((rank, -worth[of] * ~beyond, rate[of] * beyond, beyond))


def first_fit_decreasing(demand: IntArray, capacity: IntArray, size: FloatArray, stop: float = np.inf) -> IntArray:
    """The largest VM first, each on the first host that has room for it.

    Parameters
    ----------
    demand : (n, n_resources) int64 array
    capacity : (n_hosts, n_resources) int64 array
    size : (n,) float64 array
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest unplaced.

    Returns
    -------
    (n,) int64 array
        Row of `capacity` for each VM, -1 where no host has room.

    Examples
    --------
    >>> demand = np.array([[2], [6], [4], [5]])
    >>> first_fit_decreasing(demand, np.array([[9]] * 3), demand[:, 0] * 1.0).tolist()
    [0, 0, 1, 1]
    """
    order = np.lexsort((*demand.T[::-1], -size))
    where = np.empty(len(order), dtype=np.int64)
    where[order] = first_fit(demand[order], capacity.copy(), stop)
    return where


def best_fit_decreasing(
    demand: IntArray, capacity: IntArray, size: FloatArray, weight: FloatArray, stop: float = np.inf
) -> IntArray:
    """The largest VM first, each on the open host with the least left by weight; if none has room, the next opens.

    Examples
    --------
    >>> demand = np.array([[6], [5], [3], [4]])
    >>> best_fit_decreasing(demand, np.array([[9]] * 3), demand[:, 0] * 1.0, np.ones(1)).tolist()
    [0, 1, 0, 1]
    """
    free, n_open = capacity.astype(np.int64).copy(), 0
    slack = (free * weight).sum(axis=1)
    where = np.full(len(demand), -1, dtype=np.int64)
    for step, vm in enumerate(np.lexsort((*demand.T[::-1], -size)).tolist()):
        if step % STEPS_A_LOOK == STEPS_A_LOOK - 1 and time.perf_counter() > stop:
            break
        asked = demand[vm]
        fits = np.flatnonzero((free[:n_open] >= asked).all(axis=1))
        if fits.size:
            host = int(fits[slack[fits].argmin()])
        else:
            later = np.flatnonzero((free[n_open:] >= asked).all(axis=1))
            if not later.size:
                continue
            host = n_open + int(later[0])
            n_open = host + 1
        where[vm] = host
        free[host] -= asked
        slack[host] -= asked @ weight
    return where


def _packings(
    demand: IntArray,
    capacity: IntArray,
    weights: list[FloatArray],
    stop: float,
    seed: int,
    parameters: FirstFitParameters,
) -> Iterator[IntArray]:
    """Packings by each heuristic and size, and by sizes at random; where there is much, only the quick ones."""
    quick = len(demand) * len(capacity) <= parameters.most_looks
    for weight in weights:
        size = demand @ weight
        yield first_fit_decreasing(demand, capacity, size, stop)
        if quick:
            yield best_fit_decreasing(demand, capacity, size, weight, stop)
    largest = (demand * weights[0]).max(axis=1)
    yield first_fit_decreasing(demand, capacity, largest, stop)
    if len(demand) ** 2 > parameters.most_looks:
        return
    relative = [weight * np.maximum(capacity.max(axis=0), 1) for weight in weights]
    for score in SCORES:
        for of in (None, *relative):
            yield host_by_host(demand, capacity, score, of, stop)
    rng = np.random.default_rng(seed)
    for draw in range(parameters.draws):
        of = np.sqrt(rng.exponential(size=demand.shape[1])) * relative[min(1, len(relative) - 1)]
        score = noisy(SCORES[draw % len(SCORES)], parameters.noise, rng)
        yield host_by_host(demand, capacity, score, of, stop)


def _sizes(demand: IntArray, capacity: IntArray, relaxed: RelaxedPacking, ground: PackingProblem) -> list[FloatArray]:
    """Weights of resources: alike, by how scarce they are, and by their prices."""
    plain = 1.0 / np.maximum(capacity.max(axis=0, initial=1), 1)
    scarce = plain * demand.sum(axis=0) / np.maximum(capacity.sum(axis=0), 1)
    dear = (relaxed.prices * ground.hosts[:, None]).sum(axis=0)
    return [weight for weight in (plain, scarce, dear) if weight.any()]


def _rank_in_class(of: IntArray) -> IntArray:
    """Rank of each host among those of its class."""
    order = np.argsort(of, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.searchsorted(of[order], of[order])
    return rank
