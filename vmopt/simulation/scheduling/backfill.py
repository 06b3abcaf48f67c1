"""Priority with conservative backfilling: who waits is promised a host and a time, and nobody may delay that."""

from __future__ import annotations

from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.in_order import by_priority, in_order
from vmopt.simulation.scheduling.keeper import DEPTH, Keeper


class Backfill:
    """Start VMs by priority; the first of the queue that do not fit are promised the earliest room there will be.

    A VM may start before them only where it delays none of them: on a host without a promise, or if it ends before the
    promised time, or if there is room for both then (Mu'alem and Feitelson, Utilization, predictability, workloads, and
    user runtime estimates in scheduling the IBM SP2 with backfilling, 2001). Durations are known exactly, so promises
    are kept, unless somebody more important comes or a host fails.

    Parameters
    ----------
    depth : int
        To how many VMs, the first of the queue, promises are made.
    """

    name = "backfill"
    window = 0.0

    def __init__(self, depth: int = DEPTH) -> None:
        self._keeper = Keeper(depth)

    def decide(self, moment: Moment) -> None:
        """Keep what is promised, give promises to those who are first now, and let others pass where they may."""
        self._keeper.keep(moment)
        waiting = moment.cluster.waiting
        queue = waiting[in_order(moment, waiting, by_priority)]
        self._keeper.forget_all_but(moment, queue)
        self._keeper.serve_the_first(moment, queue)
        self._keeper.let_pass(moment, queue)
