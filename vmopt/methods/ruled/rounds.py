"""Rounds: dealing guided by prices that keeps rules as it goes, where few VMs could take each other's places.

A placement that knows no rules is of little use where all VMs differ: whoever may not be where it is has nobody to
change places with. So each round of `price_guided` looks at the rules: a VM is dealt among the hosts that may take it
now, and what the others of its round change is looked at again before it goes. VMs that share a host are dealt as one,
around seeds of those that others need.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds import dual
from vmopt.methods import greedy
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.packing.losses import Losses
from vmopt.methods.price_guided import DealParameters, DealtHosts, chosen
from vmopt.methods.ruled.bundles import bundles
from vmopt.methods.ruled.couples import coupling
from vmopt.methods.ruled.evict import evict, until
from vmopt.methods.ruled.hasty import end_of
from vmopt.methods.ruled.mend import mend
from vmopt.methods.ruled.parameters import RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.methods.ruled.seeds import seeds
from vmopt.methods.ruled.stand_in import StandIn, stand_in
from vmopt.methods.search import Search
from vmopt.problem import Problem, compile
from vmopt.rules.lowered import lowered

METHOD = "rounds"


@dataclass(frozen=True)
class RoundParameters:
    """How often VMs are dealt under rules, and how."""

    n_deals: int = 4
    """Deals, each with other weights: later ones seldom gain more than improving the best of these does."""
    vms_per_second: int = 10_000
    """VMs that are dealt in a second, at the least, where rules concern each of them."""
    surely: float = 0.5
    """Part of the time left that a deal may need at most, to be begun."""
    few_hosts: float = 0.1
    """Part of the hosts up to which those that are large enough for a VM are few: it goes before others."""
    dealt: DealParameters = field(default_factory=DealParameters)
    """How each round is dealt."""
    ruled: RuledParameters = field(default_factory=RuledParameters)
    """How seeds are sown before them, and VMs evicted after them."""


DEFAULT = RoundParameters()


def run(search: Search, parameters: RoundParameters = DEFAULT) -> None:
    """Offer some deals, as far as there is time for them; nothing where VMs are elastic."""
    problem = search.problem
    if problem.elastic or not _in_time(search, parameters):
        return
    ruled, prices = parameters.ruled, guiding_prices(search, parameters.dealt.prices)
    end = end_of(search, ruled)
    sown = len(coupling(problem.rules)) < sum(rule.needs for rule in problem.rules)
    fixed = seeds(problem, end, ruled) if sown else np.full(problem.n_vms, -1)
    image = stand_in(lowered(search.instance), bundles(problem, prices, ruled, couples=not sown), fixed)
    plain = compile(image.instance)
    losses = Losses(plain, _of_resources(search, plain, prices, parameters))
    rng = np.random.default_rng(search.options.seed)
    levelling, emphasis = parameters.dealt.levelling, np.ones(plain.n_resources)
    for number in range(parameters.n_deals):
        if search.finished or (number and not _in_time(search, parameters)):
            break
        _offer(search, deal(problem, plain, image, losses, levelling, emphasis, rng, end, parameters), end)
        levelling = parameters.dealt.levelling * rng.uniform(*parameters.dealt.drawn_levelling)
        emphasis = rng.uniform(*parameters.dealt.drawn_emphasis, len(emphasis))
    if search.found and not search.finished:
        _offer(search, evict(problem, search.host_index, min(end, until(search, ruled)), ruled), end)


def _of_resources(search: Search, plain: Problem, prices: FloatArray, parameters: RoundParameters) -> FloatArray:
    """Prices of what the stand-in knows: beside prices of other limits those of capacity choose more than has room."""
    kind = search.problem.hosts.of[[members[0] for members in plain.hosts.members]]
    found = parameters.dealt.prices.found
    if plain.n_resources > search.problem.n_resources:
        return dual.prices(plain, keep_going=lambda: not search.finished, parameters=found)
    if search.rule_prices is None:
        return prices[kind]
    return dual.prices(search.problem, keep_going=lambda: not search.finished, parameters=found)[kind]


def _offer(search: Search, found: IntArray, end: float) -> None:
    """Mend what was dealt, add VMs that fit, and offer it."""
    kept = mend(search.problem, found)
    if kept is not None:
        completed = mend(search.problem, greedy.complete(search.problem, kept, end))
        search.offer(kept if completed is None else completed, METHOD)


def _in_time(search: Search, parameters: RoundParameters) -> bool:
    return search.problem.n_vms < parameters.surely * parameters.vms_per_second * search.remaining


def deal(
    problem: Problem,
    plain: Problem,
    image: StandIn,
    losses: Losses,
    levelling: float,
    emphasis: FloatArray,
    rng: np.random.Generator,
    stop: float = np.inf,
    parameters: RoundParameters = DEFAULT,
) -> IntArray:
    """Deal what prices choose, and then all others, to the hosts that rules leave each.

    Parameters
    ----------
    problem : Problem
        With its rules.
    plain : Problem
        The stand-in, compiled.
    image : StandIn
        What goes as one, and what has a host.
    losses : Losses
        Of the stand-in.
    levelling, emphasis
        As in `price_guided.deal`.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the rest out.
    parameters : RoundParameters

    Returns
    -------
    (n_vms,) int64 array
        Host of each VM, -1 where it runs nowhere; rules that ask for more VMs than were placed may be broken.
    """
    places = PartialPlacement(problem, image.fixed, stop=stop)
    scarcity = losses.scarcity * emphasis / (losses.scarcity @ emphasis)
    order = chosen(plain, losses, scarcity, parameters.dealt.just)
    order = _choosiest_first(plain, order[np.isin(order, image.open)], parameters.few_hosts)
    hosts = rng.permutation(problem.n_hosts)
    n_groups = max(1, round(len(hosts) / parameters.dealt.hosts_at_once))
    for group in range(n_groups):
        table = _RuledHosts(
            plain, losses, hosts[group::n_groups], scarcity, levelling, parameters.dealt.roughly, places, image
        )
        for _ in table.rounds(order[group::n_groups]):
            if places.late:
                return places.host_index
    return places.host_index


def _choosiest_first(plain: Problem, order: IntArray, few: float) -> IntArray:
    """Put VMs first that few hosts are large enough for, the fewer the sooner; all others keep their order."""
    number = (plain.fits @ plain.hosts.count)[plain.vms.of[order]]
    return np.asarray(order[np.argsort(np.minimum(number, few * plain.n_hosts), kind="stable")])


class _RuledHosts(DealtHosts):
    """Some hosts, what is left on them while VMs are dealt, and whom rules let go there."""

    def __init__(
        self,
        plain: Problem,
        losses: Losses,
        hosts: IntArray,
        scarcity: FloatArray,
        levelling: float,
        roughly: float,
        places: PartialPlacement,
        image: StandIn,
    ) -> None:
        super().__init__(plain, losses, hosts, scarcity, levelling, roughly)
        self._places = places
        followers = np.flatnonzero((image.leader >= 0) & (image.leader != np.arange(plain.n_vms)) & (image.fixed < 0))
        self._following: dict[int, list[int]] = {}
        for vm in followers.tolist():
            self._following.setdefault(int(image.leader[vm]), []).append(vm)

    def _fits(self, batch: IntArray) -> BoolArray:
        fits = super()._fits(batch)
        kind, known = self._places.problem.vms.of, dict[int, BoolArray]()
        for row, vm in enumerate(batch.tolist()):
            if fits[row].any():
                if kind[vm] not in known:
                    known[kind[vm]] = self._places.allowed(vm)[self.hosts]
                fits[row] &= known[kind[vm]]
        return fits

    def _taken(self, batch: IntArray, row: IntArray, column: IntArray) -> tuple[IntArray, IntArray]:
        went = [self._went(int(batch[r]), int(self.hosts[c])) for r, c in zip(row, column, strict=True)]
        return row[went], column[went]

    def _went(self, vm: int, host: int) -> bool:
        """Place a VM, and those that go with it, unless rules have come to forbid it; tell whether it was placed."""
        if not self._places.allowed(vm)[host]:
            return False
        self._places.put(np.array([vm]), np.array([host]))
        for other in self._following.get(vm, ()):
            if self._places.allowed(other)[host]:
                self._places.put(np.array([other]), np.array([host]))
        return True
