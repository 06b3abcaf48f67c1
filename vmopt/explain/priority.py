"""Priority: from where on every best placement runs a VM."""

from __future__ import annotations

from math import isfinite

import numpy as np

from vmopt import metrics
from vmopt.explain import forced
from vmopt.explain.eviction import least_worth
from vmopt.explain.hosts import Hosts
from vmopt.explain.records import Kind, Step
from vmopt.explain.verdict import TOLERANCE, Verdict
from vmopt.rules.eligible import must_run
from vmopt.solution import Solution, Status
from vmopt.verify import verify

HOSTS = 10
"""Hosts that VMs are put off in trials, those where that costs least."""


def higher(solution: Solution, hosts: Hosts, verdict: Verdict, time_limit: float) -> Step | None:
    """Return the priority, or the value of its own, above which the VM runs in every best placement; None if unknown.

    A VM of value v runs in all best placements where v is above what the others are worth without it less what they are
    worth with it. Both are known exactly where they were solved for, else they are bounded from the safe side.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.explain.scene import Scene
    >>> from vmopt.explain.verdict import judge
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [6]], [[8]], value=[3, 1]), gap=0)
    >>> hosts = Hosts(Scene(solution.instance, solution.host_index), 1)
    >>> higher(solution, hosts, judge(solution, 1, 10.0), 10.0).above
    3.0
    """
    instance, vm = solution.instance, hosts.vm
    value = float(instance.value[vm])
    with_it = _others_with_it(solution, hosts, verdict)
    if with_it is None:
        return None
    most = _most_without(solution, vm, time_limit, exactly=verdict.run is not None)
    above = most - with_it
    slack = TOLERANCE * max(1.0, abs(most))
    certain = verdict.at_best is not None and above <= solution.objective - (verdict.at_best - value) + slack
    if not isfinite(above):
        return None
    share, own = float(instance.share[vm]), _has_own_value(solution, vm)
    if own or share <= 0:
        return Step("priority", above=max(above, 0.0), own_value=True, least=certain)
    return Step("priority", above=max(above / share, 0.0), least=certain)


def _has_own_value(solution: Solution, vm: int) -> bool:
    given = solution.instance.own_value
    return solution.instance.objective.weighting != "priority" or (given is not None and not np.isnan(given[vm]))


def _most_without(solution: Solution, vm: int, time_limit: float, *, exactly: bool) -> float:
    """What placements without the VM are worth at most."""
    if solution.objective >= solution.bound:
        return solution.objective
    if not exactly:
        return solution.bound
    found = forced.without(solution.instance, vm, time_limit)
    return min(found.bound, solution.bound) if found.status in forced.FOUND else solution.bound


def _others_with_it(solution: Solution, hosts: Hosts, verdict: Verdict) -> float | None:
    """What the others are worth, at least, in a placement that runs it."""
    value = float(solution.instance.value[hosts.vm])
    if verdict.run is not None and verdict.run.status is Status.OPTIMAL:
        return verdict.run.objective - value
    found = _by_eviction(solution, hosts)
    if verdict.found is not None:
        return max(verdict.found - value, -np.inf if found is None else found)
    return found


def _by_eviction(solution: Solution, hosts: Hosts) -> float | None:
    """Put VMs off the host where that costs least, those worth least for their share first."""
    scene, instance = hosts.scene, solution.instance
    usable = np.flatnonzero(hosts.possible & (hosts.now < 0))
    if not usable.size:
        return None
    lost = least_worth(scene, hosts.short, usable)
    must = must_run(instance)
    best = None
    for host in usable[np.argsort(lost, kind="stable")][:HOSTS].tolist():
        there = scene.residents[host] if must is None else scene.residents[host][~must[scene.residents[host]]]
        order = np.argsort(instance.value[there] / np.maximum(instance.share[there], 1e-300), kind="stable")
        freed = np.cumsum(instance.reserved[there[order]], axis=0)
        enough = (freed >= hosts.short[host]).all(axis=1)
        if not enough.any():
            continue
        changed = scene.with_vm(hosts.vm, host)
        changed[there[order[: int(np.argmax(enough)) + 1]]] = -1
        left = metrics.objective_of(instance, changed) - float(instance.value[hosts.vm])
        if (best is None or left > best) and not verify(instance, changed):
            best = left
    return best


def unknown_kind(solution: Solution, vm: int) -> str | None:
    """Say why no priority is worked out for a VM, if so."""
    instance = solution.instance
    if instance.tiers is not None:
        return "what another tier would do is not worked out"
    if instance.elastic and (instance.reserved[vm] < instance.demand[vm]).any():
        return "what another priority would do is not worked out for elastic VMs"
    return None


def may_help(kind: Kind) -> bool:
    """Whether a higher priority can let a VM run that was left aside for this reason."""
    return kind in (Kind.OUTBID, Kind.NO_ROOM)
