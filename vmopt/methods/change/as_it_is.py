"""As it is: what runs now, as far as capacities and rules let it, and with whatever still fits beside it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.leaving import lightest
from vmopt.methods import greedy
from vmopt.methods.repair import repair
from vmopt.methods.ruled.keep import keep
from vmopt.problem import Problem

AS_IT_IS = "as-it-is"


def as_it_is(problem: Problem, stop: float = np.inf) -> Iterator[IntArray]:
    """Yield what may stay of the current placement, and that with VMs added; nothing where rules leave nothing of it.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [4], [3]], [[7], [4]], current=[0, 0, -1]))
    >>> [placement.tolist() for placement in as_it_is(cluster)]
    [[-1, 0, -1], [1, 0, 0]]
    """
    current = problem.instance.current
    assert current is not None
    light = lightest(problem.instance)
    yield from _completed(problem, light, stop)
    fits = repair(problem, current)
    if not np.array_equal(fits, light):
        yield from _completed(problem, fits, stop)


def _completed(problem: Problem, fits: IntArray, stop: float) -> Iterator[IntArray]:
    kept = _lawful(problem, repair(problem, fits), stop)
    if kept is None:
        return
    yield kept
    completed = _lawful(problem, greedy.complete(problem, kept), stop)
    if completed is not None:
        yield completed


def _lawful(problem: Problem, fits: IntArray, stop: float) -> IntArray | None:
    return keep(problem, fits, stop) if problem.rules else fits
