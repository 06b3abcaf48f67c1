"""The best bound of each level, given what the best placement has in the levels above it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from vmopt.arrays import FloatArray
from vmopt.bounds import AllPlaced, LevelBound, Proof
from vmopt.bounds.level_worth import LevelWorth, Steps, bounds_of_levels
from vmopt.level_values import Values


@dataclass(frozen=True, eq=False)
class Combined:
    """A bound of a combined objective, for the levels from `first` on, and the prices that prove most of it."""

    first: int
    per_value: FloatArray
    per_vm: FloatArray
    bound: float
    proof: Proof
    prices: LevelBound


@dataclass(frozen=True)
class Settled:
    """A bound of one level for all placements that have at least so much in each level above."""

    above: Values
    bound: Fraction
    proof: Proof


@dataclass(frozen=True)
class Known:
    """The best bound of one level so far."""

    bound: Fraction
    proof: Proof = field(default_factory=AllPlaced)
    prices: LevelBound | None = None


class Bounds:
    """What is claimed and settled, and what that says of each level.

    Attributes
    ----------
    known : list of Known
        By level; worked out anew whenever the best placement changes.
    """

    def __init__(self, worth: LevelWorth, steps: Steps) -> None:
        self._worth, self._steps = worth, steps
        self.known = [Known(total) for total in steps.totals]
        self._claims: list[Combined] = []
        self._settled: list[Settled] = []

    def claim(self, claim: Combined, values: Values) -> None:
        """Take a claim; `values` are those of the best placement."""
        self._claims.append(claim)
        self._tighten(claim, values)

    def settle(self, settled: Settled, values: Values) -> None:
        """Take a bound of one level."""
        self._settled.append(settled)
        self._apply(settled, values)

    def work_out(self, values: Values) -> None:
        """Work all bounds out anew for a better placement."""
        self.known = [Known(total) for total in self._steps.totals]
        for claim in self._claims:
            self._tighten(claim, values)
        for settled in self._settled:
            self._apply(settled, values)

    def _tighten(self, claim: Combined, values: Values) -> None:
        bounds = bounds_of_levels(claim.bound, claim.per_value, claim.per_vm, self._worth, self._steps, values)
        for level, bound in enumerate(bounds):
            if level >= claim.first and bound is not None:
                self._lower(level, self._steps.down(level, bound), values, claim.proof, claim.prices)

    def _apply(self, settled: Settled, values: Values) -> None:
        level = len(settled.above)
        if all(now >= then for now, then in zip(values, settled.above, strict=False)):
            self._lower(level, settled.bound, values, settled.proof, self.known[level].prices)

    def _lower(self, level: int, bound: Fraction, values: Values, proof: Proof, prices: LevelBound | None) -> None:
        """Lower the bound of a level; never below what a verified placement has there, given the levels above."""
        bound = max(bound, values[level])
        if bound < self.known[level].bound:
            self.known[level] = Known(bound, proof, prices)
