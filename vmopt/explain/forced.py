"""Forced: what placements that run a VM, or leave it out, are worth at best, found by solving."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray
from vmopt.formulation.assignment import assignment_size
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.problem import compile
from vmopt.rules import MustRun, Quota
from vmopt.solution import Solution
from vmopt.solving import solve
from vmopt.status import Status

SMALL = 20_000
"""VM classes times hosts up to which an instance is solved to explain it."""
FOUND = (Status.OPTIMAL, Status.FEASIBLE)


def is_small(instance: Instance) -> bool:
    """Whether an instance is small enough to be solved in passing."""
    return assignment_size(compile(instance)) <= SMALL


def solved(instance: Instance, time_limit: float) -> Solution:
    """Solve to the last digit; latency that only breaks ties is left out."""
    objective = instance.objective
    if objective.latency is not None and not objective.trades:
        instance = replace(instance, objective=replace(objective, latency=None))
    method = "auto" if objective.trades else "exact"
    instance = instance if objective.goal_levels else moves_free(instance)
    return solve(instance, method=method, gap=0, threads=1, time_limit=time_limit, ties=None)


def moves_free(instance: Instance) -> Instance:
    """Return an instance in which no move costs anything: where VMs run is not asked, and no time goes into it.

    Examples
    --------
    >>> moves_free(Instance.from_arrays([[1]], [[2]], current=[0])).moved_cost.tolist()
    [0.0]
    """
    return instance if instance.current is None else replace(instance, move_cost=frozen(np.zeros(instance.n_vms)))


def with_rules(instance: Instance, *rules: Any) -> Instance:
    """Return an instance with further rules.

    Examples
    --------
    >>> len(with_rules(Instance.from_arrays([[1]], [[2]]), MustRun("vm-0")).rules)
    1
    """
    return replace(instance, rules=(*instance.rules, *rules))


def running(instance: Instance, vm: int, time_limit: float) -> Solution:
    """Solve the instance with a VM that must run.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [6]], [[8]], value=[3, 1])
    >>> running(cluster, 1, 10.0).objective
    1.0
    """
    return solved(with_rules(instance, MustRun(_only(instance, vm))), time_limit)


def without(instance: Instance, vm: int, time_limit: float) -> Solution:
    """Solve the instance with a VM that may not run.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [6]], [[8]], value=[3, 1])
    >>> without(cluster, 0, 10.0).objective
    1.0
    """
    return solved(with_rules(instance, stopped(_only(instance, vm))), time_limit)


def stopped(vms: BoolArray) -> Quota:
    """Return a rule by which none of these run: a `Ban` would have a say in which domains a `Skew` counts."""
    return Quota(0, of=np.where(vms, 0, -1))


def _only(instance: Instance, vm: int) -> BoolArray:
    return np.asarray(np.arange(instance.n_vms) == vm)


def with_value(instance: Instance, vm: int, value: float) -> Instance:
    """Return an instance in which a VM is worth this when it gets all that it asks for.

    Examples
    --------
    >>> with_value(Instance.from_arrays([[4], [4]], [[8]]), 1, 3.0).value.tolist()
    [0.5, 3.0]
    """
    own = np.full(instance.n_vms, np.nan) if instance.own_value is None else instance.own_value.copy()
    own[vm] = value
    return replace(instance, own_value=frozen(own))
