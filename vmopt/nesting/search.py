"""The search for both levels: a start by the relaxation, its prices, and one program where that is not hopeless."""

from __future__ import annotations

import time
from dataclasses import replace
from math import ceil

import numpy as np

from vmopt.arrays import IntArray
from vmopt.backends.base import Backend, LPOptions, LPResult
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.nesting.check import verify_nest
from vmopt.nesting.free import Answer, Free
from vmopt.nesting.improve import Improve
from vmopt.nesting.nested import Nested
from vmopt.nesting.parameters import NestParameters
from vmopt.nesting.prices import NestPrices, price_bound
from vmopt.nesting.program import NestProgram, nest_program
from vmopt.nesting.relaxed import NestedMaster
from vmopt.nesting.slots import Slots
from vmopt.nesting.solution import NestLevel, NestSolution
from vmopt.nesting.start import clock, largest_first, opened, placed
from vmopt.nesting.whole import cost_unit, worth_at_most
from vmopt.status import Limit, Status


class NestSearch:
    """Both levels, one after the other."""

    def __init__(
        self,
        nested: Nested,
        units: IntArray,
        solver: Backend,
        end: float,
        seed: int,
        threads: int,
        parameters: NestParameters,
    ) -> None:
        self.parameters = parameters
        self.nested, self.units, self.solver = nested, units, solver
        self.end, self.seed, self.threads = end, seed, threads
        self.vms: tuple[tuple[int, int], ...] = ()
        self.vm_of = np.full(nested.cluster.n_vms, -1, dtype=np.int64)
        self.holds = not verify_nest(nested, self.vms, self.vm_of)
        self.total = int(units @ nested.cluster.vm_classes.count)
        self.most, self.least_cost, self.cheapest = float(self.total), 0.0, False
        self.limit: Limit | None = None
        self.infeasible = False
        self.master: NestedMaster | None = None
        self.prices: list[NestPrices] = []

    def run(self, started: float) -> NestSolution:
        """Search until both levels are proven or the time is up; on Ctrl-C the best so far is kept."""
        try:
            for stage in (self._begin, self._as_one_program, self._improve):
                if not self.stopped:
                    stage()
        except KeyboardInterrupt:
            self.limit = Limit.INTERRUPTED
        if not self.holds:
            return self._answer((), Status.INFEASIBLE if self.infeasible else Status.NOT_FOUND, started)
        levels = self._levels()
        return self._answer(levels, _status(all(level.status is Status.OPTIMAL for level in levels)), started)

    @property
    def stopped(self) -> bool:
        """Whether nothing more is to be done."""
        return self.infeasible or self.limit is Limit.INTERRUPTED

    @property
    def small(self) -> bool:
        """Whether the one program is not hopeless."""
        slots = Slots.count(self.nested, Free.all(self.nested))
        return slots * len(self.units) <= self.parameters.most_pairs

    def _begin(self) -> None:
        """Bound the utilisation by prices, and find an answer with the VMs that the relaxation opens."""
        nested, share, seconds = self.nested, self.parameters, clock(self.end)
        n_cells = len(self.units) * len(nested.cluster.host_classes)
        if not self.total or n_cells > share.most_cells or not nested.flavors:
            return
        until = time.perf_counter() + share.relaxation * seconds
        self.master = NestedMaster(nested, lambda: time.perf_counter() < until)
        relaxed = self.master.solve()
        if relaxed is None:
            return
        self.prices.append(relaxed.prices)
        bound = price_bound(nested, relaxed.prices, seconds=clock(until))
        self.most = min(self.most, float(worth_at_most(nested, bound, self.total)))
        cheap = self.master.solve(relaxed.value * share.near)
        self._start(opened(nested, cheap or relaxed), share.first * seconds)
        if not self.stopped and self.worth < self.most:
            self._start(largest_first(nested), share.largest * seconds)

    def _start(self, vms: list[tuple[int, int]], seconds: float) -> None:
        """Place containers in VMs that are open, and keep that where it is better than what is known."""
        found, limit = placed(self.nested, vms, seconds, self.seed, self.threads)
        self.limit = limit if limit is Limit.INTERRUPTED else None
        if found is not None:
            self._keep(found)

    def _as_one_program(self) -> None:
        """Search the whole of it, from what is known; what backends claim of bounds is taken."""
        if not self.small:
            return
        model = nest_program(self.nested, self.units, Free.all(self.nested))
        until = self.end if not self.holds else time.perf_counter() + self.parameters.program * clock(self.end)
        if self.worth < self.most or not self.holds:
            found = self._solve(model, model.program, until)
            self.infeasible = found.status is Status.INFEASIBLE and not self.holds
            if found.status is Status.OPTIMAL:
                self.most = float(self.worth)
            elif not self.infeasible:
                self.most = min(self.most, found.bound)
        if self.proven and not self.stopped:
            self._bound_cost(time.perf_counter() + self.parameters.reserve * clock(until))
        if self.proven and not self.stopped and self._levels()[1].status is not Status.OPTIMAL:
            won = self.worth
            found = self._solve(model, model.cheapest(won), until)
            self.cheapest = found.status is Status.OPTIMAL
            self.least_cost = max(self.least_cost, -found.bound)

    def _improve(self) -> None:
        """Open the VMs of a few hosts anew: for more worth, then, with a bound of it, for less cost."""
        if not self.holds or all(level.status is Status.OPTIMAL for level in self._levels()):
            return
        seconds, kept = clock(self.end), self.parameters.reserve * clock(self.end)
        prices = self.prices[0] if self.prices else None
        answer = self.vms, self.vm_of
        improve = Improve(
            self.nested, self.units, answer, self.solver, self.seed, self.threads, prices, self.parameters.improve
        )
        if not self.proven:
            self._try(improve, time.perf_counter() + self.parameters.worth * (seconds - kept), cheaper=False)
            if improve.exhausted:
                self.most = float(self.worth)
        self._bound_cost(time.perf_counter() + kept)
        if self._levels()[1].status is not Status.OPTIMAL:
            self._try(improve, self.end, cheaper=True)
            self.cheapest |= improve.exhausted

    def _try(self, improve: Improve, end: float, *, cheaper: bool) -> None:
        for answer in improve.tries(end, cheaper=cheaper):
            self._keep(answer)
            if self._levels()[int(cheaper)].status is Status.OPTIMAL:
                break

    def _bound_cost(self, until: float) -> None:
        """Bound what an answer with this utilisation costs at least, by prices."""
        if self.master is None or not self.worth:
            return
        value = self.worth * self._unit
        self.master.keep_going = lambda: time.perf_counter() < until
        relaxed = self.master.solve(value * (1 - 1e-9))
        if relaxed is not None:
            self.prices.append(relaxed.prices)
            bound = price_bound(self.nested, relaxed.prices, seconds=clock(until))
            self.least_cost = max(self.least_cost, relaxed.prices.worth * value - bound)

    def _solve(self, model: NestProgram, program: LinearProgram, until: float) -> LPResult:
        known = (
            None if not self.holds or not self.vms else model.columns.point(program.n_columns, (self.vms, self.vm_of))
        )
        options = LPOptions(clock(until), 0.0, self.seed, self.threads, start=known)
        found = self.solver.solve(program, options)
        self.limit = Limit.INTERRUPTED if found.limit is Limit.INTERRUPTED else None
        if found.x is not None:
            answer = model.columns.answer(found.x)
            faults = verify_nest(self.nested, *answer)
            if faults:
                raise SolverError(f"{self.solver.name} returned what does not hold: {faults[0]}.")
            self._keep(answer)
        return found

    def _keep(self, answer: Answer) -> None:
        """Keep an answer that holds where it is better."""
        before = self.vms, self.vm_of, (self.holds, self.worth, -self.cost)
        self.vms, self.vm_of = answer
        if (True, self.worth, -self.cost) < before[2]:
            self.vms, self.vm_of = before[:2]
        self.holds = True

    @property
    def proven(self) -> bool:
        """Whether nothing is worth more."""
        return self.holds and self.most < self.worth + 1

    @property
    def worth(self) -> int:
        """Utilisation in units."""
        return int(self.units[self.nested.cluster.vm_classes.of[self.vm_of >= 0]].sum())

    @property
    def cost(self) -> float:
        """What the open VMs cost."""
        return float(sum(self.nested.flavors[flavor].cost for flavor, _ in self.vms))

    @property
    def _unit(self) -> float:
        return float(self.nested.cluster.worth.unit) if self.nested.cluster.worth else 0.0

    def _levels(self) -> tuple[NestLevel, NestLevel]:
        won, cost, unit = self.worth, self.cost, cost_unit(self.nested)
        proven = self.most < won + 1
        first = NestLevel("utilisation", won * self._unit, max(won, self.most) * self._unit, _status(proven))
        if proven:
            first = replace(first, bound=first.value)
        least = min(max(self.least_cost, 0.0), cost)
        least = least if unit is None else min(float(ceil(least / unit * (1 - 1e-9)) * unit), cost)
        cheapest = self.cheapest or least >= cost
        if not self.vms and not proven:  # no VMs cost nothing, which is no success of the search
            cheapest = False
        return first, NestLevel("cost", cost, cost if cheapest else least, _status(cheapest))

    def _answer(self, levels: tuple[NestLevel, ...], status: Status, started: float) -> NestSolution:
        seconds, prices = time.perf_counter() - started, tuple(self.prices)
        limit = None if status in (Status.OPTIMAL, Status.INFEASIBLE) else self.limit or Limit.TIME
        return NestSolution(self.nested, self.vms, self.vm_of, levels, status, limit, self.solver.name, seconds, prices)


def _status(proven: bool) -> Status:
    return Status.OPTIMAL if proven else Status.FEASIBLE
