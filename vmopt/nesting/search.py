"""The search for both levels: a start by the relaxation, its prices, and one program where that is not hopeless."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from math import ceil, gcd, inf, lcm

import numpy as np

from vmopt.arrays import IntArray
from vmopt.backends.base import Backend, LPOptions, LPResult
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.nesting.check import verify_nest
from vmopt.nesting.nested import Nested
from vmopt.nesting.prices import NestPrices, price_bound
from vmopt.nesting.program import NestProgram, Slots, nest_program
from vmopt.nesting.relaxed import NestedMaster
from vmopt.nesting.solution import NestLevel, NestSolution
from vmopt.nesting.start import Answer, clock, largest_first, opened, placed
from vmopt.solution import Limit, Status

MOST_PAIRS = 50_000
"""Container classes times slots up to which the one program is worth building."""
MOST_CELLS = 2_000_000
"""Container classes times host classes up to which the relaxation is."""
SHARE_OF_RELAXATION, SHARE_OF_START, RESERVE = 0.25, 0.5, 0.2
"""Parts of the time; without the one program the start has all of it but the reserve, which is for the last bound."""
SHARE_OF_FIRST = 2 / 3
"""Part of the time of the start for the VMs that the relaxation opens; the rest is for the largest VMs."""
NEAR = 1 - 1e-6
"""Part of the best utilisation in fractions that the cheapest VMs to start with have."""


class NestSearch:
    """Both levels, one after the other."""

    def __init__(self, nested: Nested, units: IntArray, solver: Backend, end: float, seed: int, threads: int) -> None:
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
            self._begin(time.perf_counter())
            if not self.stopped:
                self._as_one_program()
            if not self.stopped:
                self._bound_cost()
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
        return Slots.count(self.nested) * len(self.units) <= MOST_PAIRS

    def _begin(self, now: float) -> None:
        """Bound the utilisation by prices, and find an answer with the VMs that the relaxation opens."""
        nested, seconds = self.nested, clock(self.end)
        if not self.total or len(self.units) * len(nested.cluster.host_classes) > MOST_CELLS or not nested.flavors:
            return
        until = now + SHARE_OF_RELAXATION * seconds
        self.master = NestedMaster(nested, lambda: time.perf_counter() < until)
        relaxed = self.master.solve()
        if relaxed is None:
            return
        self.prices.append(relaxed.prices)
        bound = price_bound(nested, relaxed.prices, seconds=clock(until))
        self.most = min(self.most, float(self._worth_at_most(bound)))
        cheap = self.master.solve(relaxed.value * NEAR)
        share = SHARE_OF_START * seconds if self.small else clock(self.end) - RESERVE * seconds
        self._start(opened(nested, cheap or relaxed), share * SHARE_OF_FIRST)
        if not self.stopped and self.worth < self.most:
            self._start(largest_first(nested), share * (1 - SHARE_OF_FIRST))

    def _start(self, vms: list[tuple[int, int]], seconds: float) -> None:
        """Place containers in VMs that are open, and keep that where it is better than what is known."""
        found, limit = placed(self.nested, vms, max(seconds, 0.0), self.seed, self.threads)
        self.limit = limit if limit is Limit.INTERRUPTED or not self.small else None
        if found is not None:
            self._keep(found)

    def _as_one_program(self) -> None:
        """Search the whole of it, from what is known; what backends claim of bounds is taken."""
        if not self.small:
            return
        model = nest_program(self.nested, self.units)
        if self.worth < self.most or not self.holds:
            found = self._solve(model, model.program)
            self.infeasible = found.status is Status.INFEASIBLE and not self.holds
            self.limit = found.limit
            if found.status is Status.OPTIMAL:
                self.most = float(self.worth)
            elif not self.infeasible:
                self.most = min(self.most, found.bound)
        if self.holds and not self.stopped:
            won = self.worth
            found = self._solve(model, model.cheapest(won), won)
            self.limit = found.limit or self.limit
            self.cheapest = found.status is Status.OPTIMAL
            self.least_cost = max(self.least_cost, -found.bound)

    def _bound_cost(self) -> None:
        """Bound what an answer with this utilisation costs at least, by prices."""
        if self.master is None or self.cheapest or not self.worth:
            return
        value = self.worth * self._unit
        until = max(self.end, time.perf_counter() + 0.1)
        self.master.keep_going = lambda: time.perf_counter() < until
        relaxed = self.master.solve(value * (1 - 1e-9))
        if relaxed is not None:
            self.prices.append(relaxed.prices)
            bound = price_bound(self.nested, relaxed.prices, seconds=until - time.perf_counter())
            self.least_cost = max(self.least_cost, relaxed.prices.worth * value - bound)

    def _solve(self, model: NestProgram, program: LinearProgram, least: int = 0) -> LPResult:
        start = np.zeros(0) if not self.vms else model.point(self.vms, self.vm_of)
        known = start if len(start) == program.n_columns else None
        options = LPOptions(clock(self.end), 0.0, self.seed, self.threads, start=known)
        found = self.solver.solve(program, options)
        if found.x is not None:
            answer = model.answer(found.x)
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

    def _worth_at_most(self, bound: float) -> int:
        worth = self.nested.cluster.worth
        return self.total if worth is None or bound == inf else worth.at_most(bound, Fraction(0))

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


def cost_unit(nested: Nested) -> Fraction | None:
    """Greatest amount that the costs of all flavours are multiples of; None where nothing costs anything."""
    costs = [Fraction(str(flavor.cost)) for flavor in nested.flavors]
    parts = lcm(*(cost.denominator for cost in costs))
    common = gcd(*(int(cost * parts) for cost in costs))
    return Fraction(common, parts) if common else None


def _status(proven: bool) -> Status:
    return Status.OPTIMAL if proven else Status.FEASIBLE
