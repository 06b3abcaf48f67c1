"""Price-guided construction: the prices choose the VMs, then hosts are filled side by side, all kept in proportion.

1. VMs of positive reduced value are chosen, which at the best prices ask for almost exactly the cluster's capacity, and
   of those about worth their price as many as the capacity left has room for.
2. They are dealt in rounds, the largest first. Each round gives every host at most one VM, by the assignment (Kuhn
   1955) that keeps what is left on every host in the proportions of what is still to come: no host is left with memory
   and no cpu, which is what spoils greedy placements.
3. Where dealing is cheap it is repeated with other weights, and the best deal stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.dual_prices import DualPriceParameters, guiding_prices
from vmopt.methods.packing.losses import Losses
from vmopt.methods.search import Search
from vmopt.problem import Problem

METHOD = "price-guided"
NEVER, WORST = -1e15, -1e12
"""Score of a host where a VM does not fit, below all others together, and the least of those where it fits."""
NOTHING = 1e-300
"""What is divided by in place of 0."""


@dataclass(frozen=True)
class DealParameters:
    """How VMs are dealt to hosts, and how often; work is VMs times hosts of a group."""

    hosts_at_once: int = 200
    """Hosts that are filled side by side: the work of an assignment grows with the cube of it."""
    quickly: tuple[int, ...] = (50, 25)
    """The same in a first deal where one takes long: the largest group that is sure to end in time."""
    carefully: tuple[int, ...] = (200, 100)
    """The same in the deal after it, if time allows."""
    levelling: float = 0.1
    """Weight of filling hosts evenly against in proportion: proportions decide, evenness settles ties."""
    drawn_levelling: tuple[float, float] = (0.1, 3.0)
    """Factors of it from which further deals draw, so that they differ."""
    drawn_emphasis: tuple[float, float] = (0.5, 1.5)
    """Factors of the scarcity of each resource from which they draw."""
    most_deals: int = 16
    """Deals at most, of which the best stays: the time of more is better spent on swaps around it."""
    worth_repeating: int = 4_000_000
    """Work up to which deals are repeated: as many as come to this in all, which is about a second."""
    work_per_second: int = 3_000_000
    """Work that is done in a second at the least, by which is told what can end in time."""
    surely: float = 0.6
    """Part of the time left that a deal may need, to be sure to end though machines differ."""
    roughly: float = 0.1
    """Least part of what is left that counts as still to come: towards the end proportions matter no more."""
    just: float = 1e-3
    """Part of its value by which a VM must be worth more than its price to be so clearly: prices are not exact."""
    prices: DualPriceParameters = field(default_factory=DualPriceParameters)
    """How prices to search by are made where the search has none."""


DEFAULT = DealParameters()


def run(search: Search, parameters: DealParameters = DEFAULT) -> None:
    """Offer the best of some placements that the prices guide to; what cannot be dealt in time is not begun."""
    losses = Losses(search.problem, guiding_prices(search, parameters.prices))
    rng = np.random.default_rng(search.options.seed)
    levelling, emphasis = parameters.levelling, np.ones(search.problem.n_resources)
    for number, size in enumerate(_group_sizes(search, parameters)):
        if number and (search.finished or not _fits_in(search, parameters, 1.0, size)):
            break
        search.offer(deal(search, losses, levelling, emphasis, rng, size, parameters), METHOD)
        if size == parameters.hosts_at_once:
            levelling = parameters.levelling * rng.uniform(*parameters.drawn_levelling)
            emphasis = rng.uniform(*parameters.drawn_emphasis, len(emphasis))


def _group_sizes(search: Search, parameters: DealParameters) -> list[int]:
    """Hosts of a group, deal by deal: a quick deal first where one takes long, several where they take little time."""
    n_deals = parameters.worth_repeating // _work(search.problem, parameters.hosts_at_once)
    if n_deals:
        return [parameters.hosts_at_once] * min(parameters.most_deals, n_deals)
    sure = (size for size in parameters.quickly if _fits_in(search, parameters, parameters.surely, size))
    quick = next(sure, parameters.quickly[-1])
    careful = [size for size in parameters.carefully if _fits_in(search, parameters, 1.0, quick, size)]
    return [quick, *careful[:1]]


def _fits_in(search: Search, parameters: DealParameters, share: float, *sizes: int) -> bool:
    """Whether deals in groups of these sizes end in a share of the time left."""
    return sum(_work(search.problem, size) for size in sizes) < share * parameters.work_per_second * search.remaining


def _work(problem: Problem, size: int) -> int:
    return max(1, problem.n_vms * min(problem.n_hosts, size))


def deal(
    search: Search,
    losses: Losses,
    levelling: float,
    emphasis: FloatArray,
    rng: np.random.Generator,
    size: int = DEFAULT.hosts_at_once,
    parameters: DealParameters = DEFAULT,
) -> IntArray:
    """Deal the chosen VMs to the hosts; hosts and VMs go in groups of about `size` hosts, each a fair sample.

    Parameters
    ----------
    levelling : float
        Weight of filling hosts evenly against filling them in proportion.
    emphasis : (n_resources,) array
        Factors of the scarcity of the resources.

    Returns
    -------
    (n_vms,) int64 array
        Host of each VM, -1 where it runs nowhere.
    """
    problem = search.problem
    host_index = np.full(problem.n_vms, -1, dtype=np.int64)
    scarcity = losses.scarcity * emphasis / (losses.scarcity @ emphasis)
    order = chosen(problem, losses, scarcity, parameters.just)
    hosts = rng.permutation(problem.n_hosts)
    hosts = hosts[np.argsort(losses.host_class[hosts], kind="stable")]
    n_groups = max(1, round(len(hosts) / size))
    for group in range(n_groups):
        if search.finished and group:
            break
        table = DealtHosts(problem, losses, hosts[group::n_groups], scarcity, levelling, parameters.roughly)
        for vms, where in table.rounds(order[group::n_groups]):
            host_index[vms] = where
            if search.finished:
                break
    return host_index


def chosen(problem: Problem, losses: Losses, scarcity: FloatArray, just: float) -> IntArray:
    """VMs clearly worth their price, and of the others those nearest to that which the capacity left has room for.

    The largest come first; a VM's size is the scarcity-weighted sum of what it asks for. Where many VMs are worth just
    their price, all of a priority for instance, the prices alone would choose far too many, or leave much empty.
    """
    worth = losses.worth[problem.vms.of]
    size = problem.demand @ (scarcity / np.maximum(problem.total, 1))
    clearly = worth > just * problem.value
    chosen = np.flatnonzero(clearly)
    others = np.flatnonzero(~clearly & (worth > -np.inf) & (problem.value > 0))
    others = others[np.argsort(-worth[others] / np.maximum(size[others], NOTHING), kind="stable")]
    left = problem.total - problem.demand[chosen].sum(axis=0)
    room = (np.cumsum(problem.demand[others], axis=0) <= left).all(axis=1)
    order = np.concatenate([chosen, others[room]])
    return np.asarray(order[np.argsort(-size[order], kind="stable")])


class DealtHosts:
    """Some hosts and what is left on them while VMs are dealt."""

    def __init__(
        self,
        problem: Problem,
        losses: Losses,
        hosts: IntArray,
        scarcity: FloatArray,
        levelling: float,
        roughly: float,
    ) -> None:
        self.demand, self.value, self.vms = problem.demand, problem.value, problem.vms
        self.hosts = hosts
        self.free = problem.capacity[hosts].copy()
        self.scarcity = scarcity
        self.levelling, self.roughly = levelling, roughly
        self.prices = losses.prices[losses.host_class[hosts]]
        self.uniform = bool((losses.prices == losses.prices[0]).all())
        self.held = None if self.vms.most is None else np.zeros((len(self.vms), len(hosts)), dtype=np.int64)

    def rounds(self, order: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
        """Deal until nothing fits; yields VMs and their hosts, round by round."""
        from scipy.optimize import linear_sum_assignment  # slow to load, and not all that is loaded with this needs it

        coming = self.demand[order].sum(axis=0)
        waiting, rest = order[:0], order
        while len(waiting) or len(rest):
            new = len(self.hosts) - len(waiting)
            batch, rest = np.concatenate([waiting, rest[:new]]), rest[new:]
            fits = self._fits(batch)
            score = np.where(fits, np.maximum(self._score(batch, coming), WORST), NEVER)
            row, column = linear_sum_assignment(score, maximize=True)
            dealt = fits[row, column]
            row, column = self._taken(batch, row[dealt], column[dealt])
            self.free[column] -= self.demand[batch[row]]
            if self.held is not None:
                self.held[self.vms.of[batch[row]], column] += 1
            yield batch[row], self.hosts[column]
            stays = np.asarray(fits.any(axis=1))
            stays[row] = False
            waiting = batch[stays]
            coming -= self.demand[batch[~stays]].sum(axis=0)

    def _taken(self, batch: IntArray, row: IntArray, column: IntArray) -> tuple[IntArray, IntArray]:
        """Which of the VMs of a batch go where they were dealt: here all of them."""
        return row, column

    def _fits(self, batch: IntArray) -> BoolArray:
        fits: BoolArray = np.full((len(batch), len(self.hosts)), True, dtype=np.bool_)
        for k in range(self.free.shape[1]):
            np.logical_and(fits, self.demand[batch, k, None] <= self.free[:, k], out=fits)
        if self.held is not None and self.vms.most is not None:
            kind = self.vms.of[batch]
            fits &= self.held[kind] < self.vms.most[kind, None]
        return fits

    def _score(self, batch: IntArray, demand: IntArray) -> FloatArray:
        """How well each host would keep its proportions with each VM; 1 in every resource is what is still to come.

        Parameters
        ----------
        demand : (n_resources,) array
            What all VMs that are still to come ask for.
        """
        coming = np.maximum(demand / len(self.hosts), np.maximum(self.roughly * self.free.mean(axis=0), 1e-9))
        mean = np.zeros((len(batch), len(self.hosts)))
        square = np.zeros_like(mean)
        for k, weight in enumerate(self.scarcity):
            after = (self.free[:, k] - self.demand[batch, k, None]) / coming[k]
            mean += weight * after
            square += weight * after**2
        score: FloatArray = -(square - mean**2) - self.levelling * (mean - 1) ** 2
        if not self.uniform:
            cost = self.demand[batch] @ self.prices.T
            score -= (cost - cost.min(axis=1, keepdims=True)) / max(float(self.value[batch].mean()), 1e-300)
        return score
