"""Priority: from where on every best placement runs a VM."""

from __future__ import annotations

import time
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.explain import forced
from vmopt.explain.eviction import least_worth
from vmopt.explain.hosts import Hosts
from vmopt.explain.least_change import Step
from vmopt.explain.records import Reason
from vmopt.explain.threshold import threshold
from vmopt.explain.verdict import Verdict
from vmopt.model.instance import Instance
from vmopt.rules.eligible import must_run
from vmopt.solution import Solution
from vmopt.verify import verify

HOSTS = 10
"""Hosts that VMs are put off in trials, those where that costs least."""
TINY = 1e-300


def higher(solution: Solution, hosts: Hosts, verdict: Verdict, deadline: float) -> Step | None:
    """Return the priority, or the value of its own, above which the VM runs in every best placement; None if unknown.

    The best placements with the VM and without are solved for (`threshold`). Where levels follow, the utilisation alone
    decides: more of it in the first level is better whatever the others say. Where that is too large to solve, a swap
    is told: VMs that would have to leave, and the priority above which the placement is the better for it.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.explain.scene import Scene
    >>> from vmopt.explain.verdict import judge
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[4], [6]], [[8]], value=[3, 1]), gap=0)
    >>> hosts = Hosts(Scene(solution.instance, solution.host_index), 1)
    >>> higher(solution, hosts, judge(solution, 1, 10.0), time.perf_counter() + 10.0).above
    3.0
    """
    instance, vm = solution.instance, hosts.vm
    if verdict.run is None or verdict.run.status not in forced.FOUND:
        return None if solution.levels else _swap(solution, hosts)
    run, without = verdict.run, solution
    if solution.levels:
        instance = first_alone(instance)
        run = forced.running(instance, vm, _left(deadline))
    if solution.levels or solution.objective < solution.bound:
        without = forced.without(instance, vm, _left(deadline))
    if run.status not in forced.FOUND or without.status not in forced.FOUND:
        return None
    found = threshold(instance, vm, run, without, deadline)
    return None if found is None else Step("priority", least=found.least, **_as_priority(solution, vm, found.value))


def first_alone(instance: Instance) -> Instance:
    """Return an instance whose first level, the utilisation, is all that counts.

    Examples
    --------
    >>> import vmopt
    >>> goals = vmopt.Objective(levels=[vmopt.Utilisation("demand"), vmopt.FewestHosts()])
    >>> first_alone(Instance.from_arrays([[4]], [[8]], objective=goals)).objective == vmopt.Objective("demand")
    True
    """
    objective = instance.objective
    soft = not objective.names("penalties")  # else a level of their own counts them
    rules = tuple(rule for rule in instance.rules if soft or getattr(rule, "penalty", None) is None)
    return replace(instance, rules=rules, objective=replace(objective, levels=(), slack=0.0))


def _left(deadline: float) -> float:
    return max(deadline - time.perf_counter(), 0.01)


def _as_priority(solution: Solution, vm: int, value: float) -> dict[str, Any]:
    """A value as a priority, where the VM has one that counts."""
    share = float(solution.instance.share[vm])
    own = _has_own_value(solution, vm) or share <= 0
    return {"above": max(value if own else value / share, 0.0), "own_value": own}


def _has_own_value(solution: Solution, vm: int) -> bool:
    given = solution.instance.own_value
    return solution.instance.objective.weighting != "priority" or (given is not None and not np.isnan(given[vm]))


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


def unknown_kind(solution: Solution) -> str | None:
    """Say why no priority is worked out for a VM, if so."""
    objective = solution.instance.objective
    if objective.goal_levels and not objective.goal_levels[0].maximised:
        return "what another priority would do is not worked out where another goal comes before the utilisation"
    if objective.goal_levels and objective.slack_of_levels[0]:
        return "what another priority would do is not worked out where the utilisation has slack"
    return None


def may_help(kind: Reason) -> bool:
    """Whether a higher priority can let a VM run that was left aside for this reason."""
    return kind in (Reason.OUTBID, Reason.NO_ROOM)
