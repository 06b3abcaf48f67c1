"""Prices of capacity straight from the dual of the class relaxation, for when VMs are (nearly) all different.

The class relaxation grows with the VM classes, its dual does not: it has one price per host class and resource. As a
function of the prices (the one that `verify_bound` computes) it is convex and piecewise linear. Cutting planes in a
trust region (Kelley 1960; Marsten, Hogan and Blankenship 1975) find its minimum in some dozens of evaluations, each
one vectorised pass over the VM classes.

Host classes are pooled first, so that there is one price per resource; then they are split into groups, from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds.price_function import PriceFunction, price_function
from vmopt.problem import Problem


@dataclass(frozen=True)
class DualParameters:
    """How near to the minimum cutting planes go, and by way of what."""

    groups: int = 12
    """Groups of host classes that have prices of their own, at most: each adds a price per resource to the program."""
    sample: int = 20_000
    """VM classes, at the least, whose prices stand for those of all at first."""
    near: float = 0.03
    """How far the prices of a sample may be off, about, as a part of the highest."""
    precision: float = 1e-6
    """Part of the bound that it may lie above the least: less than gaps that anybody asks for."""
    most_evaluations: int = 150
    """Evaluations at most: some dozens are the rule."""
    enough: float = 0.1
    """Share of the promised decrease that makes a step worth taking."""


DEFAULT = DualParameters()


def prices(
    problem: Problem, *, keep_going: Callable[[], bool] = lambda: True, parameters: DualParameters = DEFAULT
) -> FloatArray:
    """Prices ``lam[c,k]``, one row per host class, near the minimum of what `verify_bound` proves.

    Host classes beyond the groups share prices with others of about the same proportions.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4, 1], [5, 2], [3, 3]], [[8, 8]], value=[4, 5, 1]))
    >>> prices(cluster).round(6).tolist()
    [[1.0, 0.0]]
    """
    *_, found = approach(problem, keep_going, parameters)
    return found


def approach(
    problem: Problem, keep_going: Callable[[], bool], parameters: DualParameters = DEFAULT
) -> Iterator[FloatArray]:
    """Prices ever nearer to the minimum: first those of a sample where VM classes are many, then those of all."""
    hosts = problem.hosts
    step = max(1, len(problem.vms) // parameters.sample)
    group, apart = np.zeros(len(hosts), dtype=np.int64), group_hosts(hosts.capacity, parameters.groups)
    function = price_function(problem, group, step)
    found = np.full(function.capacity.shape, 1 / problem.n_resources)
    found = minimise(function, found, keep_going, parameters=parameters)
    if apart.max(initial=0) > 0:
        group, function = apart, price_function(problem, apart, step)
        found = minimise(function, np.repeat(found, apart.max() + 1, axis=0), keep_going, parameters=parameters)
    yield function.in_units(found)[group]
    if step > 1 and keep_going():
        function = price_function(problem, group)
        found = minimise(function, found, keep_going, parameters.near, parameters)
        yield function.in_units(found)[group]


def minimise(
    function: PriceFunction,
    start: FloatArray,
    keep_going: Callable[[], bool],
    near: float = 1.0,
    parameters: DualParameters = DEFAULT,
) -> FloatArray:
    """Prices whose value is as near to the least as asked for, or the best of those evaluated.

    Parameters
    ----------
    near : float
        How far from the start the first step may go, as a part of the highest price.
    parameters : DualParameters
    """
    centre, shape = start.ravel(), start.shape
    best, slope = function(start)
    slopes, heights = [slope.ravel()], [best - float(slope.ravel() @ centre)]
    radius = near * max(float(centre.max()), 0.1)
    for _ in range(parameters.most_evaluations):
        low, high = np.maximum(centre - radius, 0.0), centre + radius
        trial, promised = _lowest(np.array(slopes), np.array(heights), low, high)
        inside = bool(((trial < high) & ((trial > low) | (low == 0))).all())
        if best - promised <= parameters.precision * best:
            if inside or radius > 1 / parameters.precision or not keep_going():
                break
            radius *= 4
            continue
        value, slope = function(trial.reshape(shape))
        slopes.append(slope.ravel())
        heights.append(value - float(slope.ravel() @ trial))
        if value > best:
            radius *= 0.7
        elif best - value > 0.5 * (best - promised) and not inside:
            radius *= 2
        if best - value > parameters.enough * (best - promised):
            centre, best = trial, value
        if not keep_going():
            break
    return np.asarray(centre.reshape(shape))


def _lowest(slopes: FloatArray, heights: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, float]:
    """Lowest point of the upper envelope of the planes within a box, and its height."""
    from scipy.optimize import linprog  # slow to load, and not all that is loaded with this needs it

    planes = np.column_stack([slopes, -np.ones(len(slopes))])
    limits = np.column_stack([np.append(low, -np.inf), np.append(high, np.inf)])
    answer: Any = linprog(np.append(np.zeros(len(low)), 1.0), planes, -heights, bounds=limits.tolist(), method="highs")
    if answer.x is None:  # numerical trouble: the middle, which promises nothing that is not known
        middle = (low + high) / 2
        return middle, float((slopes @ middle + heights).max())
    return np.clip(answer.x[:-1], low, high), float(answer.x[-1])


def group_hosts(capacity: IntArray, most: int) -> IntArray:
    """Group rows of about the same proportions: halve the group that spreads most, until there are `most` of them.

    Examples
    --------
    >>> group_hosts(np.array([[10, 1], [1, 10], [11, 1], [1, 12]]), 2).tolist()
    [0, 1, 0, 1]
    """
    position = np.log1p(capacity / np.maximum(capacity.mean(axis=0), 1.0))
    group = np.zeros(len(capacity), dtype=np.int64)
    while group.max(initial=0) + 1 < min(most, len(capacity)):
        spread = [np.ptp(position[group == g], axis=0) for g in range(group.max() + 1)]
        widest = int(np.argmax([s.max() for s in spread]))
        members = np.flatnonzero(group == widest)
        along = position[members, int(spread[widest].argmax())]
        middle = (along.min() + along.max()) / 2
        if not along.max() > middle:
            break
        group[members[along > middle]] = group.max() + 1
    return group
