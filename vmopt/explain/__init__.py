"""Explanations: why a VM does not run and what would let it, rules in conflict, room for more, what if.

Records come first, and sentences are made of them: `one` and `every` explain VMs (`hosts`, `verdict`, `steps`,
`moves`, `priority`), `conflicts` finds what cannot stand together, `more` and `rank` look for room, `asking` solves
changed data, `pricing` prices capacity.
"""

from __future__ import annotations

from typing import overload

from vmopt import checks
from vmopt.explain.asking import WhatIf, what_if
from vmopt.explain.bid import Bid
from vmopt.explain.conflicts import Conflict, conflict
from vmopt.explain.difference import Difference
from vmopt.explain.every import explain_all
from vmopt.explain.least_change import Step
from vmopt.explain.more import Room, how_many_more
from vmopt.explain.one import explain_one
from vmopt.explain.pricing import PriceRange, Sensitivity, sensitivity
from vmopt.explain.purchases import Purchase
from vmopt.explain.rank import HostRank, Ranking, rank_hosts
from vmopt.explain.reasons import HostReason, Nearest
from vmopt.explain.records import Explanation, Reason
from vmopt.explain.report import ClassReason, ReasonRow, Report
from vmopt.explain.scene import vm_at
from vmopt.solution import Solution, require_solution

__all__ = [
    "Bid",
    "ClassReason",
    "Conflict",
    "Difference",
    "Explanation",
    "HostRank",
    "HostReason",
    "Nearest",
    "PriceRange",
    "Purchase",
    "Ranking",
    "Reason",
    "ReasonRow",
    "Report",
    "Room",
    "Sensitivity",
    "Step",
    "WhatIf",
    "conflict",
    "explain",
    "how_many_more",
    "rank_hosts",
    "sensitivity",
    "what_if",
]


@overload
def explain(solution: Solution, vm: None = None, *, time_limit: float = ...) -> Report: ...
@overload
def explain(solution: Solution, vm: str | int, *, time_limit: float = ...) -> Explanation: ...
def explain(solution: Solution, vm: str | int | None = None, *, time_limit: float = 5.0) -> Explanation | Report:
    """Say why a VM does not run and which least changes would let it, or why all those do not that do not.

    Parameters
    ----------
    solution : Solution
        With a placement.
    vm : str or int, optional
        Name or position of a VM; one that runs is told where, beside whom. Default: a report of all that do not run,
        by class and reason, for which nothing is solved.
    time_limit : float
        Seconds that solving may take, for one VM of an instance that is small enough (20,000 pairs of a VM class and
        a host): whether a best placement runs it, and from which priority on all of them do. With 0, and where the
        instance is larger, prices decide as far as they can.

    Returns
    -------
    Explanation or Report
        Records with fields (`to_dict` for JSON), of which the text is made. All that is said of hosts, and each
        change, is true of the placement as it stands: the VM runs once that one thing is changed. Where something is
        not proven, or not looked at, the record says so (`certain`, `open`).

    Raises
    ------
    OptionError
        If there is no such VM, or no placement.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [6]], [[8], [3]], value=[3, 1], resources=["cpu"])
    >>> told = explain(vmopt.solve(cluster, gap=0), "vm-1")
    >>> told.kind.value, told.certain, told.step("capacity").amount, told.step("priority").above
    ('outbid', True, 2, 3.0)
    """
    require_solution(solution)
    seconds = checks.between(time_limit, "time_limit", 0.0, 1e9, "a number of seconds, at least 0")
    if vm is None:
        return explain_all(solution)
    return explain_one(solution, vm_at(solution.instance, vm), seconds)
