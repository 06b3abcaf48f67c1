"""Stage: the search of one level, among placements that hold what the levels above have reached."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from vmopt.arrays import IntArray
from vmopt.bounds import Bound, Nature, Proof
from vmopt.errors import SolverError
from vmopt.goals.holds import Hold
from vmopt.levels import Level
from vmopt.methods.call import Call
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance
from vmopt.options import Options
from vmopt.status import Status
from vmopt.verify import verify

ROUNDING = Fraction(1, 10**9)
"""Part of a value that a bound in doubles may be off."""


class Stage(Call):
    """The best placement of one level, and the best bound.

    Attributes
    ----------
    level : GoalLevel
    holds : sequence of Hold
        What placements have to hold of the levels above.
    value : Fraction
    bound : Fraction or None
        No placement that keeps the holds is better; None while nothing is known.
    proof : Proof
        What proves the bound.
    bound_is_told : bool
        Whether anybody asked for the level: else its bound only ends the search, and is not worth much time.
    """

    def __init__(
        self,
        instance: Instance,
        options: Options,
        level: GoalLevel,
        holds: Sequence[Hold],
        host_index: IntArray,
        started: float | None = None,
        *,
        bound_is_told: bool = True,
    ) -> None:
        super().__init__(instance, options, started)
        self.bound_is_told = bound_is_told
        self.level, self.holds = level, tuple(holds)
        self.host_index, self.found = host_index, True
        self.value = level.value(instance, host_index)
        costs_only = not level.maximised and all(not goal.maximised for goal in level.goals)
        self.bound: Fraction | None = Fraction(0) if costs_only else None
        self.proof: Proof = Nature()

    @property
    def gap(self) -> Fraction | None:
        """How far value and bound are apart, in parts of the larger one, as a Level has it; None without a bound."""
        if self.bound is None:
            return None
        apart, of = abs(self.value - self.bound), abs(self.bound if self.level.maximised else self.value)
        return apart / of if of else (Fraction(0) if not apart else None)

    @property
    def proven(self) -> bool:
        """Whether the placement is within the requested gap of the bound."""
        gap = self.gap
        return gap is not None and gap <= Fraction(self.options.gap) + (0 if not self.options.gap else ROUNDING)

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to do, or no time to do it."""
        return self.proven or self.remaining <= 0

    def is_better(self, value: Fraction) -> bool:
        """Whether a value is better than that of the best placement."""
        return value > self.value if self.level.maximised else value < self.value

    def suggest(self, host_index: IntArray, method: str) -> bool:
        """Take a placement of which it is not known whether it fits, if it does and is better."""
        better = self.is_better(self.level.value(self.instance, host_index))
        return better and not verify(self.instance, host_index) and self.offer(host_index, method)

    def offer(self, host_index: IntArray, method: str) -> bool:
        """Take a placement if it is better and holds what it has to; tell whether it was taken.

        Raises
        ------
        SolverError
            If it breaks a capacity or a rule.
        """
        host_index = self.problem.stay(host_index)
        value = self.level.value(self.instance, host_index)
        if not self.is_better(value):
            return False
        violations = verify(self.instance, host_index)
        if violations:
            raise SolverError(f"{method} made a placement that does not fit: {violations[0]}.")
        if not all(hold.keeps(self.instance, host_index) for hold in self.holds):
            return False
        with self._lock:
            if not self.is_better(value):
                return False
            self.host_index, self.value = np.asarray(host_index, dtype=np.int64), value
            if self.bound is not None and self._beyond(self.bound, value):
                self._pass(self.bound, value, method)
            self._report(method)
        return True

    def tighten(self, bound: Fraction, proof: Proof, method: str) -> bool:
        """Take a bound if it is closer, unless the best placement contradicts it; tell whether it was taken."""
        with self._lock:
            if self._beyond(bound, self.value):
                if abs(bound - self.value) > abs(self.value) * ROUNDING:
                    self._contradicted(method)
                    return False
                bound = self.value
            if self.bound is not None and not self._beyond(bound, self.bound):
                return False
            self.bound, self.proof = bound, proof
            self._report(method)
        return True

    def as_level(self, seconds: float) -> Level:
        """What is known now, as a row of a Solution."""
        value = float(self.value)
        bound = float(self.bound) if self.bound is not None else (np.inf if self.level.maximised else -np.inf)
        return Level(
            priority=None,
            value=value,
            certificate=Bound(bound, self.proof),
            status=Status.OPTIMAL if self.proven else Status.FEASIBLE,
            seconds=seconds,
            goal=str(self.level),
            maximised=self.level.maximised,
        )

    def _beyond(self, bound: Fraction, other: Fraction) -> bool:
        """Whether a bound says more than another value."""
        return bound < other if self.level.maximised else bound > other

    def _pass(self, bound: Fraction, value: Fraction, method: str) -> None:
        """Take the value for a bound that is passed by rounding alone."""
        if abs(bound - value) > abs(value) * ROUNDING:
            self._contradicted(method)
        else:
            self.bound = value

    def _contradicted(self, method: str) -> None:
        self.bound = None
        warnings.warn(
            f"a bound of {self.level} by {method} is contradicted by a verified placement: it is ignored.",
            RuntimeWarning,
            stacklevel=3,
        )

    def _report(self, method: str) -> None:
        bound = float("nan") if self.bound is None else float(self.bound)
        self.tell(float(self.value), bound, f"{self.level}: {method}")
