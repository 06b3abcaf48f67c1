"""Standing: what all rows together know of an instance, and what that says of each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from benchmarks.results import Row
from benchmarks.statistics.primal_integral import primal_integral

Problem = tuple[str, str, int]
"""Set, instance and seed."""
TOLERANCE = 1e-6
"""Relative; backends compute their claims to about this."""


@dataclass(frozen=True)
class Standing:
    """What is known of one instance.

    Attributes
    ----------
    best : float
        Largest objective of a verified placement of any method.
    best_known : float or None
        Published objective of the best known placement.
    bound : float
        Least bound that no placement contradicts; infinity where there is none.
    """

    best: float
    best_known: float | None
    bound: float

    @property
    def most(self) -> float:
        """What is known to be reachable: by a placement of this run, or a published one."""
        return max(self.best, self.best_known or 0.0)

    def gap(self, row: Row) -> float | None:
        """``(bound - objective) / bound`` by the least bound; None where there is none."""
        return (self.bound - row.objective) / self.bound if 0 < self.bound < inf else None

    def gap_to_best_known(self, row: Row) -> float | None:
        """``(best known - objective) / best known``: below 0 where the row has found a better placement."""
        return None if not self.best_known else (self.best_known - row.objective) / self.best_known

    def primal_integral(self, row: Row) -> float | None:
        """Area between placement and least bound until the time limit, in seconds; None where it is unknown."""
        known = row.history and 0 < self.bound < inf
        return primal_integral(row.history, self.bound, row.time_limit) if known else None


def standings(rows: Iterable[Row]) -> Mapping[Problem, Standing]:
    """Put together what the rows know of each instance."""
    grouped: dict[Problem, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.problem].append(row)
    return {problem: _standing(group) for problem, group in grouped.items()}


def _standing(rows: list[Row]) -> Standing:
    best = max((row.objective for row in rows if row.verified), default=0.0)
    published = next((row.best_known for row in rows if row.best_known is not None), None)
    reachable = max(best, published or 0.0)
    sound = [row.bound for row in rows if row.bound is not None and _holds(row, row.bound, reachable)]
    return Standing(best, published, min(sound, default=inf))


def _holds(row: Row, bound: float, reachable: float) -> bool:
    return row.bound_verified is not False and bound >= reachable * (1 - TOLERANCE)


def wrong_claims(row: Row, standing: Standing) -> tuple[str, ...]:
    """Say what a row claims and does not hold; empty where nothing is wrong.

    A row claims that its placement fits, that nothing is worth more than its bound, and, where it says ``optimal``,
    that nothing is worth more than the requested gap above its objective. A solve that failed claims nothing.
    """
    if row.failed:
        return ()
    wrong = []
    if not row.verified:
        wrong.append("its placement does not fit")
    if row.bound_verified is False:
        wrong.append(f"what it gives as proof does not prove its bound of {row.bound:.9g}")
    if row.bound is not None and row.bound < standing.most * (1 - TOLERANCE):
        wrong.append(f"its bound is {row.bound:.9g}, but {standing.most:.9g} is reached")
    within = 1 - row.requested_gap - TOLERANCE
    if row.status == "optimal" and row.objective < standing.most * within:
        wrong.append(f"it calls {row.objective:.9g} optimal, but {standing.most:.9g} is reached")
    return tuple(wrong)
