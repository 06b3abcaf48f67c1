"""Exact: the assignment formulation on a backend for integer programs."""

from __future__ import annotations

import numpy as np

from vmopt import metrics
from vmopt.backends import registry
from vmopt.backends.base import Backend, Capability, LPOptions
from vmopt.formulation.assignment import Assignment, assignment, assignment_size
from vmopt.formulation.elastic import elastic_assignment
from vmopt.methods import greedy
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.model.objective import FloatArray, IntArray
from vmopt.solution import Limit

DEFAULT_BACKEND = "cp-sat"
MOST_ENTRIES = 50_000_000
ENTRIES_PER_SECOND = 400_000
"""How fast programs are built and handed over at the least; what cannot be built in time is not begun."""


def run(search: Search) -> None:
    """Solve the assignment formulation, from the best placement so far if there is one.

    Whatever the backend returns is brought to integers, made to fit where its tolerances broke a capacity, completed,
    and verified. Its bound is taken as a claim that placements can contradict.
    """
    name = search.options.backend or DEFAULT_BACKEND
    backend = registry.get(name)
    n_resources = len(search.instance.resources) * (1 if search.instance.reservation is None else 4)
    n_entries = assignment_size(search.instance) * (1 + n_resources)
    if n_entries > MOST_ENTRIES:
        search.limit = Limit.MEMORY
        return
    if n_entries > ENTRIES_PER_SECOND * search.remaining:
        search.limit = Limit.TIME
        return
    with search.building():
        model = _model(search.instance, backend)
        start = model.point(search.host_index) if search.found else None
    if search.remaining <= 0:
        search.limit = Limit.TIME
        return
    options = search.options
    search.backend = f"{name} ({backend.version()})"
    result = backend.solve(
        model.program,
        LPOptions(
            time_limit=search.remaining,
            gap=options.gap,
            seed=options.seed,
            threads=options.threads,
            start=start,
            on_incumbent=lambda x, bound: _take(search, model, x, bound * model.unit, name),
        ),
    )
    search.limit = result.limit
    if result.x is not None:
        _take(search, model, result.x, result.bound * model.unit, name)
    elif np.isfinite(result.bound):
        search.tighten_by_claim(result.bound * model.unit, name, "exact")


def _model(instance: Instance, backend: Backend) -> Assignment:
    if instance.reservation is None:
        return assignment(instance)
    return elastic_assignment(instance, whole_amounts=Capability.CONTINUOUS not in backend.capabilities)


def _take(search: Search, model: Assignment, x: FloatArray, bound: float, backend: str) -> None:
    host_index = repair(search.instance, model.host_index(x))
    if search.instance.reservation is not None:  # a VM more may leave less to those that are worth more
        search.offer(host_index, "exact")
    search.offer(greedy.complete(search.instance, host_index), "exact")
    if np.isfinite(bound):
        search.tighten_by_claim(bound, backend, "exact")


def repair(instance: Instance, host_index: IntArray) -> IntArray:
    """Unplace the least valuable VMs of each overloaded host until the rest fits.

    Backends that compute in floats accept points that break a row by a tolerance.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [5]], [[8]], value=[1, 2])
    >>> repair(cluster, np.array([0, 0])).tolist()
    [-1, 0]
    """
    load = metrics.loads(instance, host_index, instance.reserved)
    overloaded = np.flatnonzero((load > instance.capacity).any(axis=1))
    if not overloaded.size:
        return host_index
    repaired = host_index.copy()
    for host in overloaded:
        here = np.flatnonzero(host_index == host)
        for vm in here[np.argsort(instance.value[here], kind="stable")]:
            if (load[host] <= instance.capacity[host]).all():
                break
            if (instance.reserved[vm] * (load[host] > instance.capacity[host])).any():
                repaired[vm] = -1
                load[host] -= instance.reserved[vm]
    return repaired
