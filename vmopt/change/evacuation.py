"""`evacuate`: empty hosts, moving as little as can be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.change.make import plan
from vmopt.change.plans import Plan
from vmopt.errors import InstanceError, OptionError, SolverError
from vmopt.explain import conflict
from vmopt.goals import FewestMoves, Utilisation
from vmopt.model.instance import Instance, require_instance
from vmopt.model.objective import Objective
from vmopt.plurals import first_of
from vmopt.rules import Ban, Empty, Keep
from vmopt.rules.eligible import must_run
from vmopt.rules.fewer import without_residents
from vmopt.rules.hard import hard_ones
from vmopt.rules.hosts_called import hosts_called
from vmopt.rules.members import hosts_in
from vmopt.solving import require_options, solve
from vmopt.status import Status

KEPT_FOR, NAMED = "kept-for", 10
"""Label of VMs that tells what they are kept for, and how many of them are named."""
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
    starts: bool = False,
    **options: Any,
) -> Plan:
    """Empty hosts: as much as possible still runs, as little as can be moves, and a plan leads there.

    VMs that wait now go on waiting, but for those that must run by a rule: what still runs is what runs now. Those that
    belong to the hosts (`vmopt.Resident`) are left out: nothing is done about them.

    Parameters
    ----------
    instance : Instance
        With `current`. Where its objective has levels they are served as they are; else as much as possible runs, and
        of the placements in which it does, one is chosen that moves least.
    hosts : names, patterns, labels such as ``rack=r3``, Groups, or (n_hosts,) bool array
        As for `vmopt.Empty` beyond labels.
    at_once, per_host, always, parking, memory, bandwidth, overhead
        As for `vmopt.plan`.
    starts : bool
        Whether VMs that wait now compete for the room that there is: they start where they are worth more.
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
    checks.flag(starts, "starts")
    emptied = Empty(_called(instance, hosts))
    instance = without_residents(instance, hosts_in(instance, emptied.hosts).inside)
    rules = [emptied, *([] if starts else _waiting(instance))]
    changed = instance.replace(rules=(*instance.rules, *rules), objective=_objective(instance))
    limits: dict[str, Any] = {
        "memory": memory,
        "bandwidth": bandwidth,
        "overhead": overhead,
        "parking": parking,
        "always": always,
    }
    solution = solve(changed, **options)
    if solution.status is Status.INFEASIBLE:
        raise OptionError(f"the hosts cannot be emptied: {_conflict(changed)}.{_kept_there(changed, emptied)}")
    return plan(solution, at_once, per_host, **limits)


def _called(instance: Instance, hosts: Any) -> Any:
    """The names of the hosts that words name; anything else is left to the rule."""
    words = [hosts] if isinstance(hosts, str) else hosts
    if not isinstance(words, list | tuple | set | frozenset) or not all(isinstance(word, str) for word in words):
        return hosts
    found = np.unique([host for word in words for host in hosts_called(instance, word).tolist()])
    return [instance.host_names[host] for host in found.astype(np.int64).tolist()]


def _waiting(instance: Instance) -> list[Ban]:
    """That VMs run nowhere that do not run now, and need not."""
    assert instance.current is not None
    waits, forced = instance.current < 0, must_run(instance)
    if forced is not None:
        waits &= ~forced
    return [Ban(waits, np.ones(instance.n_hosts, dtype=bool))] if waits.any() else []


def _conflict(emptied: Instance) -> str:
    """What cannot stand together once the hosts are empty, in one line."""
    try:
        found = conflict(emptied, time_limit=CONFLICT_TIME)
    except SolverError:
        found = None
    return "not all that must run has a place elsewhere" if found is None else found.told


def _kept_there(instance: Instance, emptied: Empty) -> str:
    """Who is kept there by a rule, and what for where that is told: in a sentence, or nothing."""
    there = np.append(hosts_in(instance, emptied.hosts).inside, False)[instance.current]
    held = [here.group.inside for here in hard_ones(instance, Keep)]
    kept = np.flatnonzero(there & np.logical_or.reduce([np.zeros_like(there), *held])).tolist()
    labels = instance.vm_labels or ()
    why = [labels[vm].get(KEPT_FOR) if labels else None for vm in kept]
    told = [f"{instance.vm_names[vm]}{f' ({said})' if said else ''}" for vm, said in zip(kept, why, strict=True)]
    return f" Rules keep there: {first_of(told, NAMED)}." if kept else ""


def _objective(instance: Instance) -> Objective:
    """The levels that there are, else that as much as possible runs, then that as little as can be moves."""
    given = instance.objective
    if given.goal_levels:
        return given
    weights = None if given.resource_weights is None else dict(given.resource_weights)
    levels = [Utilisation(given.weighting, weights), FewestMoves()]
    return replace(given, weighting="priority", resource_weights=None, levels=levels)
