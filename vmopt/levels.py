"""Level: what a solution has of one level of priority, and a bound on what it could have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vmopt.bounds import Bound, LevelBound
from vmopt.gap import relative_gap

if TYPE_CHECKING:
    from vmopt.solution import Status


@dataclass(frozen=True, eq=False)
class Level:
    """What a solution has of one level of priority, and what it could have there at most.

    Attributes
    ----------
    priority : int
    value : float
        Sum of the values of the level's placed VMs.
    certificate : Bound
        No placement that has as much in every level above has more in this one; at least `value`. It is proven by
        `AllPlaced` where all VMs of the level would not be worth more, by `LevelBound` (checked by
        `vmopt.verify_level_bound`), or rests on a claim. `bound` is its value, `bound_by` says it in words.
    status : Status
        OPTIMAL where the gap is within the one requested, given the levels above.
    seconds : float
        Wall clock spent on it; levels that were solved together share their time.
    proof : LevelBound or None
        The prices that prove most.
    """

    priority: int
    value: float
    certificate: Bound
    status: Status
    seconds: float
    proof: LevelBound | None = None

    @property
    def bound(self) -> float:
        """No placement that has as much in every level above has more in this one."""
        return self.certificate.value

    @property
    def bound_by(self) -> str:
        """Where the bound comes from: ``total``, ``prices``, ``patterns`` or the name of a backend; for people."""
        return self.certificate.by

    @property
    def gap(self) -> float:
        """``(bound - value) / |bound|``; 0 where they are equal."""
        return relative_gap(self.value, self.bound)
