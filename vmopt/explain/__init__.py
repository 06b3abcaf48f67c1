"""Explanations: why a VM does not run and what would let it, rules in conflict, room for more, what if.

Records come first, and sentences are made of them: `one` and `every` explain VMs (`hosts`, `verdict`, `steps`, `moves`,
`priority`), `conflict` finds what cannot stand together, `more` and `rank` look for room, `what_if` solves changed data.
"""

from __future__ import annotations

from typing import Any, overload

from vmopt import checks
from vmopt.explain.one import explain_one
from vmopt.explain.records import Bid, Explanation, HostReason, Kind, Nearest, Step
from vmopt.explain.scene import vm_at
from vmopt.solution import Solution, require_solution

__all__ = ["Bid", "Explanation", "HostReason", "Kind", "Nearest", "Step", "explain"]


def explain(solution: Solution, vm: Any = None, *, time_limit: float = 1.0) -> Any:
    return explain_one(require_solution(solution), vm_at(solution.instance, vm), time_limit)
