"""Rules by way of the instance without them: its placements are dealt as rules allow, its bounds hold as well."""

from __future__ import annotations

import time
from collections.abc import Callable

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import Claim, Enumeration, PatternBound
from vmopt.methods import greedy
from vmopt.methods.inner_search import InnerSearch
from vmopt.methods.ruled.deal import deal
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.rules.lowered import lowered

STRICTER = 0.3
"""Part of the gap that placements without rules are to reach."""
PROMISING = 0.5
"""Part of the gap that a deal must be able to close to be made before the end."""
PAUSE = 10.0
"""How many times the seconds of a deal pass before the next one."""


def run_blind(search: Search, inner: Callable[[Search], None]) -> None:
    """Let a method place VMs without rules, and deal what it finds."""
    inside = BlindSearch(search, lowered(search.instance))
    try:
        inner(inside)
    finally:
        inside.hand_on()
    search.limit = inside.limit


class BlindSearch(InnerSearch):
    """A search without rules that hands its placements on as they are dealt, now and then, and its bounds at once."""

    def __init__(self, whole: Search, instance: Instance) -> None:
        super().__init__(whole, instance, gap=STRICTER * whole.options.gap)
        self.tally = None
        hosts = whole.problem.hosts
        self._kind = self.problem.hosts.of[[members[0] for members in hosts.members]]
        self._waiting, self._next = False, 0.0

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement if it is better here, and deal it if the last deal was long enough ago."""
        kept = mend(self.problem, placement) if self.problem.rules else placement
        better = kept is not None and Search.offer(self, kept, method)
        if better:
            self._waiting = True
            if self.seconds >= self._next and self._promises():
                self.hand_on()
        return better

    def _promises(self) -> bool:
        """Whether a deal could close much of the gap of the whole."""
        whole = self.whole
        return self.objective - whole.objective > PROMISING * (whole.bound - whole.objective)

    def hand_on(self) -> None:
        """Deal the best placement, if it was not dealt yet, and complete it."""
        if not self._waiting:
            return
        begin = time.perf_counter()
        self._waiting = False
        whole = self.whole
        dealt = mend(whole.problem, deal(whole.problem, self.problem.vms, self.host_index))
        if dealt is not None:
            dealt = mend(whole.problem, greedy.complete(whole.problem, dealt))
        if dealt is not None:
            whole.offer(dealt, "deal")
        self._next = self.seconds + PAUSE * (time.perf_counter() - begin)

    def tighten_by_prices(self, prices: FloatArray, method: str) -> bool:
        """Take the bound that prices prove, here and for the whole."""
        self.whole.tighten_by_prices(prices[self._kind], method)
        return super().tighten_by_prices(prices, method)

    def tighten_by_patterns(self, certificate: PatternBound, method: str) -> bool:
        """Take the bound that patterns prove, here and for the whole."""
        self.whole.tighten_by_patterns(certificate, method)
        return super().tighten_by_patterns(certificate, method)

    def tighten_by_claim(self, bound: float, claim: Claim | Enumeration, method: str) -> bool:
        """Take a claim: nothing is worth more with rules than without."""
        taken = super().tighten_by_claim(bound, claim, method)
        if taken:
            self.whole.tighten_by_claim(self.bound, claim, method)
        return taken
