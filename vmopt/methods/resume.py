"""Resume: where the placement of before is nearly as good as its bound, only what is lost there is looked for.

After a small change most of what was known holds: prices prove nearly what they proved, and all hosts but a few are
as well filled as before. So what is lost is looked for around the hosts that lose most against the bound of the prices;
where that ends, they are emptied and dealt anew, with what is unplaced, in a fraction of the time that all would take.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.methods import greedy, neighbourhood, price_guided
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.parameters import NeighbourhoodParameters
from vmopt.methods.price_guided import DealParameters
from vmopt.methods.relaxation import relax_within
from vmopt.methods.search import Search
from vmopt.model.instance import Instance

METHOD = "resume"


@dataclass(frozen=True)
class ResumeParameters:
    """When the placement of before is gone on from, and how much of it is dealt anew."""

    near: float = 0.05
    """Gap up to which it is worth more than a placement made anew."""
    share: float = 0.2
    """Part of the time left that this may take: where it is in vain, most is left for all that comes after it."""
    relaxed: int = 5_000
    """Pairs of a VM class and a host class up to which new prices are had at once."""
    rounds: int = 4
    """Rounds of improving and dealing anew at most; one without gain ends them sooner."""
    patience: float = 0.05
    """Work without gain after which improving ends: a tenth of what a burst of swaps has."""
    most_emptied: float = 0.3
    """Part of all hosts that are dealt anew at most: beyond, it is a placement made anew."""
    most_of_loss: float = 0.8
    """Part of the loss that these make up at most: what the others lose, no deal would gain."""
    fewest_hosts: int = 40
    """Hosts that are dealt anew at the least: among a few there is little to exchange."""
    just: float = 0.02
    """Part of its value by which a VM outside may cost more than it is worth and still be dealt."""
    dealt: DealParameters = field(default_factory=DealParameters)
    """How."""
    improved: NeighbourhoodParameters = field(default_factory=NeighbourhoodParameters)
    """How the placement is improved before, but for its patience."""


DEFAULT = ResumeParameters()


def run(search: Search, parameters: ResumeParameters = DEFAULT) -> None:
    """Fill up, improve, and deal anew in part the placement that the caller gave, unless it is far from the bound.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3], [3]], [[7]], value=[4, 3, 2])
    >>> solution = vmopt.solve(cluster, warm_start={"vm-0": "host-0", "vm-1": "host-0"}, gap=0)
    >>> solution.host_index.tolist()
    [0, 0, -1]
    """
    if not (search.suggested and search.found) or search.finished:
        return
    problem = search.problem
    if len(problem.vms) * len(problem.hosts) <= parameters.relaxed:
        relaxed = relax_within(search, parameters.share)
        if relaxed is not None:
            search.tighten_by_prices(relaxed.prices, METHOD)
    if search.bound - search.objective > parameters.near * abs(search.bound):
        return
    with search.within(parameters.share):
        search.offer(greedy.complete(problem, search.host_index), METHOD)
        for _ in range(parameters.rounds):
            before = search.objective
            if not search.finished:
                neighbourhood.improve(search, patience=parameters.patience, parameters=parameters.improved)
            if not (search.finished or problem.rules or problem.elastic):
                deal_again(search, parameters)
            if search.finished or search.objective <= before:
                break


def deal_again(search: Search, parameters: ResumeParameters = DEFAULT) -> None:
    """Empty the hosts that lose most, and deal their VMs and those that are unplaced anew."""
    problem = search.problem
    prices = guiding_prices(search, parameters.dealt.prices)
    losses = Losses(problem, prices)
    lost = losses.of_hosts(Occupancy(problem, search.host_index), np.arange(problem.n_hosts))
    hosts = lossy_hosts(lost, parameters)
    emptied = np.isin(search.host_index, hosts)
    wanted = losses.worth[problem.vms.of] > -parameters.just * problem.value
    vms = np.flatnonzero(emptied | ((search.host_index < 0) & wanted))
    part = Instance.from_arrays(problem.demand[vms], problem.capacity[hosts], value=problem.value[vms])
    inner = Search(part, replace(search.options, time_limit=search.remaining, progress=None))
    inner.tighten_by_prices(_prices_of(part, prices, problem.hosts.of[hosts]), METHOD)
    price_guided.run(inner, parameters.dealt)
    dealt = np.where(emptied, -1, search.host_index)
    there = np.flatnonzero(inner.host_index >= 0)
    dealt[vms[there]] = hosts[inner.host_index[there]]
    search.offer(greedy.complete(problem, dealt), METHOD)


def lossy_hosts(loss: FloatArray, parameters: ResumeParameters = DEFAULT) -> IntArray:
    """Return the hosts that lose most and together most of all, at least a few.

    Examples
    --------
    >>> lossy_hosts(np.r_[5.0, np.zeros(99)]).size, lossy_hosts(np.ones(1000)).size
    (40, 300)
    """
    order = np.argsort(-loss, kind="stable")
    needed = int(np.searchsorted(np.cumsum(loss[order]), parameters.most_of_loss * loss.sum())) + 1
    most = max(parameters.fewest_hosts, min(needed, int(parameters.most_emptied * len(loss))))
    return np.sort(order[:most])


def _prices_of(part: Instance, prices: FloatArray, host_class: IntArray) -> FloatArray:
    """Prices of the host classes of a part, in its own order."""
    mine = np.zeros(part.host_classes.capacity.shape)
    mine[part.host_classes.of] = prices[host_class]
    return mine
