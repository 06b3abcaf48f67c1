"""Whether a placement is worth moving for."""

from __future__ import annotations

from collections.abc import Iterator

from vmopt.arrays import IntArray
from vmopt.level_values import values_of
from vmopt.metrics import penalty_of
from vmopt.solution import Solution
from vmopt.verify import verify

MOVES = "fewest-moves"


def is_worth_it(solution: Solution, current: IntArray, least_gain: float) -> bool:
    """Whether a placement is better than what runs now, or what runs now is not allowed at all.

    The first level in which they differ decides; how much moves is no such level.

    Parameters
    ----------
    solution : Solution
    current : (n_vms,) int64 array
    least_gain : float
        The gain has to be above it.
    """
    if verify(solution.instance, current):
        return True
    gain = next((gain for gain in _gains(solution, current) if gain), 0.0)
    return gain > least_gain


def _gains(solution: Solution, current: IntArray) -> Iterator[float]:
    """How much better the placement is in each level, the highest first."""
    instance, target = solution.instance, solution.host_index
    goals = instance.objective.goal_levels
    for level in goals:
        if not all(goal.name == MOVES for goal in level.goals):
            more = level.value(instance, target) - level.value(instance, current)
            yield float(more if level.maximised else -more)
    if goals:
        return
    delays = instance.delays
    more_latency = 0.0 if delays is None else float(delays.cost(target) - delays.cost(current))
    more_penalty = penalty_of(instance, target) - penalty_of(instance, current)
    before = values_of(instance, current)
    for rank, (now, then) in enumerate(zip(before, values_of(instance, target), strict=True)):
        yield float(then - now) - (0.0 if rank else more_latency + more_penalty)
