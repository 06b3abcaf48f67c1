"""Levels: a placement that runs a VM against a solution, level after level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vmopt.explain.records import Reason
from vmopt.solution import Solution
from vmopt.status import Status

TOLERANCE = 1e-9
FOUND = (Status.OPTIMAL, Status.FEASIBLE)


@dataclass(frozen=True)
class _Row:
    """One level of both, of which more is better, with what it may lose to those after it.

    A tier after the first of a level with slack is bounded among placements that lose nothing of the tiers before it:
    what is proven of those says nothing of others (`speaks`).
    """

    mine: float
    theirs: float
    at_most: float
    slack: float
    proven: bool
    speaks: bool

    @property
    def rounding(self) -> float:
        return TOLERANCE * max(1.0, abs(self.mine))

    @property
    def limit(self) -> float:
        """No best placement has less."""
        return self.mine - self.slack * abs(self.mine) - self.rounding


def kind_by_levels(solution: Solution, run: Solution) -> Reason:
    """Say whether a VM was outbid, from the best placement that runs it; `NO_ROOM` where that is not proven.

    It was outbid if no placement that runs it, and keeps what the levels above reach, has as much of a level as the
    slack leaves; all levels above are proven then. It was left out if its placement is as good in every level, or,
    where nothing has slack, better in the first in which they differ.

    Examples
    --------
    >>> import vmopt
    >>> goals = vmopt.Objective(levels=[vmopt.FewestHosts(), vmopt.Utilisation()])
    >>> cluster = vmopt.Instance.from_arrays([[4]], [[8]], objective=goals)
    >>> empty = vmopt.solve(cluster, gap=0)
    >>> kind_by_levels(empty, vmopt.solve(cluster.replace(rules=[vmopt.MustRun("vm-0")]), gap=0)).value
    'outbid'
    """
    if run.status not in FOUND:
        return Reason.NO_ROOM
    rows = list(_rows(solution, run))
    if all(row.theirs >= row.mine - row.rounding for row in rows):
        return Reason.LEFT_OUT
    for row in rows:
        if row.speaks and row.at_most < row.limit:
            return Reason.OUTBID
        if not row.slack and row.theirs > row.mine + row.rounding:
            return Reason.LEFT_OUT
        even = row.slack or row.theirs >= row.mine - row.rounding
        if not (row.proven and row.speaks and even):
            return Reason.NO_ROOM
    return Reason.NO_ROOM


def is_ahead(mine: Solution, theirs: Solution) -> bool | None:
    """Whether no placement of their kind is best, where both are proven the best of their kinds.

    Without slack the first level in which they differ decides. Where a level has slack, what theirs can reach in it, or
    in one below, must be less than the slack leaves; None where it is not, as more may be kept than theirs keeps.

    Examples
    --------
    >>> import vmopt
    >>> goals = vmopt.Objective(levels=[vmopt.FewestHosts(), vmopt.Utilisation()])
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[4]], objective=goals)
    >>> first, second = (cluster.replace(rules=[vmopt.MustRun(name)]) for name in ("vm-0", "vm-1"))
    >>> is_ahead(vmopt.solve(first, gap=0), vmopt.solve(second, gap=0))
    True
    """
    slack_above = False
    for row in _rows(mine, theirs):
        slack_above = slack_above or row.slack > 0
        if row.theirs > row.mine + row.rounding:
            return None if slack_above else False
        if row.speaks and row.at_most < row.limit:
            return True
    return None if slack_above else False


def _rows(solution: Solution, run: Solution) -> Iterator[_Row]:
    slacks = solution.instance.objective.slack_of_levels
    n_tiers = max(len(solution.levels) - max(len(slacks), 1) + 1, 1)
    slack_of = [*([slacks[0]] * n_tiers), *slacks[1:]] if slacks else [0.0] * len(solution.levels)
    for n, (mine, theirs) in enumerate(zip(solution.levels, run.levels, strict=True)):
        sign = 1.0 if mine.maximised else -1.0
        speaks = not (slack_of[n] and 0 < n < n_tiers)
        proven = mine.gap <= TOLERANCE or (mine.status is Status.OPTIMAL and not solution.requested_gap)
        yield _Row(sign * mine.value, sign * theirs.value, sign * theirs.bound, slack_of[n], proven, speaks)
