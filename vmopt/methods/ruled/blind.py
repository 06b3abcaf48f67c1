"""Rules by way of the instance without them: its placements are dealt as rules allow, its bounds hold as well."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from vmopt import interruption
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds import Claim, Enumeration, PatternBound, RulePrices
from vmopt.methods import greedy
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.inner_search import InnerSearch
from vmopt.methods.ruled.bend import bend
from vmopt.methods.ruled.bundles import bundles, has_bundles
from vmopt.methods.ruled.couples import coupled
from vmopt.methods.ruled.deal import deal, fill
from vmopt.methods.ruled.evict import evict, until
from vmopt.methods.ruled.hasty import end_of
from vmopt.methods.ruled.keep import keep
from vmopt.methods.ruled.limit_prices import split
from vmopt.methods.ruled.mend import mend
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.stand_in import StandIn, stand_in
from vmopt.methods.search import Search
from vmopt.model.classes import VMClasses
from vmopt.model.instance import Instance
from vmopt.model.rule import RuleInForce
from vmopt.rules.lowered import lowered


def run_blind(search: Search, inner: Callable[[Search], None], parameters: RuledParameters = DEFAULT) -> None:
    """Let a method place VMs without rules, and deal what it finds.

    VMs that have to share a host go as one where they have a size.
    """
    plain = lowered(search.instance)
    if plain is search.instance:  # all of its rules are known to methods that know no others
        kept = KeptSearch(search, plain, parameters)
        inner(kept)
        search.limit = kept.limit
    elif has_bundles(search.problem.rules) and not search.problem.elastic:
        leader = bundles(search.problem, guiding_prices(search, parameters.prices), parameters)
        run_as(search, inner, stand_in(plain, leader, np.full(search.problem.n_vms, -1)), parameters)
    else:
        run_as(search, inner, plain, parameters)


def run_as(
    search: Search,
    inner: Callable[[Search], None],
    instance: Instance | StandIn,
    parameters: RuledParameters = DEFAULT,
    among: BoolArray | None = None,
) -> None:
    """Let a method place the VMs of an instance without rules, or of a stand-in for it, and deal what it finds.

    To some of the VMs alone, where these are told, ``(n_vms,)``.
    """
    inside = BlindSearch(search, instance, parameters, among)
    try:
        inner(inside)
    finally:
        inside.hand_on()
    search.limit = inside.limit


class KeptSearch(InnerSearch):
    """A search of the same instance, whose placements are mended first: not all of its methods keep its rules."""

    def __init__(self, whole: Search, instance: Instance, parameters: RuledParameters = DEFAULT) -> None:
        super().__init__(whole, instance, gap=whole.options.gap)
        self._parameters = parameters

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take what is left of a placement, and what fits beside it."""
        kept = mend(self.problem, placement)
        end = end_of(self.whole, self._parameters)
        return kept is not None and super().offer(greedy.complete(self.problem, kept, end), method)

    def tighten_by_prices(self, prices: FloatArray, method: str, rule_prices: RulePrices | None = None) -> bool:
        """Take the bound that prices prove, here and for the whole, which has the same VMs, hosts and rules."""
        self.whole.tighten_by_prices(prices, method, rule_prices)
        return super().tighten_by_prices(prices, method, rule_prices)

    def tighten_by_patterns(self, certificate: PatternBound, method: str) -> bool:
        """Take the bound that patterns prove, here and for the whole."""
        self.whole.tighten_by_patterns(certificate, method)
        return super().tighten_by_patterns(certificate, method)

    def tighten_by_claim(self, bound: float, claim: Claim | Enumeration, method: str) -> bool:
        """Take a claim, here and for the whole."""
        self.whole.tighten_by_claim(bound, claim, method)
        return super().tighten_by_claim(bound, claim, method)

    def tighten_by_count(self, most: int, backend: str, method: str) -> bool:
        """Take a bound in units of worth, here and for the whole."""
        self.whole.tighten_by_count(most, backend, method)
        return super().tighten_by_count(most, backend, method)


class BlindSearch(InnerSearch):
    """A search without rules that hands its placements on as they are dealt, now and then, and its bounds at once."""

    def __init__(
        self,
        whole: Search,
        instance: Instance | StandIn,
        parameters: RuledParameters = DEFAULT,
        among: BoolArray | None = None,
    ) -> None:
        self._parameters, self._among = parameters, among
        self._stand_in = instance if isinstance(instance, StandIn) else None
        image = instance.instance if isinstance(instance, StandIn) else instance
        super().__init__(whole, image, gap=parameters.stricter * whole.options.gap)
        hosts = whole.problem.hosts
        self._kind = self.problem.hosts.of[[members[0] for members in hosts.members]]
        self._waiting, self._next, self._begun = False, 0.0, np.inf
        self._first = None if self._stand_in is None else coupled(whole.problem.rules, self._stand_in.leader)

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement if it is better here, and deal it if the last deal was long enough ago."""
        kept = mend(self.problem, placement) if self.problem.rules else placement
        better = kept is not None and Search.offer(self, kept, method)
        if better:
            self._waiting, self._begun = True, min(self._begun, self.objective)
            if (self._near or self.seconds >= self._next) and self._promises():
                self.hand_on()
        return better

    def _promises(self) -> bool:
        """Whether a deal could close much of the gap of the whole; where deals take long, all of it.

        Where the whole has no placement yet, the first one here is as good as one that it could have had.
        """
        whole = self.whole
        there = whole.objective if whole.found else self._begun
        quickly = len(whole.problem.vms) <= self._parameters.dealt_quickly
        least = self._parameters.promising * (whole.bound - there)
        return (quickly or self._near) and self.objective - there > least

    @property
    def _near(self) -> bool:
        """Whether a deal that loses nothing would do."""
        return self.bound - self.objective <= self.whole.options.gap * abs(self.bound)

    def hand_on(self) -> None:
        """Deal the best placement, if it was not dealt yet, and complete it."""
        if not self._waiting:
            return
        begin = time.perf_counter()
        self._waiting = False
        whole, parameters = self.whole, self._parameters
        end = end_of(whole, parameters)
        if interruption.wanted() or len(whole.problem.vms) > parameters.classes_per_second * (end - begin):
            self._complete(self._wanted(), end)  # what rules leave of it, and what fits beside that
            return
        found = deal(whole.problem, self._alike, self._wanted(), end, self._among, self._first, parameters)
        self._complete(found, end)
        cheap = self._cheap_rules()
        if cheap and not whole.finished:
            filled = fill(whole.problem, self._alike, self._wanted(), found, cheap, end, self._among)
            self._complete(filled, end)
        if not whole.finished and self._lost_much():
            self._complete(evict(whole.problem, found, min(end, until(whole, parameters)), parameters), end)
        self._next = self.seconds + parameters.pause * (time.perf_counter() - begin)

    def _cheap_rules(self) -> list[RuleInForce]:
        """Soft rules a unit of which costs less than half of the VMs are worth each."""
        problem = self.whole.problem
        typical = float(np.median(problem.value)) if problem.n_vms else 0.0
        return [rule for rule in problem.rules if rule.penalty is not None and rule.penalty < typical]

    def _lost_much(self) -> bool:
        """Whether dealing lost a considerable part of the gap that is left; elastic VMs are worth what others leave."""
        whole = self.whole
        lost = self.objective - whole.objective
        return not whole.problem.elastic and lost > self._parameters.evict_worth * (whole.bound - whole.objective)

    def _wanted(self) -> IntArray:
        """The placement to be dealt."""
        return self.host_index if self._stand_in is None else self._stand_in.read(self.host_index)

    @property
    def _alike(self) -> VMClasses:
        """VMs that take each other's places when it is dealt."""
        return self.problem.vms if self._stand_in is None else lowered(self.whole.instance).vm_classes

    def _complete(self, found: IntArray, end: float) -> None:
        """Mend what was dealt, add VMs that fit, and hand it on."""
        whole = self.whole
        dealt = mend(whole.problem, found)
        if dealt is None:
            dealt = keep(whole.problem, found, end, self._parameters)
        if dealt is None:
            return
        dealt = greedy.complete(whole.problem, dealt, end)
        made = [dealt]
        if whole.problem.soft_rules:
            made.append(bend(whole.problem, dealt, end, self._parameters))
        for better in made:
            kept = mend(whole.problem, better)
            if kept is not None:
                whole.offer(kept, "deal")

    def tighten_by_prices(self, prices: FloatArray, method: str, rule_prices: RulePrices | None = None) -> bool:
        """Take the bound that prices prove, here and for the whole, which has other rules and VMs."""
        of_capacity, of_limits = split(self.whole.instance, prices[self._kind])
        self.whole.tighten_by_prices(of_capacity, method, of_limits)
        return super().tighten_by_prices(prices, method, rule_prices)

    def tighten_by_patterns(self, certificate: PatternBound, method: str) -> bool:
        """Take the bound that patterns prove, here and for the whole, unless its VMs are others."""
        if self._stand_in is None:
            self.whole.tighten_by_patterns(certificate, method)
        return super().tighten_by_patterns(certificate, method)

    def tighten_by_claim(self, bound: float, claim: Claim | Enumeration, method: str) -> bool:
        """Take a claim: nothing is worth more with rules than without."""
        taken = super().tighten_by_claim(bound, claim, method)
        if taken and self._stand_in is None:
            self.whole.tighten_by_claim(self.bound, claim, method)
        return taken

    def tighten_by_count(self, most: int, backend: str, method: str) -> bool:
        """Take a bound in units of worth, here and as what it proves for the whole."""
        taken = super().tighten_by_count(most, backend, method)
        if taken and self._stand_in is None:
            self.whole.tighten_by_claim(self.bound, Enumeration(backend), method)
        return taken
