"""A run of a backend: one backend at work on the assignment formulation, for a search that others may serve as well.

Where a placement is known, only the part of the program is searched that holds better ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions, LPResult
from vmopt.bounds import Claim
from vmopt.errors import BackendError
from vmopt.formulation.assignment import Assignment, assignment
from vmopt.formulation.column_units import column_units
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods import greedy, settle
from vmopt.methods.exact_parameters import DEFAULT, ExactParameters
from vmopt.methods.program_part import ProgramPart, better, no_worse
from vmopt.methods.repair import repair
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import ROUNDING, Search
from vmopt.status import Limit, Status

METHOD = "exact"


def never() -> bool:
    """Return False: nothing outside ends the run."""
    return False


class _EnoughError(Exception):
    """Going on is of no use: all is proven, somebody else is done, or the core has become much smaller."""


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
    parameters : ExactParameters
    """

    search: Search
    model: Assignment
    name: str
    threads: int
    bold: bool = False
    over: Callable[[], bool] = never
    parameters: ExactParameters = DEFAULT

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

        Nothing can be done where the objective is not known exactly, or too many VMs make the row too long.
        """
        search = self.search
        if not search.found or search.finished or self.over():
            return None
        if search.tally is None:
            return self._settle_in_doubles()
        if not self.model.program.integer.all():
            return replace(self, model=self._whole_model())._settle(whole)
        while search.found and not (search.finished or self.over()):
            reached, most = search.tally.reached, search.tally.most
            with search.building():
                question = self._question(reached, most, whole=whole)
            if question is None:
                return None
            limit = self._ask(question)
            if limit is not None or (search.tally.reached, search.tally.most) == (reached, most):
                return limit
        return None

    @property
    def _is_whole(self) -> bool:
        """Whether the model is the one that CP-SAT would be given: of classes, all columns integers."""
        return self.model.vms is self.search.problem.vms and bool(self.model.program.integer.all())

    def _whole_model(self) -> Assignment:
        with self.search.building():
            return assignment(self.search.problem)

    def _question(self, reached: int, most: int, *, whole: bool) -> settle.Better | None:
        """Whether anything has more than is reached; None where that cannot be written."""
        search, model = self.search, self.model
        assert search.tally is not None
        program = model.program if whole or search.problem.elastic else no_worse(search, model)
        try:
            return settle.better(program, column_units(model, search.tally.units), reached, most)
        except BackendError:
            return None

    def _settle_in_doubles(self) -> Limit | None:
        """Have CP-SAT, whose columns are whole, prove what another backend's tolerances leave open."""
        search = self.search
        if self.name == settle.BACKEND:
            return None
        model = self.model if self._is_whole else self._whole_model()
        return BackendRun(search, model, settle.BACKEND, self.threads, over=self.over, parameters=self.parameters).run()

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

    def _part(self, whole: bool) -> ProgramPart:
        model, found = self.model, self.search.found
        if found and not (whole or self.search.problem.elastic):
            return better(self.search, model, self.parameters, bold=self.bold)
        start = model.start(self.search.host_index) if found and not whole else None
        return ProgramPart(model.program, -np.inf, start, np.inf)

    def _solve(self, part: ProgramPart) -> LPResult | None:
        """Solve one part; None where that was ended to begin anew, or because it is of no use any more."""
        options = self.search.options
        limits = LPOptions(
            time_limit=self.search.remaining,
            gap=self.parameters.gap_part * options.gap,
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

    def _check(self, part: ProgramPart) -> None:
        bound = self.search.bound if part.bold else self.search.price_bound
        left = bound - self.search.objective + ROUNDING * abs(bound)
        if self.search.proven or self.over() or left <= self.parameters.renewal * part.gap < np.inf:
            raise _EnoughError

    def _take(self, x: FloatArray | None, bound: float, part: ProgramPart) -> None:
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
