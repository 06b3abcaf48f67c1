"""What a file of a solution claims in numbers, held against what the data and its other numbers say."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, inf, isclose, isfinite

from vmopt.errors import FileError
from vmopt.io.json_file import Fields
from vmopt.rules.breach import Breach
from vmopt.solution import Solution
from vmopt.status import Status

ROUNDING = 1e-9
"""Relative difference that another machine's arithmetic may make."""
NUMBER = (int, float)


def check_status(solution: Solution, fields: Fields) -> None:
    """Refuse a gap or a status that objective and bound do not bear out."""
    where, gap, status = fields.where, number(fields, "gap", type(None)), solution.status
    true_gap = solution.gap if isfinite(solution.bound) else inf
    if not isclose(gap, true_gap, rel_tol=ROUNDING, abs_tol=ROUNDING):
        raise FileError(f"{where}: it claims gap {gap}, but objective and bound are {true_gap} apart.")
    alone = not solution.instance.objective.goal_levels
    if alone and status is Status.OPTIMAL and true_gap > solution.requested_gap + 2 * ROUNDING:
        raise FileError(f"{where}: it claims to be optimal, but the gap {true_gap} is above {solution.requested_gap}.")
    if solution.levels:
        _check_sums(solution, where)
    if status in (Status.INFEASIBLE, Status.NOT_FOUND) and solution.n_placed:
        raise FileError(f"{where}: its status is {status.value!r}, but it places {solution.n_placed} VMs.")


def _check_sums(solution: Solution, where: str) -> None:
    """Refuse levels that do not add up to the bound, or an optimum of which a level is not within the gap."""
    tiers = [level for level in solution.levels if level.priority is not None]
    total = fsum(level.bound for level in tiers)
    if tiers and not isclose(total, solution.bound, rel_tol=ROUNDING):
        raise FileError(f"{where}: it claims bound {solution.bound}, but the bounds of its levels add up to {total}.")
    for level, slack in zip(solution.levels, _slack_of(solution), strict=True):
        allowed = solution.requested_gap + slack + 2 * ROUNDING
        if level.gap > allowed and Status.OPTIMAL in (level.status, solution.status):
            name = level.goal if level.priority is None else f"priority {level.priority}"
            raise FileError(f"{where}: {name} is not optimal at a gap of {level.gap}.")


def _slack_of(solution: Solution) -> tuple[float, ...]:
    """What each row may have lost again to those after it; all tiers are of the first level."""
    slack = solution.instance.objective.slack_of_levels or (0.0,)
    n_tiers = sum(level.priority is not None for level in solution.levels)
    return (slack[0],) * n_tiers + slack[1 if n_tiers else 0 :]


def number(fields: Fields, key: str, *others: type) -> float:
    """Return a number of at least 0; null, where it is allowed, stands for infinity."""
    value = signed(fields, key, *others)
    if value < 0:
        raise FileError(f"{fields.where}: {key} is {value:g}: it cannot be negative.")
    return value


def signed(fields: Fields, key: str, *others: type) -> float:
    """Return a number of either sign; null, where it is allowed, stands for infinity."""
    value = fields.take(key, *NUMBER, *others)
    return inf if value is None else float(value)


def unfit(where: str, violations: Sequence[object]) -> str:
    """Say what is wrong with a placement, and what mends it.

    Examples
    --------
    >>> print(unfit("placement.json", ["host 'h1' has 8 of cpu, but 9 is placed on it"]).partition(". ")[0])
    placement.json: the placement does not fit: host 'h1' has 8 of cpu, but 9 is placed on it
    """
    broken = "breaks a rule" if isinstance(violations[0], Breach) else "does not fit"
    more = f" (and {len(violations) - 1:,} more, which vmopt.verify(...) lists)" if len(violations) > 1 else ""
    return (
        f"{where}: the placement {broken}: {violations[0]}{more}. Solve the instance anew with warm_start=... from it, "
        "which keeps what fits."
    )
