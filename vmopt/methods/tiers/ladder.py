"""Ladder: the best placement level by level, and the best bound of each level."""

from __future__ import annotations

from fractions import Fraction
from math import fsum, nextafter

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.bounds import Bound, Claim, Enumeration, LevelBound, Levels
from vmopt.bounds.level_worth import Steps, combined, worth_of
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.proofs import name_of
from vmopt.elastic.allocation import best_allocation
from vmopt.errors import SolverError
from vmopt.host_index import to_host_index
from vmopt.io.fingerprint import fingerprint
from vmopt.level_values import Values, tiers_of, values_of
from vmopt.levels import Level
from vmopt.methods.call import Call
from vmopt.methods.outcome import outcome
from vmopt.methods.ruled.mend import mend
from vmopt.methods.search import Search
from vmopt.methods.tiers.bounds import Bounds, Combined, Known, Settled
from vmopt.methods.tiers.fill import fills, lawful_starts
from vmopt.methods.tiers.parameters import DEFAULT
from vmopt.methods.tiers.weights import Weights
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.solution import Solution
from vmopt.status import Status
from vmopt.verify import verify

ROUNDING = 1e-9
"""What a gap in doubles may be off, where values are no integers."""


class Ladder(Call):
    """What is known of all levels in one call of solve(): the counterpart of `Search` where priorities are tiers.

    A placement is better than another if it has more in the first level in which they differ, in exact arithmetic. A
    bound of a level holds given the levels above; it is worked out anew from its proof whenever those change.

    Attributes
    ----------
    values : tuple of Fraction
        Its value in each level.
    infeasible_by : str or None
        Who proved that there is no placement.
    """

    def __init__(self, instance: Instance, options: Options, started: float | None = None) -> None:
        super().__init__(instance, options, started)
        self.tiers = tiers_of(instance)
        self.worth = worth_of(instance)
        self.steps = Steps.of(instance, self.worth)
        self.values: Values = (Fraction(0),) * len(self.tiers)
        self._bounds = Bounds(self.worth, self.steps)
        self.seconds_of = [0.0] * len(self.tiers)
        self.infeasible_by: str | None = None

    @property
    def known(self) -> list[Known]:
        """The best bound of each level."""
        return self._bounds.known

    @property
    def objective(self) -> float:
        """Sum of the values of the placed VMs, of all levels."""
        return fsum(map(float, self.values))

    @property
    def bound(self) -> float:
        """Sum of the bounds of the levels."""
        return fsum(_upwards(value, known.bound) for value, known in zip(self.values, self.known, strict=True))

    def reaches(self, value: Fraction, bound: Fraction) -> bool:
        """Whether a value is within the requested gap of a bound; exactly, where values are, or no gap is allowed."""
        tolerance = self.options.gap + (0.0 if self.worth.whole or not self.options.gap else ROUNDING)
        return value >= bound * (1 - Fraction(tolerance))

    def is_settled(self, level: int) -> bool:
        """Whether a level is within the requested gap of its bound."""
        return self.found and self.reaches(self.values[level], self.known[level].bound)

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement of all levels if it is better; tell whether it was.

        Raises
        ------
        SolverError
            If the placement breaks a capacity.
        """
        host_index = self.problem.stay(to_host_index(self.instance, placement))
        violations = verify(self.instance, host_index)
        if violations:
            raise SolverError(f"{method} made a placement that does not fit: {violations[0]}.")
        values = values_of(self.instance, host_index)
        with self._lock:
            if self.found and values <= self.values:
                return False
            self.found, self.host_index, self.values = True, host_index, values
            self._bounds.work_out(values)
            self.report(method)
            return True

    def fill(self, host_index: IntArray, last: int, method: str, grace_seconds: float = DEFAULT.grace_seconds) -> None:
        """Offer a placement of the levels up to `last`, with VMs of the others added."""
        stop = self.started + self.options.time_limit + grace_seconds
        for start in lawful_starts(self.problem, self.tiers.of, host_index, last):
            if self.problem.rules:
                self._offer_lawful(start, method)
            for filled in fills(self.instance, start, last, stop):
                self._offer_lawful(filled, method)

    def _offer_lawful(self, host_index: IntArray, method: str) -> None:
        """Offer a placement, without the VMs that break a rule."""
        kept = mend(self.problem, host_index) if self.problem.rules else host_index
        if kept is not None:
            self.offer(kept, method)

    def claim(self, search: Search, first: int, weights: Weights) -> None:
        """Take the bounds of a search of levels that are combined by these weights."""
        proof = LevelBound(frozen(search.prices), frozen(weights.per_value), frozen(weights.per_vm))
        factors = weights.per_value, weights.per_vm
        self._take(Combined(first, *factors, search.price_bound, proof, proof))
        if search.bound < search.price_bound:
            self._take(Combined(first, *factors, search.bound, Claim(name_of(search.proof)), proof))

    def settle(self, above: Values, bound: Fraction, by: str) -> None:
        """Take a bound of the level below those that have at least so much, found in whole numbers."""
        with self._lock:
            self._bounds.settle(Settled(above, bound, Enumeration(by)), self.values)
        self.report(by)

    def recall(self, solution: Solution) -> None:
        """Prove anew what the levels of an earlier solution of the same instance prove by prices."""
        levels, other = solution.levels, solution.instance
        if not (other is self.instance or fingerprint(other) == fingerprint(self.instance)):
            return
        proofs = {id(level.proof): level.proof for level in levels if level.proof is not None}
        for proof in proofs.values():
            first = next(k for k, level in enumerate(levels) if level.proof is proof)
            part, _ = combined(self.instance, self.worth, proof.per_value, proof.per_vm)
            bound = verify_bound(part, proof.prices)
            self._take(Combined(first, proof.per_value, proof.per_vm, bound, proof, proof))

    def report(self, method: str) -> None:
        """Write down, and tell, what is known now."""
        self.tell(self.objective, self.bound, method)

    def solution(self, method: str) -> Solution:
        """What is known now, as a Solution."""
        if not self.found:
            self.fill(self.host_index, -1, method)
        with self._lock:
            return self._solution(method)

    def _solution(self, method: str) -> Solution:
        levels = self._levels()
        proven = all(level.status is Status.OPTIMAL for level in levels)
        allocation = best_allocation(self.instance, self.host_index) if self.problem.elastic else None
        objective = metrics.objective_of(self.instance, self.host_index, allocation)
        reached = all(known.bound <= value for value, known in zip(self.values, self.known, strict=True))
        bound = Bound(objective if reached else max(objective, fsum(level.bound for level in levels)), Levels())
        status = Status.OPTIMAL if proven else Status.FEASIBLE
        if not self.found:
            return self._without_placement(method, objective, bound)
        return outcome(self, method, status, objective, bound, allocation, levels=levels)

    def _without_placement(self, method: str, objective: float, bound: Bound) -> Solution:
        """What is known where VMs must run that do not."""
        allocation = np.zeros_like(self.instance.demand) if self.problem.elastic else None
        if self.infeasible_by is None:
            return outcome(self, method, Status.NOT_FOUND, objective, bound, allocation)
        nothing = Bound(objective, Claim(self.infeasible_by))
        return outcome(self, method, Status.INFEASIBLE, objective, nothing, allocation)

    def _levels(self) -> tuple[Level, ...]:
        return tuple(
            Level(
                priority=priority,
                value=float(value),
                certificate=Bound(_upwards(value, known.bound), known.proof),
                status=Status.OPTIMAL if self.reaches(value, known.bound) else Status.FEASIBLE,
                seconds=seconds,
                proof=known.prices,
            )
            for priority, value, known, seconds in zip(
                self.tiers.priority.tolist(), self.values, self.known, self.seconds_of, strict=True
            )
        )

    def _take(self, claim: Combined) -> None:
        with self._lock:
            self._bounds.claim(claim, self.values)


def _upwards(value: Fraction, bound: Fraction) -> float:
    """The nearest float that is not below a bound, or the value's own where they are equal."""
    nearest = float(bound)
    return nearest if bound <= value or Fraction(nearest) >= bound else nextafter(nearest, np.inf)
