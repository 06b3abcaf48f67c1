"""Outcome: what a call knows in the end, as a Solution."""

from __future__ import annotations

from typing import Any, Protocol

from vmopt.bounds import Bound
from vmopt.methods.history import History
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.objective import IntArray
from vmopt.options import Options
from vmopt.solution import HistoryPoint, Limit, Solution, Status


class Call(Protocol):
    """One call of solve(), of a single objective or level by level."""

    instance: Instance
    options: Options
    host_index: IntArray
    limit: Limit | None
    complete: bool
    backend: str | None
    build_seconds: float
    history: History

    @property
    def seconds(self) -> float:
        """Wall clock since the call began."""

    @property
    def remaining(self) -> float:
        """Seconds left, at least 0."""


def why_stopped(call: Call) -> Limit | None:
    """Return the limit that a method named, else the clock's if time is up before the method was complete."""
    return call.limit or (Limit.TIME if call.remaining <= 0 and not call.complete else None)


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
        limit=None if status in (Status.OPTIMAL, Status.INFEASIBLE) else why_stopped(call),
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
