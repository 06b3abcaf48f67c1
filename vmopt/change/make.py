"""`plan`: from what runs now to a placement."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.change.action import NOWHERE, Kind
from vmopt.change.action_graph import Outcome
from vmopt.change.forbid import another
from vmopt.change.kept import Kept, checked_always
from vmopt.change.links import linked
from vmopt.change.plans import Plan
from vmopt.change.settings import Settings
from vmopt.change.sort import sorted_out
from vmopt.change.worth import is_worth_it
from vmopt.errors import InstanceError, OptionError
from vmopt.host_index import to_host_index
from vmopt.rules import BaseRule
from vmopt.solution import Solution, require_solution


def plan(
    solution: Solution,
    at_once: int = 8,
    per_host: int = 2,
    *,
    current: Any = None,
    always: Any = (),
    parking: bool = True,
    memory: str | None = None,
    bandwidth: float = 1.0,
    overhead: float = 1.0,
    least_gain: float | None = 0.0,
    tries: int = 3,
    time_limit: float = 10.0,
) -> Plan:
    """Plan how to get from what runs now to a placement.

    Parameters
    ----------
    solution : Solution
        Where to go.
    at_once, per_host : int
        How many actions may be under way, in all and on each host.
    current : mapping of VM name to host name, or (n_vms,) int array, optional
        Where VMs run now; default: the instance's `current`.
    always : sequence of rules, or True
        Rules that hold in every state on the way, while a VM that moves counts on both hosts; True: all hard rules of
        the instance that still hold when VMs leave.
    parking : bool
        Whether VMs that move may go by way of a third host.
    memory : str, optional
        The resource that is copied when a VM moves; default: ``memory``, if there is one.
    bandwidth : float
        How much of it is copied in a second.
    overhead : float
        Seconds that any action takes besides.
    least_gain : float, optional
        By how much the placement must be better than what runs now, in the first level in which they differ; None: go
        there in any case.
    tries : int
        Where no order leads there: how many other placements are looked for, each without what blocked the last.
    time_limit : float
        Seconds for each of these.

    Returns
    -------
    Plan

    Raises
    ------
    OptionError, InstanceError
        If an argument makes no sense, or nobody says what runs now.

    Notes
    -----
    Every resource is taken on both hosts while a VM moves, those named `transient` and the others: a hypervisor
    reserves room on the new host before it lets go of the old. The graph waits for moves to be done, so that it makes
    no difference which resources the old host could give up earlier.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> moves = plan(vmopt.solve(cluster))
    >>> moves.outcome.value, [(a.kind.value, moves.vm_name(a), moves.host_name(a.target)) for a in moves.actions]
    ('planned', [('move', 'vm-0', 'host-2')])
    """
    require_solution(solution)
    settings = Settings(at_once, per_host, parking, memory, bandwidth, overhead, tries, time_limit)
    if least_gain is not None:
        checks.between(least_gain, "least_gain", 0, 1e300, "a gain of at least 0, or None")
    rules = checked_always(solution.instance, always)
    return _planned(solution, current_of(solution, current), rules, settings, least_gain)


def plan_again(earlier: Plan, current: Any, changes: dict[str, Any]) -> Plan:
    """Plan from another state; what is asked for is the same, whether it is worth it or not."""
    known = asdict(earlier.settings)
    checks.known_only(changes, [*known, "always"], "after")
    rules = earlier.always if "always" not in changes else checked_always(earlier.instance, changes.pop("always"))
    now = to_host_index(earlier.instance, current, "current")
    return _planned(earlier.solution, now, rules, Settings(**{**known, **changes}), None)


def current_of(solution: Solution, given: Any) -> IntArray:
    """Where VMs run now.

    Raises
    ------
    InstanceError, OptionError
        If nobody says so, or there is no placement to go to.
    """
    if solution.status.value not in ("optimal", "feasible"):
        raise OptionError(f"the solution is {solution.status.value}: there is no placement to go to.")
    if given is not None:
        return to_host_index(solution.instance, given, "current")
    if solution.instance.current is None:
        raise InstanceError("nobody says what runs now: give the instance current=..., or the plan.")
    return solution.instance.current


def _planned(
    solution: Solution, current: IntArray, rules: tuple[BaseRule, ...], settings: Settings, least_gain: float | None
) -> Plan:
    """Plan; where there is no order, forbid what blocks and look for another placement."""
    found = Plan(solution, current, Outcome.NOTHING, always=rules, settings=settings)
    if np.array_equal(current, solution.host_index):
        return found
    if least_gain is not None and not is_worth_it(solution, current, least_gain):
        return replace(found, outcome=Outcome.NOT_WORTH)
    first = found = _to(solution, current, rules, settings)
    forbidden: tuple[BaseRule, ...] = ()
    for _ in range(settings.tries):
        if found.outcome is Outcome.PLANNED:
            break
        other, ban = another(found, settings.time_limit)
        if other is None:
            break
        forbidden = (*forbidden, ban)
        if np.array_equal(current, other.host_index) or not is_worth_it(other, current, least_gain or 0.0):
            break
        found = _to(other, current, rules, settings)
    if found.outcome is Outcome.PLANNED:
        return replace(found, forbidden=forbidden)
    return replace(first, forbidden=forbidden)


def _to(solution: Solution, current: IntArray, rules: tuple[BaseRule, ...], settings: Settings) -> Plan:
    """Plan for one placement."""
    instance = solution.instance
    found = sorted_out(instance, current, solution.host_index, rules, parking=settings.parking)
    empty = Plan(solution, current, Outcome.PLANNED, always=rules, settings=settings)
    if found.stuck:
        outcome = Outcome.NO_ORDER if found.proven else Outcome.NOT_FOUND
        return replace(empty, outcome=outcome, blocking=tuple(instance.vm_names[vm] for vm in found.stuck))
    moving, other = settings.durations(instance)
    steps = tuple(
        replace(step, seconds=float(moving[step.vm]) if step.kind in (Kind.MOVE, Kind.PARK) else other)
        for step in found.steps
    )
    graph = linked(instance, current, steps, Kept(rules, instance, np.full_like(current, NOWHERE)))
    return replace(empty, actions=steps, graph=graph)
