"""The trade: objective given up for latency, at a price."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from vmopt import metrics
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.errors import SolverError
from vmopt.formulation.closeness import closeness, closeness_size
from vmopt.methods.attempt import repair
from vmopt.methods.locality import annealing
from vmopt.methods.locality.localise import localise
from vmopt.methods.locality.sites import Sites, sites_of
from vmopt.methods.locality.talk import talk_of_all
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray
from vmopt.network.network import Network
from vmopt.network.traffic import Traffic
from vmopt.options import Options
from vmopt.problem import compile
from vmopt.solution import LatencyTrade, Limit, Solution, Status
from vmopt.verify import verify

BACKEND = "highs"
MOST_COLUMNS = 20_000
"""Columns of the linearised program up to which it is tried."""
COPIES_UP_TO, CYCLES = 1024, 4
ROUNDING = 1e-9


def trade(
    solution: Solution, network: Network, traffic: Traffic, weight: float, options: Options, deadline: float
) -> Solution:
    """Look for the largest ``objective - weight * latency``, from a placement that is good in the objective alone.

    The latency is ``sum over pairs of rate * latency / sum of all rates``; pairs with an unplaced end add nothing to
    the first sum: an unplaced VM delays nobody. With a weight of 0 nothing of the objective is given up: the
    solution is localised.

    Parameters
    ----------
    weight : float
        What the objective may lose for a second of latency less.
    deadline : float
        Value of ``time.perf_counter()`` at which to stop.
    """
    left = max(0.0, deadline - time.perf_counter())
    closer = localise(solution, network, traffic, time_limit=left if weight == 0 else left / 3, seed=options.seed)
    if weight == 0 or not traffic.n_pairs or closer.limit is Limit.INTERRUPTED:
        return closer
    market = _Market(solution.instance, traffic, sites_of(solution.instance, network), weight)
    found = [closer.host_index, solution.host_index]
    bound = solution.bound
    if closeness_size(solution.instance, len(market.one)) <= MOST_COLUMNS:
        placement, bound = _exact(market, options, deadline, bound)
        found += placement
    else:
        found.append(_annealed(market, closer.host_index, options.seed, deadline))
    best = max(found, key=market.value)
    return _traded(solution, best, market, bound, deadline)


class _Market:
    """What a placement is worth when latency has a price."""

    def __init__(self, instance: Instance, traffic: Traffic, sites: Sites, weight: float) -> None:
        self.instance, self.sites, self.weight = instance, sites, weight
        low, high = np.minimum(traffic.source, traffic.target), np.maximum(traffic.source, traffic.target)
        key, of = np.unique(low * instance.n_vms + high, return_inverse=True)
        self.one, self.other = np.divmod(key, instance.n_vms)
        self.part = np.bincount(of, traffic.rate / traffic.total, len(key)).astype(np.float64)
        self.traffic = traffic

    def latency(self, host_index: IntArray) -> float:
        """Seconds, over all traffic; pairs with an unplaced end count 0."""
        one, other = host_index[self.one], host_index[self.other]
        both = (one >= 0) & (other >= 0)
        return float(self.part[both] @ self.sites.latency(one[both], other[both]))

    def value(self, host_index: IntArray) -> float:
        """Objective minus weighted latency."""
        return metrics.objective_of(self.instance, host_index) - self.weight * self.latency(host_index)

    @property
    def table(self) -> FloatArray:
        """Seconds between hosts, ``(n_hosts, n_hosts)``."""
        hosts = np.arange(self.instance.n_hosts)
        one, other = np.repeat(hosts, len(hosts)), np.tile(hosts, len(hosts))
        return self.sites.latency(one, other).reshape(len(hosts), len(hosts))


def _exact(market: _Market, options: Options, deadline: float, bound: float) -> tuple[list[IntArray], float]:
    """Solve the linearised program: the placement it found, if any, and the lower of the two bounds."""
    model = closeness(market.instance, market.one, market.other, market.weight * market.part, market.table)
    limits = LPOptions(
        time_limit=max(0.0, deadline - time.perf_counter()),
        gap=options.gap,
        seed=options.seed,
        threads=options.threads,
    )
    result = registry.get(BACKEND).solve(model.program, limits)
    if result.limit is Limit.INTERRUPTED:
        raise KeyboardInterrupt
    placement = [] if result.x is None else [repair(compile(market.instance), model.host_index(result.x))]
    return placement, min(bound, result.bound)


def _annealed(market: _Market, host_index: IntArray, seed: int, deadline: float) -> IntArray:
    """Exchanges as in `localise`, with one more place to be: nowhere, at the price of the value."""
    talk = talk_of_all(market.instance, market.traffic, market.weight)
    seating = talk.seating(market.sites.with_nowhere(), host_index)
    n_copies = COPIES_UP_TO // len(seating)
    rng = np.random.default_rng(seed)
    if n_copies > 1:
        at, _ = annealing.anneal(seating.copies(n_copies), rng=rng, deadline=deadline, cycles=CYCLES)
    else:
        at, _ = annealing.anneal(seating, rng=rng, deadline=deadline, cycles=None)
    return talk.host_index(at)


def _traded(solution: Solution, host_index: IntArray, market: _Market, bound: float, deadline: float) -> Solution:
    violations = verify(solution.instance, host_index)
    if violations:
        raise SolverError(f"the trade overloaded a host ({violations[0]}): please report this.")
    objective, latency = metrics.objective_of(solution.instance, host_index), market.latency(host_index)
    value = objective - market.weight * latency
    proven = solution.bound - objective <= (solution.requested_gap + ROUNDING) * solution.bound
    late = time.perf_counter() >= deadline
    return replace(
        solution,
        host_index=frozen(host_index),
        objective=objective,
        bound=max(solution.bound, objective),
        status=Status.OPTIMAL if proven else Status.FEASIBLE,
        limit=None if proven else (Limit.TIME if late else solution.limit),
        method=f"{solution.method}+trade",
        trade=LatencyTrade(market.weight, latency, value, max(bound, value)),
    )
