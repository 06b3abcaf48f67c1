"""Priority: from where on every best placement runs a VM."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.explain import forced
from vmopt.explain.eviction import least_worth
from vmopt.explain.hosts import Hosts
from vmopt.explain.records import Reason, Step
from vmopt.explain.verdict import TOLERANCE, Verdict
from vmopt.rules.eligible import must_run
from vmopt.solution import Solution
from vmopt.verify import verify

HOSTS = 10
"""Hosts that VMs are put off in trials, those where that costs least."""
TINY = 1e-300


def higher(solution: Solution, hosts: Hosts, verdict: Verdict, time_limit: float) -> Step | None:
    """Return the priority, or the value of its own, above which the VM runs in every best placement; None if unknown.

    A VM of value v runs in all best placements where v is above what the others are worth without it less what they are
    worth with it, both solved for. Where that is too large to solve, a swap is told: VMs that would have to leave, and
    the priority above which the placement is the better for it.

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
    if verdict.run is None or verdict.found is None:
        return _swap(solution, hosts)
    with_it = verdict.found - value
    most = _most_without(solution, vm, time_limit)
    slack = TOLERANCE * max(1.0, abs(most))
    above = most - with_it
    if not isfinite(above) or verdict.at_best is None:
        return None
    least = above <= solution.objective - (verdict.at_best - value) + slack
    return Step("priority", least=least, **_as_priority(solution, vm, above))


def _as_priority(solution: Solution, vm: int, value: float) -> dict[str, Any]:
    """A value as a priority, where the VM has one that counts."""
    share = float(solution.instance.share[vm])
    own = _has_own_value(solution, vm) or share <= 0
    return {"above": max(value if own else value / share, 0.0), "own_value": own}


def _has_own_value(solution: Solution, vm: int) -> bool:
    given = solution.instance.own_value
    return solution.instance.objective.weighting != "priority" or (given is not None and not np.isnan(given[vm]))


def _most_without(solution: Solution, vm: int, time_limit: float) -> float:
    """What placements without the VM are worth at most."""
    if solution.objective >= solution.bound:
        return solution.objective
    found = forced.without(solution.instance, vm, time_limit)
    return min(found.bound, solution.bound) if found.status in forced.FOUND else solution.bound


def _swap(solution: Solution, hosts: Hosts) -> Step | None:
    """Put VMs off the host where that costs least, those worth least for their share first."""
    scene, instance = hosts.scene, solution.instance
    usable = np.flatnonzero(hosts.possible & (hosts.now < 0))
    if not usable.size:
        return None
    lost = least_worth(scene, hosts.short, usable)
    best, step = -inf, None
    for host in usable[np.argsort(lost, kind="stable")][:HOSTS].tolist():
        out = _put_off(hosts, host)
        if out is None:
            continue
        changed = scene.with_vm(hosts.vm, host)
        changed[out] = -1
        left = metrics.objective_of(instance, changed) - float(instance.value[hosts.vm])
        if left > best and not verify(instance, changed):
            names = tuple(instance.vm_names[int(vm)] for vm in out)
            above = _as_priority(solution, hosts.vm, solution.objective - left)
            best = left
            step = Step("swap", host=instance.host_names[host], instead=names, least=False, **above)
    return step


def _put_off(hosts: Hosts, host: int) -> IntArray | None:
    """VMs that leave a host to make room there, those worth least for their share first; None where it takes others."""
    scene, instance = hosts.scene, hosts.scene.instance
    must, there = must_run(instance), scene.residents[host]
    there = there if must is None else there[~must[there]]
    order = np.argsort(instance.value[there] / np.maximum(instance.share[there], TINY), kind="stable")
    freed = np.cumsum(instance.reserved[there[order]], axis=0)
    enough = (freed >= hosts.short[host]).all(axis=1)
    if not enough.any():
        return None
    out = there[order[: int(np.argmax(enough)) + 1]]
    for vm in out[::-1].tolist():  # who turns out not to be in the way stays
        rest = out[out != vm]
        if (instance.reserved[rest].sum(axis=0) >= hosts.short[host]).all():
            out = rest
    return np.asarray(out)


def unknown_kind(solution: Solution, vm: int) -> str | None:
    """Say why no priority is worked out for a VM, if so."""
    instance = solution.instance
    if instance.elastic and (instance.reserved[vm] < instance.demand[vm]).any():
        return "what another priority would do is not worked out for elastic VMs"
    return None


def may_help(kind: Reason) -> bool:
    """Whether a higher priority can let a VM run that was left aside for this reason."""
    return kind in (Reason.OUTBID, Reason.NO_ROOM)
