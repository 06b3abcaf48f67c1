"""`evacuate`: empty hosts, moving as little as can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vmopt.change.make import plan
from vmopt.change.plans import Plan
from vmopt.errors import InstanceError, OptionError, SolverError
from vmopt.explain import conflict
from vmopt.goals import FewestMoves, Utilisation
from vmopt.model.instance import Instance, require_instance
from vmopt.model.objective import Objective
from vmopt.rules import Empty
from vmopt.solving import require_options, solve
from vmopt.status import Status

CONFLICT_TIME = 20.0
"""Seconds for what keeps hosts from being emptied."""


def evacuate(
    instance: Instance,
    hosts: Any,
    *,
    at_once: int = 8,
    per_host: int = 2,
    always: Any = (),
    parking: bool = True,
    memory: str | None = None,
    bandwidth: float = 1.0,
    overhead: float = 1.0,
    **options: Any,
) -> Plan:
    """Empty hosts: as much as possible still runs, as little as can be moves, and a plan leads there.

    Parameters
    ----------
    instance : Instance
        With `current`. Where its objective has levels they are served as they are; else as much as possible runs, and
        of the placements in which it does, one is chosen that moves least.
    hosts : names, patterns, Groups, or (n_hosts,) bool array
        As for `vmopt.Empty`.
    at_once, per_host, always, parking, memory, bandwidth, overhead
        As for `vmopt.plan`.
    **options
        As for `vmopt.solve`.

    Returns
    -------
    Plan
        Its `solution` says what still runs, and proves how few moves are needed (`solution.levels`).

    Raises
    ------
    InstanceError, OptionError
        If there is no such host, nobody says what runs now, or no placement was found; where there is none, the error
        names VMs, rules and hosts that cannot stand together (`vmopt.conflict`).

    Examples
    --------
    >>> cluster = Instance.from_arrays([[6], [5], [1]], [[8], [8], [8]], current=[0, 1, 0])
    >>> plan = evacuate(cluster, "host-0")
    >>> plan.outcome.value, sorted(plan.vm_name(action) for action in plan.actions)
    ('planned', ['vm-0', 'vm-2'])
    """
    require_options(options, "evacuate, which hands on what solve takes,")
    if require_instance(instance).current is None:
        raise InstanceError("nobody says what runs now, so that nothing can be moved: give the instance current=...")
    emptied = instance.replace(rules=(*instance.rules, Empty(hosts)), objective=_objective(instance))
    limits: dict[str, Any] = {
        "memory": memory,
        "bandwidth": bandwidth,
        "overhead": overhead,
        "parking": parking,
        "always": always,
    }
    solution = solve(emptied, **options)
    if solution.status is Status.INFEASIBLE:
        raise OptionError(f"the hosts cannot be emptied: {_conflict(emptied)}.")
    return plan(solution, at_once, per_host, **limits)


def _conflict(emptied: Instance) -> str:
    """What cannot stand together once the hosts are empty, in one line."""
    try:
        found = conflict(emptied, time_limit=CONFLICT_TIME)
    except SolverError:
        found = None
    return "not all that must run has a place elsewhere" if found is None else found.told


def _objective(instance: Instance) -> Objective:
    """The levels that there are, else that as much as possible runs, then that as little as can be moves."""
    given = instance.objective
    if given.goal_levels:
        return given
    weights = None if given.resource_weights is None else dict(given.resource_weights)
    levels = [Utilisation(given.weighting, weights), FewestMoves()]
    return replace(given, weighting="priority", resource_weights=None, levels=levels)
