"""What size an elastic VM is given before it is placed.

At the prices of the relaxation a VM takes all it asks for of a resource where a unit is worth more to it than the
price, and its reservation where it is worth less. Where worth and price are the same, which is so for whole priorities
at a time, the relaxation gives part of the VMs all and the others their reservation; so do the sizes.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import dual
from vmopt.formulation.class_relaxation import class_relaxation
from vmopt.formulation.columns import Columns
from vmopt.methods.elastic.parameters import DEFAULT, ElasticParameters
from vmopt.methods.relaxation import DEFAULT_BACKEND
from vmopt.methods.search import Search
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.problem import Problem

METHOD = "elastic-prices"
ALIKE = 1e-3
"""Relative difference up to which a unit's worth and its price count as the same: prices are no more precise."""
ALMOST = 1e-6
"""What linear programs may be off a whole number."""


def full_parts(search: Search, parameters: ElasticParameters = DEFAULT) -> FloatArray:
    """Part of the VMs of each class that get all they ask for, ``(n_vm_classes, n_resources)``; tightens the bound."""
    problem = search.problem
    if len(problem.vms) * len(problem.hosts) <= parameters.most_pairs:
        parts = _by_program(search, parameters.program_share)
        if parts is not None:
            return parts
    return _by_prices(search)


def sizes(problem: Problem, parts: FloatArray, offset: FloatArray) -> IntArray:
    """Choose the size of every VM, ``(n_vms, n_resources)``: its reservation, or all it asks for.

    Parameters
    ----------
    parts : (n_vm_classes, n_resources) array
        As `full_parts` returns it. Of VMs in a row, in the order of their classes, this part gets all.
    offset : (n_resources,) array
        In [0, 1); decides which of them.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[6]] * 4, [[12]], reservation=[[2]] * 4))
    >>> sizes(cluster, np.array([[0.5]]), np.array([0.0])).ravel().tolist()
    [2, 6, 2, 6]
    """
    vms = problem.vms
    order = np.argsort(vms.of, kind="stable")
    reached = np.cumsum(parts[vms.of[order]], axis=0) + offset
    full = np.zeros(problem.demand.shape, dtype=bool)
    full[order] = np.diff(np.floor(reached + ALMOST), axis=0, prepend=np.floor(offset)[None]) > 0
    most = np.minimum(problem.demand, problem.capacity.max(axis=0))
    return np.where(full, np.maximum(most, problem.least), problem.least)


def with_sizes(instance: Instance, size: IntArray) -> Instance:
    """Fix the size of every VM: an inelastic instance with the values that the VMs have at these sizes."""
    value = instance.value - (instance.unit_value * (instance.demand - size)).sum(axis=1)
    own_value = frozen(np.maximum(value, 0.0))
    return dataclasses.replace(instance, demand=frozen(size), reservation=None, own_value=own_value)


def _by_program(search: Search, share: float) -> FloatArray | None:
    """Solve the relaxation; None where it takes more than a share of the time left."""
    relaxation = class_relaxation(search.problem, limits=False)
    options = LPOptions(time_limit=share * search.remaining, threads=search.options.threads)
    result = registry.get(DEFAULT_BACKEND).solve(relaxation.program, options)
    if result.x is None or result.prices is None:
        return None
    search.tighten_by_prices(relaxation.prices(result.prices), METHOD)
    return _parts_of(search.problem, relaxation.columns, result.x)


def _parts_of(problem: Problem, columns: Columns, x: FloatArray) -> FloatArray:
    """What the VMs of each class get beyond their reservations, over what they could, in a point of the relaxation."""
    vms, capacity = problem.vms, problem.hosts.capacity
    number, part = x[: columns.n_pairs], x[columns.n_pairs :]
    given, could = np.zeros(vms.demand.shape), np.zeros(vms.demand.shape)
    at = columns.vm_class[columns.pair], columns.resource
    np.add.at(given, at, part * capacity[columns.where[columns.pair], columns.resource])
    np.add.at(could, at, columns.most * number[columns.pair])
    parts = np.divide(given, could, out=np.zeros(given.shape), where=could > ALMOST)
    return np.asarray(np.clip(parts, 0.0, 1.0))


def _by_prices(search: Search) -> FloatArray:
    """Take all above the price, nothing below it, and at the price as much as is left when the others have theirs."""
    problem, vms = search.problem, search.problem.vms
    found = dual.prices(problem, keep_going=lambda: not search.finished)
    search.tighten_by_prices(found, METHOD)
    prices = found.mean(axis=0)
    above = vms.unit_value > prices * (1 + ALIKE)
    at = ~above & (vms.unit_value >= prices * (1 - ALIKE))
    size = np.where(above, vms.demand, vms.least)
    profit = vms.value - (vms.unit_value * (vms.demand - size)).sum(axis=1) - size @ prices
    count = np.where(profit > 0, vms.count, 0)[:, None]
    left = problem.total - (count * size).sum(axis=0)
    wanted = (count * np.where(at, vms.demand - vms.least, 0)).sum(axis=0)
    part = np.clip(np.divide(left, wanted, out=np.zeros(len(left)), where=wanted > 0), 0.0, 1.0)
    return np.where(above, 1.0, np.where(at, part, 0.0))
