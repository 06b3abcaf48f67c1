"""As it is: what runs now, as far as capacities and rules let it, and with whatever still fits beside it."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np

from vmopt.arrays import IntArray
from vmopt.goals.leaving import lightest
from vmopt.methods import greedy
from vmopt.methods.change.make_room import with_room
from vmopt.methods.repair import repair
from vmopt.methods.ruled.keep import keep
from vmopt.methods.ruled.mend import urgent_vms
from vmopt.problem import Problem

AS_IT_IS = "as-it-is"


def as_it_is(problem: Problem, stop: float = np.inf) -> Iterator[IntArray]:
    """Yield what may stay of the current placement, and that with VMs added; nothing where rules leave nothing of it.

    Of an overloaded host, and of one that breaks a limit, leave first whom it costs least to move, then who is worth
    least. Where VMs that run now, or must, find no room then, others make room for them.

    Examples
    --------
    >>> from vmopt.model import Instance
    >>> from vmopt.problem import compile
    >>> cluster = compile(Instance.from_arrays([[4], [4], [3]], [[7], [4]], current=[0, 0, -1]))
    >>> [placement.tolist() for placement in as_it_is(cluster)]
    [[-1, 0, -1], [1, 0, 0]]
    """
    current = problem.current
    assert current is not None
    light = repair(problem, lightest(problem.instance))
    if (light[urgent_vms(problem) > 0] >= 0).all():
        whole = yield from _completed(problem, light, stop)
        if whole:
            return
    repaired = with_room(problem, light, _wanted(problem), stop)
    if repaired is not None:
        yield repaired
        return
    fits = repair(problem, current)
    if not np.array_equal(fits, light):
        yield from _completed(problem, fits, stop)


def _wanted(problem: Problem) -> IntArray:
    """Who runs now, or must run."""
    current = problem.current
    assert current is not None
    return np.flatnonzero((current >= 0) | (urgent_vms(problem) > 0))


def _completed(problem: Problem, fits: IntArray, stop: float) -> Generator[IntArray, None, bool]:
    """Yield what is lawful of it, and more; return whether all run that are wanted."""
    kept = _lawful(problem, fits, stop)
    if kept is None:
        return False
    yield kept
    completed = _lawful(problem, greedy.complete(problem, kept), stop)
    if completed is None:
        return False
    yield completed
    return bool((completed[_wanted(problem)] >= 0).all())


def _lawful(problem: Problem, fits: IntArray, stop: float) -> IntArray | None:
    return keep(problem, fits, stop) if problem.rules else fits
