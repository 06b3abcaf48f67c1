"""A run of a backend: one backend at work on the assignment formulation, for a search that others may serve as well.

Where a placement is known, only the core of the formulation is searched: what a better one can look like. A run
may also be bold, and look for much better ones first: their core is smaller still, and when it turns out to be empty
the bound falls to where it began.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vmopt import metrics
from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions, LPResult
from vmopt.bounds import Claim
from vmopt.errors import BackendError
from vmopt.formulation.assignment import Assignment, assignment, units_of
from vmopt.formulation.core import at_least, core
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods import greedy, settle
from vmopt.methods.repair import repair
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import ROUNDING, Search
from vmopt.solution import Limit, Status

METHOD = "exact"
GAP_PART = 0.99
"""Part of the gap that backends are given: what their tolerances hide is added to their bounds."""
RENEWAL = 0.5
"""Part of its gap at which a core is worth making anew."""
BOLD = 0.25
"""Part of the gap, from the bound down, in which a bold run looks first."""
NARROW_STEPS, NARROW_GAP = 3, 1e-4
"""Gaps so small are searched whole."""


def never() -> bool:
    """Return False: nothing outside ends the run."""
    return False


class _EnoughError(Exception):
    """Going on is of no use: all is proven, somebody else is done, or the core has become much smaller."""


@dataclass(frozen=True)
class _Part:
    """A part of the program to search.

    Attributes
    ----------
    program : LinearProgram
    outside : float
        No placement outside of the part is worth more.
    start : (n_columns,) array or None
    gap : float
        Gap that it was made at: it is made anew when much less is left.
    bold : bool
        Whether that gap is the gap to the best bound; else to what prices prove.
    """

    program: LinearProgram
    outside: float
    start: FloatArray | None
    gap: float
    bold: bool = False


@dataclass(frozen=True, eq=False)
class BackendRun:
    """A backend, the model it works on, and the search it serves.

    Whatever the backend returns is brought to integers, made to fit where its tolerances broke a capacity, completed,
    and verified. Its bound is taken as a claim that placements can contradict.

    Attributes
    ----------
    search : Search
    model : Assignment
        Elastic VMs have no core: the whole program is searched.
    name : str
        Name of the backend.
    threads : int
    bold : bool
        Whether to look for much better placements first; needs a backend that takes any coefficients.
    over : callable
        Whether others have ended the search.
    """

    search: Search
    model: Assignment
    name: str
    threads: int
    bold: bool = False
    over: Callable[[], bool] = never

    def run(self, *, whole: bool = False) -> Limit | None:
        """Run the backend to its end, on a smaller core where there is one; return why it stopped early.

        Parameters
        ----------
        whole : bool
            Search the whole program, from nothing.
        """
        while not (self.search.finished or self.over()):
            with self.search.building():
                part = self._part(whole)
            result = self._solve(part)
            if result is not None and not (result.status is Status.INFEASIBLE and part.outside > self.search.objective):
                return result.limit or self._settle(whole)
        return Limit.TIME if self.search.remaining <= 0 else None

    def _settle(self, whole: bool) -> Limit | None:
        """Decide in whole numbers what the backend left open in doubles; return why that was stopped early.

        Nothing can be done where the worth of the VMs is not known exactly, or too many VMs make the row too long.
        """
        search, model = self.search, self.model
        if search.problem.elastic or search.instance.has_penalties:
            return self._settle_amounts()
        units = units_of(search.problem, model.vms)
        while search.found and search.tally and units and not (search.finished or self.over()):
            with search.building():
                number = [units[j] for j in model.columns.vm_class.tolist()] + [0] * model.n_own
                reached, most = search.tally.reached, search.tally.most
                program = model.program if whole else self._no_worse(model)
                try:
                    question = settle.better(program, number, reached, most)
                except BackendError:
                    return None
            limit = self._ask(question)
            if limit is not None or (search.tally.reached, search.tally.most) == (reached, most):
                return limit
        return None

    def _settle_amounts(self) -> Limit | None:
        """Have CP-SAT, whose columns are whole, prove what another backend's tolerances leave open.

        Of elastic VMs, and where it costs to break rules.
        """
        search = self.search
        if self.name == settle.BACKEND or not search.found or search.finished or self.over():
            return None
        with search.building():
            model = assignment(search.problem)
        return BackendRun(search, model, settle.BACKEND, self.threads, over=self.over).run()

    def _no_worse(self, model: Assignment) -> LinearProgram:
        """Return the core of what is no worse than the best placement."""
        search = self.search
        gap = max(search.price_bound - search.objective, 0.0) + ROUNDING * search.price_bound
        return core(model, search.prices, gap, search.rule_prices)

    def _ask(self, question: settle.Better) -> Limit | None:
        """Ask whether anything is better, and by how much at most; return why it stopped early."""
        n, search = self.model.program.n_columns, self.search
        result = self._run(
            settle.BACKEND,
            question.program,
            LPOptions(
                time_limit=search.remaining,
                gap=0.0,
                seed=search.options.seed,
                threads=self.threads,
                on_tick=self._check_over,
            ),
        )
        if result is None:
            return None
        if result.status is Status.INFEASIBLE:
            search.tighten_by_count(question.reached, settle.BACKEND, METHOD)
            return None
        if result.x is not None:
            self._offer(result.x[:n])
        if np.isfinite(result.bound):
            search.tighten_by_count(question.most(result.bound), settle.BACKEND, METHOD)
        return result.limit

    def _check_over(self) -> None:
        if self.search.proven or self.over():
            raise _EnoughError

    def _part(self, whole: bool) -> _Part:
        model, found = self.model, self.search.found
        if found and not (whole or self.search.problem.elastic):
            return self._core(model)
        start = model.start(self.search.host_index) if found and not whole else None
        return _Part(model.program, -np.inf, start, np.inf)

    def _core(self, model: Assignment) -> _Part:
        """Return the core of what is better than the best, or in a bold run of what is much better."""
        search = self.search
        host_index = search.host_index
        known = metrics.objective_of(search.instance, host_index)
        span = search.bound - known
        narrow = NARROW_GAP * max(abs(search.bound), abs(known))
        bold = self.bold and span > max(NARROW_STEPS * search.step, narrow)
        least = search.bound - BOLD * span if bold else known
        if search.step:
            n_steps = max(np.ceil(least / search.step), np.rint(known / search.step) + 1)
            least, outside = n_steps * search.step, (n_steps - 1) * search.step
        else:
            outside = least
        gap = max(search.price_bound - least, 0.0) + ROUNDING * search.price_bound
        program = core(model, search.prices, gap, search.rule_prices)
        if not search.step and not bold:
            return _Part(program, outside, model.start(host_index), gap)
        if search.step:  # whole numbers, which 3 * 0.1 / 0.1 is not
            row = np.rint(model.padded(model.columns.value(model.vms)) / search.step)
            least = np.rint(least / search.step)
        else:
            row, least = model.program.objective, least / model.unit
        return _Part(at_least(program, row, least), outside, None, span if bold else gap, bold)

    def _solve(self, part: _Part) -> LPResult | None:
        """Solve one part; None where that was ended to begin anew, or because it is of no use any more."""
        options = self.search.options
        limits = LPOptions(
            time_limit=self.search.remaining,
            gap=GAP_PART * options.gap,
            seed=options.seed,
            threads=self.threads,
            start=part.start,
            on_incumbent=lambda x, bound: self._take(x, bound, part),
            on_tick=lambda: self._check(part),
        )
        result = self._run(self.name, part.program, limits)
        if result is None:
            return None
        if result.status is Status.INFEASIBLE and not self.search.found:
            self.search.prove_infeasible(self.name)
        elif result.status is Status.INFEASIBLE:
            self.search.tighten_by_claim(part.outside, Claim(self.name), METHOD)
        else:
            self._take(result.x, result.bound, part)
        return result

    @staticmethod
    def _run(name: str, program: LinearProgram, options: LPOptions) -> LPResult | None:
        """Run a backend; None where that was ended."""
        try:
            return registry.get(name).solve(program, options)
        except _EnoughError:
            return None

    def _check(self, part: _Part) -> None:
        bound = self.search.bound if part.bold else self.search.price_bound
        left = bound - self.search.objective + ROUNDING * abs(bound)
        if self.search.proven or self.over() or left <= RENEWAL * part.gap < np.inf:
            raise _EnoughError

    def _take(self, x: FloatArray | None, bound: float, part: _Part) -> None:
        """Take a point, and the bound on the part and on what is outside of it."""
        if x is not None:
            self._offer(x)
        if np.isfinite(bound):
            self.search.tighten_by_claim(max(bound * self.model.unit, part.outside), Claim(self.name), METHOD)

    def _offer(self, x: FloatArray) -> None:
        problem = self.search.problem
        host_index = repair(problem, self.model.host_index(x))
        if problem.elastic or problem.instance.has_penalties:  # a VM more may cost more than it is worth
            self._offer_kept(host_index)
        self._offer_kept(greedy.complete(problem, host_index))

    def _offer_kept(self, host_index: IntArray) -> None:
        kept = mend(self.search.problem, host_index)
        if kept is not None:
            self.search.offer(kept, METHOD)
