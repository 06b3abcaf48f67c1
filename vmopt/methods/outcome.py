"""Outcome: what a call knows in the end, as a Solution."""

from __future__ import annotations

from typing import Any

from vmopt.arrays import IntArray
from vmopt.bounds import Bound
from vmopt.methods.call import Call
from vmopt.model.columns import frozen
from vmopt.solution import HistoryPoint, Solution
from vmopt.status import Status


def outcome(
    call: Call, method: str, status: Status, objective: float, bound: Bound, allocation: IntArray | None, **rest: Any
) -> Solution:
    """Make the Solution, and the last point of its history.

    Parameters
    ----------
    allocation : (n_vms, n_resources) int64 array or None
        What each VM gets; None where nothing is elastic.
    **rest
        Other attributes of the Solution, such as its prices.
    """
    call.history.add(HistoryPoint(call.seconds, objective, bound.value, method))
    return Solution(
        instance=call.instance,
        host_index=frozen(call.host_index),
        status=status,
        limit=None if status in (Status.OPTIMAL, Status.INFEASIBLE) else call.why_stopped,
        objective=objective,
        certificate=bound,
        method=method,
        backend=call.backend,
        build_seconds=call.build_seconds,
        solve_seconds=call.seconds,
        seed=call.options.seed,
        requested_gap=call.options.gap,
        history=call.history.points,
        elastic_allocation=None if allocation is None else frozen(allocation),
        **rest,
    )
