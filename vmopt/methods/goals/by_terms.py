"""By terms: the hosts of a sum as if they were all that counts, then the rest of it on hosts that cost no more.

What serves hosts in use alone finds placements that searches of the sum do not come to: they would pass worse ones.
Where moves are part of the sum that is no use: a packing from nothing moves nearly everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from vmopt.arrays import IntArray
from vmopt.goals.holds import Hold, holds_of
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.stage import Stage
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import OF_MOVES, has

SHARE_OF_HOSTS = 0.4
"""Part of the time for hosts, which are quick; the rest of the sum has what is left."""


def serves(stage: Stage) -> bool:
    """Whether nothing in the sum asks where VMs run now."""
    return not has(stage.instance, stage.level, *OF_MOVES)


def run(stage: Stage, ground: PackingProblem, serve: Callable[[Stage], None]) -> None:
    """Serve hosts, and then what else the level has, each as a level of its own; the stage takes what is better.

    Parameters
    ----------
    serve : callable
        Serves a level.
    """
    hosts = GoalLevel.of(ground.goal)
    rest = GoalLevel(tuple(term for term in stage.level.terms if term[1] is not ground.goal))
    packed = _Part(stage, hosts, stage.holds, stage.host_index, SHARE_OF_HOSTS)
    serve(packed)
    stage.limit = packed.limit
    if not stage.finished:
        held = holds_of(stage.instance, (hosts,), (0.0,), packed.host_index)
        settled = _Part(stage, rest, (*stage.holds, *held), packed.host_index, 1.0)
        serve(settled)
        stage.limit = settled.limit


class _Part(Stage):
    """A level that hands every placement on to the stage that it is a part of."""

    def __init__(
        self, whole: Stage, level: GoalLevel, holds: Sequence[Hold], host_index: IntArray, share: float
    ) -> None:
        options = replace(whole.options, time_limit=share * whole.remaining, progress=None)
        super().__init__(whole.instance, options, level, holds, host_index, bound_is_told=False)
        self._whole = whole

    def offer(self, host_index: IntArray, method: str) -> bool:
        """Take a placement if it is better here, and hand it on."""
        taken = super().offer(host_index, method)
        if taken:
            self._whole.offer(self.host_index, method)
        return taken
