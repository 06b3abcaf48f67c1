"""Level: what a solution has of one level of its objective, and a bound on what it could have."""

from __future__ import annotations

from dataclasses import dataclass

from vmopt.bounds import Bound, LevelBound
from vmopt.gap import relative_gap
from vmopt.status import Status


@dataclass(frozen=True, eq=False)
class Level:
    """What a solution has of one level: a tier of priority, or a goal; and what it could have there at best.

    Attributes
    ----------
    priority : int or None
        Of a tier; None for a goal.
    value : float
        Sum of the values of the tier's placed VMs, or what the placement has of the goal.
    certificate : Bound
        No placement that is as good in every level above is better in this one: a tier, or a goal that is maximised,
        has at most so much, another goal at least. A tier is proven by `AllPlaced` where all of its VMs would not be
        worth more, by `LevelBound` (checked by `vmopt.verify_level_bound`), or rests on a claim. `bound` is its value,
        `bound_by` says it in words.
    status : Status
        OPTIMAL where the gap is within the one requested, given the levels above.
    seconds : float
        Wall clock spent on it; levels that were solved together share their time.
    proof : LevelBound or None
        The prices that prove most of a tier.
    goal : str
        What is measured, such as ``utilisation`` or ``fewest-hosts``.
    maximised : bool
        Whether more of it is better.

    Examples
    --------
    >>> import vmopt
    >>> levels = [vmopt.Utilisation(), vmopt.FewestHosts()]
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8], [9]], objective=vmopt.Objective(levels=levels))
    >>> [(level.goal, level.value, level.bound, level.status.value) for level in vmopt.solve(cluster, gap=0).levels]
    [('utilisation', 0.7058823529411764, 0.7058823529411764, 'optimal'), ('fewest-hosts', 2.0, 2.0, 'optimal')]
    """

    priority: int | None
    value: float
    certificate: Bound
    status: Status
    seconds: float
    proof: LevelBound | None = None
    goal: str = "utilisation"
    maximised: bool = True

    @property
    def bound(self) -> float:
        """No placement that is as good in every level above is better than this."""
        return self.certificate.value

    @property
    def bound_by(self) -> str:
        """Where the bound comes from: ``total``, ``prices``, ``patterns`` or the name of a backend; for people."""
        return self.certificate.by

    @property
    def gap(self) -> float:
        """How far apart they are, in parts of the larger one: ``(bound - value) / |bound|`` where more is better."""
        if self.maximised:
            return relative_gap(self.value, self.bound)
        return relative_gap(self.bound, self.value)

    def __repr__(self) -> str:
        tier = "" if self.priority is None else f", priority {self.priority}"
        said = f"{self.goal}{tier}: {self.value:.6g}, bound {self.bound:.6g} by {self.bound_by}"
        return f"Level({said}, {self.status.value})"
