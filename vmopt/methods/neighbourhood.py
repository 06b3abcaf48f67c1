"""Large-neighbourhood search: free a few hosts, fill them anew, keep what is better (Shaw 1998).

Three kinds of steps share the time, each in proportion to what it has been gaining of late:

- `rematch`: a bundle of one or two VMs from each of many hosts, and from outside, by the best assignment;
- `exchange`: two hosts and one VM from outside, by couples of swaps, in many pairs of hosts at once;
- `refill`: a few hosts and some unplaced VM classes, by a small CP-SAT model.

Prices steer both: they tell what each host loses against the bound, and which VMs cannot be part of an improvement. A
step that gains nothing may still rearrange: free capacity comes together on few hosts, where it is of use.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.backends.small import Effort
from vmopt.methods import greedy
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.packing.arms import Arms
from vmopt.methods.packing.guarded import breaks_rules, guarded_classes
from vmopt.methods.packing.limited import ClusterLimits
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.matching import rematch
from vmopt.methods.packing.neighbours import Chooser, Neighbourhood, free_hosts
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.pairs import exchange
from vmopt.methods.packing.parameters import DEFAULT, NeighbourhoodParameters
from vmopt.methods.packing.refill import Refilled, solve
from vmopt.methods.packing.ruled import ruled
from vmopt.methods.ruled import first
from vmopt.methods.search import Search
from vmopt.metrics import penalty_of

METHOD = "neighbourhood"


def run(search: Search, parameters: NeighbourhoodParameters = DEFAULT) -> None:
    """Improve the best placement, at first a greedy one, until the search is finished or nothing is left to try."""
    if not search.found:
        greedy.run_best(search)
    if not (search.found or search.finished):
        first.find(search, run)
    if search.found and not search.finished:
        improve(search, parameters=parameters)


def burst(search: Search, parameters: NeighbourhoodParameters = DEFAULT) -> None:
    """Improve the best placement as long as that goes fast."""
    improve(search, patience=parameters.patience, parameters=parameters)


def improve(
    search: Search,
    *,
    steps: int | None = None,
    patience: float | None = None,
    parameters: NeighbourhoodParameters = DEFAULT,
) -> None:
    """Improve the best placement, for so many steps at most, and until so much work was in vain.

    With one thread, an end by steps or patience that comes before the time limit makes the outcome depend on the seed
    alone.
    """
    walk = _Walk(search, np.inf if patience is None else patience, parameters)
    helpers = search.options.threads - 1
    try:
        with ThreadPoolExecutor(helpers) if helpers else nullcontext() as executor:
            walk.go(executor, helpers, steps)
    finally:
        walk.report()


class _Walk:
    """One run of the search: the placement as it is now, and the steps that change it."""

    def __init__(self, search: Search, patience: float = np.inf, parameters: NeighbourhoodParameters = DEFAULT) -> None:
        self.search, self.parameters = search, parameters
        self.patience, self.in_vain = patience, 0.0
        self.rng = np.random.default_rng(search.options.seed)
        prices = guiding_prices(search, parameters.prices)
        self.limits = ClusterLimits(search.problem, search.rule_prices)
        losses = Losses(search.problem, prices, self.limits.toll)
        self.occupancy = Occupancy(search.problem, search.host_index)
        self.chooser = Chooser(self.occupancy, losses, self.rng, parameters.choice)
        self.losses = losses
        self.chooser.penalty = self._penalty()
        self.chooser.slack = self.limits.slack(self.occupancy.left)
        n_hosts = search.problem.n_hosts
        self.sizes = parameters.sizes_for(n_hosts)
        guarded = guarded_classes(search.problem)
        self.guarded = guarded if guarded.any() else None
        self.arms = Arms(parameters.expected_work(self.sizes, self.guarded is not None), parameters, self.rng)
        self.value = self.reported = search.objective
        self.report_at = search.seconds + parameters.report_every
        self.best = list(self.occupancy.on)
        self.exhausted = False
        self.steps = self.n_changes = 0

    def go(self, executor: Executor | None, helpers: int, steps: int | None) -> None:
        """Step until done; helpers fill other hosts meanwhile."""
        flying: dict[Future[Refilled], tuple[int, Neighbourhood, int]] = {}
        if self.sizes[-1] == len(self.occupancy.on) <= self.parameters.whole_at_first:
            self._refill(len(self.sizes) - 1)
        while not self.done(steps):
            for future in [f for f in flying if f.done()]:
                arm, neighbourhood, seen = flying.pop(future)
                self._land(arm, neighbourhood, future.result(), seen)
            while executor is not None and len(flying) < helpers and self._enough_idle():
                arm = self.arms.pull(self._fit(refill_only=True))
                neighbourhood = self._free(arm)
                future = executor.submit(copy_context().run, solve, neighbourhood.problem, self._effort(arm))
                flying[future] = (arm, neighbourhood, self.n_changes)
            arm = self.arms.pull(self._fit(refill_only=False))
            of_sizes = (self._refill,) * len(self.sizes)
            (*of_sizes, self._exchange, self._rematch, self._rematch_guarded)[arm](arm)
            self.steps += 1
            if self.search.seconds > self.report_at:
                self.report()
        for future, (arm, neighbourhood, seen) in flying.items():
            self._land(arm, neighbourhood, future.result(), seen)

    def done(self, steps: int | None) -> bool:
        """Whether the gap is reached, time or steps are up, or nothing is left to try."""
        search = self.search
        near = search.bound - self.value <= search.options.gap * abs(search.bound)
        enough = self.exhausted or self.in_vain > self.patience or (steps is not None and self.steps >= steps)
        return near or search.finished or enough

    def report(self) -> None:
        """Offer the placement if it became better: as it was then, whatever has been rearranged since."""
        begin = self.search.seconds
        if self.value > self.reported or not self.search.found:
            self.reported = self.value
            self.search.offer(self.occupancy.placement(self.best), METHOD)
        end = self.search.seconds
        self.report_at = end + max(self.parameters.report_every, self.parameters.report_pause * (end - begin))

    def _learn(self, arm: int, gain: float, work: float) -> None:
        self.arms.learn(arm, gain, work)
        self.in_vain += work
        if gain > 0:
            self.value += gain
            self.in_vain, self.best = 0.0, list(self.occupancy.on)

    def _enough_idle(self) -> bool:
        return int((~self.chooser.busy).sum()) >= 4

    def _fit(self, *, refill_only: bool) -> BoolArray:
        idle = int((~self.chooser.busy).sum())
        spare = 2 if refill_only else 0
        pairs = not refill_only and idle >= 2 and bool(self.occupancy.mobile.any())
        guarded = [] if self.guarded is None else [not refill_only and idle >= 2]
        fit = np.array([size + spare <= idle for size in self.sizes] + [pairs, pairs] + guarded)
        fit[0] |= not fit.any()
        return fit

    def _effort(self, arm: int) -> Effort:
        seed = int(self.rng.integers(2**31 - 1))
        return Effort(seed, max(self.search.remaining, 0.01), self.parameters.refill_work * self.sizes[arm])

    def _refill(self, arm: int) -> None:
        neighbourhood = self._free(arm)
        self._land(arm, neighbourhood, solve(neighbourhood.problem, self._effort(arm)), self.n_changes)

    def _free(self, arm: int) -> Neighbourhood:
        neighbourhood = ruled(free_hosts(self.chooser, self.chooser.choose(self.sizes[arm])), self.occupancy)
        self.chooser.busy[neighbourhood.hosts] = True
        self.occupancy.left[neighbourhood.classes] -= neighbourhood.taken
        return neighbourhood

    def _land(self, arm: int, neighbourhood: Neighbourhood, filling: Refilled, seen: int) -> None:
        """Take the new filling if it is as good as the old one; it was made when so many changes were `seen`."""
        problem = neighbourhood.problem
        counts = problem.start if filling.counts is None else filling.counts
        gain = float((counts - problem.start).sum(axis=1) @ problem.value)
        self._fill(neighbourhood, counts)
        penalty = self._penalty()
        gain += self.chooser.penalty - penalty
        if gain < 0 or (self.n_changes > seen and self._breaks_rules(neighbourhood)):
            counts, gain = problem.start, 0.0
            self._fill(neighbourhood, counts)
        else:
            self.chooser.penalty = penalty
            self.n_changes += int((counts != problem.start).any())
        self.occupancy.left[neighbourhood.classes] += problem.supply - counts.sum(axis=1)
        self.chooser.slack = self.limits.slack(self.occupancy.left)
        self.chooser.busy[neighbourhood.hosts] = False
        self.chooser.refresh(np.array(neighbourhood.hosts))
        self._learn(arm, gain, filling.work + self.parameters.refill_overhead)
        whole = neighbourhood.complete and len(neighbourhood.hosts) == len(self.occupancy.on)
        self.exhausted |= whole and filling.proven

    def _fill(self, neighbourhood: Neighbourhood, counts: IntArray) -> None:
        for column, host in enumerate(neighbourhood.hosts):
            there = np.flatnonzero(counts[:, column])
            self.occupancy.refill(host, np.column_stack([neighbourhood.classes[there], counts[there, column]]))

    def _breaks_rules(self, neighbourhood: Neighbourhood) -> bool:
        """Whether what happened to other hosts meanwhile does not go together with this."""
        problem = self.search.problem
        if not problem.counted_rules:
            return False
        host_index = self.occupancy.placement()
        asked = np.flatnonzero(problem.counted_classes[:, neighbourhood.classes].any(axis=1))
        return any(problem.counted_rules[number].breaches(host_index) for number in asked.tolist())

    def _penalty(self) -> float:
        """What the placement as it is loses by breaking rules."""
        instance = self.search.instance
        return penalty_of(instance, self.occupancy.placement()) if instance.has_penalties else 0.0

    def _exchange(self, arm: int) -> None:
        pairs = self.chooser.choose_pairs()
        gained = exchange(self.occupancy, self.losses, pairs, self.rng, self.parameters.exchange)
        self.chooser.refresh(pairs.ravel())
        self._learn(arm, gained, self.parameters.exchange_work(len(pairs)))

    def _rematch(self, arm: int) -> None:
        hosts = self.chooser.choose_many(self.parameters.matched, self.parameters.matched_by_loss)
        gained = rematch(self.occupancy, self.losses, hosts, self.rng, self.parameters.match)
        self.chooser.refresh(hosts)
        self._learn(arm, gained, self.parameters.rematch_work(len(hosts)))

    def _rematch_guarded(self, arm: int) -> None:
        """Rematch VMs that rules look at as well, unless that breaks any."""
        hosts = self.chooser.choose_many(self.parameters.matched, self.parameters.matched_by_loss)
        on, left = [self.occupancy.on[h] for h in hosts.tolist()], self.occupancy.left.copy()
        gained = rematch(self.occupancy, self.losses, hosts, self.rng, self.parameters.match, self.guarded)
        penalty = self._penalty()
        gained += self.chooser.penalty - penalty
        if gained < 0 or breaks_rules(self.occupancy, hosts):
            gained, self.occupancy.left = 0.0, left
            for host, rows in zip(hosts.tolist(), on, strict=True):
                self.occupancy.refill(host, rows)
        else:
            self.chooser.penalty = penalty
            self.n_changes += 1
        self.chooser.slack = self.limits.slack(self.occupancy.left)
        self.chooser.refresh(hosts)
        self._learn(arm, gained, self.parameters.guarded)
