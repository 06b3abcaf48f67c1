"""Tabu search: walkers find good placements, and pairs of those are merged, for instances of few hosts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from typing import NamedTuple

import numpy as np

from vmopt.arrays import IntArray
from vmopt.backends.small import Effort
from vmopt.errors import OptionError
from vmopt.methods.backend_run import never
from vmopt.methods.dual_prices import guiding_prices
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.refill import Refill, Refilled, solve
from vmopt.methods.search import Search
from vmopt.methods.tabu.merging import merge, merged
from vmopt.methods.tabu.parameters import DEFAULT, TabuParameters
from vmopt.methods.tabu.tabu_problem import in_doubt
from vmopt.methods.tabu.walkers import Walkers
from vmopt.problem import Problem
from vmopt.status import Limit

METHOD = "tabu"


def suits(problem: Problem, parameters: TabuParameters = DEFAULT) -> bool:
    """Whether walkers are quick enough on the instance; VMs of a fixed size only."""
    cells = problem.n_vms * problem.n_hosts * problem.n_resources
    return not problem.elastic and cells <= parameters.most_cells


def run(search: Search, parameters: TabuParameters = DEFAULT) -> None:
    """Improve the best placement until the search is finished or nothing is left to try.

    Raises
    ------
    OptionError
        If there are elastic VMs, or VMs and hosts are so many that a step takes long.
    """
    if not suits(search.problem, parameters):
        most = f"{parameters.most_cells:,} VMs times hosts times resources"
        raise OptionError(f"method 'tabu' takes up to {most}, none elastic: take 'auto'.")
    improve(search, parameters=parameters)


def improve(
    search: Search,
    *,
    rounds: int | None = None,
    threads: int | None = None,
    until: Callable[[], bool] = never,
    parameters: TabuParameters = DEFAULT,
) -> None:
    """Improve the best placement, for so many rounds at most.

    With one thread and a number of rounds that ends before the time limit, the outcome depends on the seed alone.

    Parameters
    ----------
    search : Search
    rounds : int, optional
    threads : int, optional
        Default: those of the search.
    until : callable
        Ends it where it returns True.
    parameters : TabuParameters
    """
    helpers = (search.options.threads if threads is None else threads) - 1
    with ThreadPoolExecutor(helpers) if helpers else nullcontext() as executor:
        walk = _TabuRun(search, parameters)
        if len(walk.ground.vms) and search.problem.n_hosts:
            walk.begin()
            walk.go(executor, helpers, rounds, until)


class _Merge(NamedTuple):
    """A merge under way: whose placement it starts from, that placement, the VMs that are free, and the sub-problem."""

    walker: int
    at: IntArray
    free: IntArray
    problem: Refill


class _TabuRun:
    """One run: the walkers, and the merges under way."""

    def __init__(self, search: Search, parameters: TabuParameters = DEFAULT) -> None:
        self.search, self.parameters = search, parameters
        self.rng = np.random.default_rng(search.options.seed)
        losses = Losses(search.problem, guiding_prices(search, parameters.prices))
        self.ground = in_doubt(search.problem, losses, search.price_bound - search.objective, parameters)
        self.walkers = Walkers(self.ground, self.rng, parameters)
        self.known = 0.0
        self.exhausted = False

    def begin(self) -> None:
        """Let the first walker start from the best placement there is, the others from nothing."""
        self.walkers.go_to(np.zeros(1, dtype=np.int64), self.search.host_index[self.ground.vms][None])

    def go(self, executor: Executor | None, helpers: int, rounds: int | None, until: Callable[[], bool]) -> None:
        """Walk and merge until done; helpers merge meanwhile."""
        flying: dict[Future[Refilled], _Merge] = {}
        n_rounds = 0
        while not (self.search.finished or self.exhausted or n_rounds == rounds or until()):
            n_rounds += 1
            for _ in range(self.parameters.round):
                self.walkers.step()
            self.walkers.restart()
            for future in [f for f in flying if f.done()]:
                self._land(flying.pop(future), future.result())
            while executor is not None and len(flying) < helpers:
                merge = self._merge()
                flying[executor.submit(solve, merge.problem, self._effort())] = merge
            if executor is None and n_rounds % self.parameters.rounds_per_merge == 0:
                merge = self._merge()
                self._land(merge, solve(merge.problem, self._effort()))
            self._offer()
        for future, merge in flying.items():
            self._land(merge, future.result())
        self._offer()
        self.search.limit = Limit.TIME if self.search.remaining <= 0 else None

    def _merge(self) -> _Merge:
        """Merge two good placements, beginning with the first."""
        walker, other = self.walkers.good(2).tolist()
        at, value = self.walkers.best_at[walker].copy(), float(self.walkers.best[walker])
        above = max(self.search.price_bound - self.ground.worth_of_settled - value, 0.0)
        found = merge(self.ground, at, self.walkers.best_at[other], above, self.parameters.free, self.rng)
        return _Merge(walker, at, *found)

    def _effort(self) -> Effort:
        return Effort(int(self.rng.integers(2**31 - 1)), max(self.search.remaining, 0.01), self.parameters.work)

    def _land(self, merge: _Merge, filling: Refilled) -> None:
        """Send the walker to what the merge made of its best placement, if that changed."""
        self.exhausted |= filling.proven and len(merge.free) == len(self.ground.vms)
        if filling.counts is None:
            return
        found = merged(merge.at, merge.free, filling.counts)
        if (found != merge.at).any():
            self.walkers.go_to(np.array([merge.walker]), found[None])

    def _offer(self) -> None:
        """Offer the best placement if it is better than what this run offered before."""
        best = int(self.walkers.best.argmax())
        if self.walkers.best[best] > self.known:
            self.known = float(self.walkers.best[best])
            self.search.offer(self.ground.placement(self.walkers.best_at[best]), METHOD)
