"""Redeal: some hosts of a placement are emptied and filled anew, while all others keep what they run.

At the prices of the bound each host loses what it has idle and what it runs at a loss; who is outside and worth more
than its price loses that. Emptied are the hosts that lose most, and as many more as run, or have idle, what those
outside can take the place of. Their VMs and those outside are dealt as if there were nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods import greedy, price_guided, quota_guided
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.packing.losses import Losses
from vmopt.methods.price_guided import DealParameters
from vmopt.methods.quota_guided import QuotaParameters
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.problem import Problem

METHOD = "redeal"


@dataclass(frozen=True)
class RedealParameters:
    """How many hosts are dealt anew, and how."""

    most_emptied: float = 0.3
    """Part of all hosts that are dealt anew at most: beyond, it is a placement made anew."""
    most_of_loss: float = 0.8
    """Part of the loss that these make up at most: what the others lose, no deal would gain."""
    fewest_hosts: int = 50
    """Hosts that are dealt anew at the least: among a few there is little to exchange."""
    most_of_few: float = 0.6
    """Part of all hosts that these are at most, where hosts are few."""
    room: float = 2.0
    """Times what those outside take that the hosts have for them: not all of it is of their shape."""
    most_of_room: float = 0.7
    """Part of what all hosts have for them that is emptied at most: the last of it is spread over very many."""
    just: float = 0.02
    """Part of its value by which a VM may cost more than it is worth and still be dealt, or less and make place."""
    relaxed: int = 5_000
    """Pairs of a VM class and a host class up to which quotas are had at once."""
    by_quotas: QuotaParameters = field(
        default_factory=lambda: QuotaParameters(n_deals=2, dealt=DealParameters(hosts_at_once=50))
    )
    """How hosts are filled by quotas, few at once: more hosts are worth more than more deals, or better ones."""
    by_prices: DealParameters = field(default_factory=lambda: DealParameters(most_deals=2, hosts_at_once=50))
    """How they are filled where there are no quotas, or they miss the gap."""


DEFAULT = RedealParameters()


def run(search: Search, times: int = 1, parameters: RedealParameters = DEFAULT) -> None:
    """Offer the best placement with some hosts dealt anew, so many `times` the fewest at least."""
    problem = search.problem
    prices = guiding_prices(search, parameters.by_prices.prices)
    losses = Losses(problem, prices)
    worth = losses.worth[problem.vms.of]
    lost, room = _of_hosts(problem, search.host_index, prices, worth, parameters.just)
    outside = problem.demand[(search.host_index < 0) & (worth > parameters.just * problem.value)].sum(axis=0)
    asked = float(outside @ prices.mean(axis=0))
    if not prices.any():  # there is room for all, if it were in one place
        room = (problem.capacity - problem.loads(search.host_index)) @ losses.weight
        asked = float(outside @ losses.weight)
    hosts = emptied_hosts(lost, room, asked, times * parameters.fewest_hosts, parameters)
    emptied = np.isin(search.host_index, hosts)
    wanted = (search.host_index < 0) & (worth > -parameters.just * problem.value)
    vms = np.flatnonzero(emptied | wanted)
    rest = float(lost.sum() - lost[hosts].sum())
    there = _dealt(search, vms, hosts, prices[problem.hosts.of[hosts]], rest, parameters)
    dealt = np.where(emptied, -1, search.host_index)
    dealt[vms] = there
    search.offer(greedy.complete(problem, dealt), METHOD)


def emptied_hosts(
    lost: FloatArray, room: FloatArray, asked: float, fewest: int, parameters: RedealParameters = DEFAULT
) -> IntArray:
    """Return the hosts that lose most and together most of all, and others with room, at least a few.

    Parameters
    ----------
    lost, room : (n_hosts,) arrays
        What each host loses, and what it has for those outside, at the prices.
    asked : float
        What those outside take, at the prices.
    fewest : int

    Examples
    --------
    >>> lost, nothing = np.r_[5.0, np.zeros(99)], np.zeros(100)
    >>> emptied_hosts(lost, nothing, 0.0, 4).tolist()
    [0, 1, 2, 3]
    >>> emptied_hosts(np.ones(1000), np.zeros(1000), 0.0, 40).size
    300
    >>> emptied_hosts(lost, np.r_[np.zeros(90), np.ones(10)], 2.0, 1).tolist()
    [0, 90, 91, 92, 93]
    """
    order = np.argsort(-lost, kind="stable")
    losing = _count(lost[order], parameters.most_of_loss * lost.sum()) if lost.any() else 0
    others = order[losing:]
    order = np.concatenate([order[:losing], others[np.argsort(-room[others], kind="stable")]])
    needed = min(parameters.room * asked, parameters.most_of_room * float(room.sum()))
    roomy = _count(room[order], needed) if needed > 0 else 0
    most = min(max(losing, roomy), int(parameters.most_emptied * len(lost)))
    most = max(most, min(fewest, int(np.ceil(parameters.most_of_few * len(lost)))))
    return np.sort(order[:most])


def _count(amounts: FloatArray, needed: float) -> int:
    """How many of the first amounts come to what is needed."""
    return int(np.searchsorted(np.cumsum(amounts), needed)) + 1


def _of_hosts(
    problem: Problem, host_index: IntArray, prices: FloatArray, worth: FloatArray, just: float
) -> tuple[FloatArray, FloatArray]:
    """What each host loses, and what it has idle or runs that is worth no more than just its price."""
    placed = np.flatnonzero(host_index >= 0)
    host, paid_on = host_index[placed], prices[problem.hosts.of]
    idle = ((problem.capacity - problem.loads(host_index)) * paid_on).sum(axis=1)
    paid, value = (problem.demand[placed] * paid_on[host]).sum(axis=1), problem.value[placed]
    regret = np.maximum(np.maximum(worth[placed], 0.0) - (value - paid), 0.0)
    giving = np.where(worth[placed] <= just * value, paid, 0.0)
    return idle + np.bincount(host, regret, problem.n_hosts), idle + np.bincount(host, giving, problem.n_hosts)


def _dealt(
    search: Search, vms: IntArray, hosts: IntArray, prices: FloatArray, rest: float, parameters: RedealParameters
) -> IntArray:
    """Hosts of some VMs when some hosts run nothing else; good enough where all with what the `rest` loses is."""
    problem = search.problem
    part = Instance.from_arrays(problem.demand[vms], problem.capacity[hosts], value=problem.value[vms])
    of_classes = np.zeros(part.host_classes.capacity.shape)
    of_classes[part.host_classes.of] = prices
    inner = Search(part, replace(search.options, time_limit=search.remaining, progress=None))
    inner.tighten_by_prices(of_classes, METHOD)
    allowed = max(search.options.gap * abs(search.bound) - rest, 0.0)
    inner.options = replace(inner.options, gap=allowed / inner.bound if inner.bound > 0 else 0.0)
    if len(part.vm_classes) * len(part.host_classes) <= parameters.relaxed:
        quota_guided.run(inner, parameters.by_quotas)
    if not inner.finished:
        price_guided.run(inner, parameters.by_prices)
    return np.where(inner.host_index >= 0, hosts[inner.host_index], -1)
