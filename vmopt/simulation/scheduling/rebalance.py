"""Rebalance: running VMs move, so many an hour at most, so that free pieces of hosts join and waiting VMs get in."""

from __future__ import annotations

from collections import deque
from math import inf
from typing import Any

from vmopt import checks
from vmopt.errors import OptionError
from vmopt.simulation.kinds import VMState
from vmopt.simulation.moment import Moment
from vmopt.simulation.scheduling.clearing import Clearing, Clearings
from vmopt.simulation.scheduling.in_order import (
    Key,
    by_arrival,
    by_largest,
    by_priority,
    by_smallest,
    in_order,
    start_what_fits,
)

HOUR = 3600.0
ORDERS: dict[str, Key] = {
    "fcfs": by_arrival,
    "priority": by_priority,
    "demand-largest": by_largest,
    "demand-smallest": by_smallest,
}
MOVES_PER_HOUR = 20
MOST = 3


class Rebalance:
    """Start VMs in an order; then let the first that fit nowhere in, where a few moves make room for them.

    Nobody moves but for a VM that starts at once on the host that was left. A move takes no time, and needs room and
    the leave of the rules on the other host before the host that is left takes anybody. In no hour that begins with a
    move more than `moves_per_hour` of them are made.

    Parameters
    ----------
    order : {"priority", "fcfs", "demand-largest", "demand-smallest"}
        As the policies of these names have it.
    moves_per_hour : int
        The budget; with 0 it is the policy of its order.
    every : float
        Seconds that pass at least between two moments with moves; 0 for any moment at which the policy decides.
    most : int
        How many VMs may move for one that starts.

    Raises
    ------
    OptionError
        If an argument makes no sense.

    Examples
    --------
    >>> import vmopt
    >>> hosts = [vmopt.Host("h1", {"cpu": 8}), vmopt.Host("h2", {"cpu": 8})]
    >>> requests = vmopt.Requests.from_arrays(
    ...     [0, 1, 2, 3], [[5], [3], [3], [8]], duration=[10, 90, 90, 50], resources=["cpu"]
    ... )
    >>> timeline = vmopt.simulate(hosts, requests, policy=Rebalance("fcfs"))
    >>> timeline.n_moves, timeline.started.tolist()
    (1, [0.0, 1.0, 2.0, 10.0])
    >>> vmopt.simulate(hosts, requests, policy="fcfs").started.tolist()
    [0.0, 1.0, 2.0, 91.0]
    """

    window = 0.0

    def __init__(
        self, order: str = "priority", *, moves_per_hour: int = MOVES_PER_HOUR, every: float = 0.0, most: int = MOST
    ) -> None:
        self._key = ORDERS[checks.choice(order, "order", ORDERS)]
        self.name = "rebalance" if order == "priority" else f"rebalance:{order}"
        self._moves_per_hour = checks.integer(moves_per_hour, "moves_per_hour")
        self._every = _checked_pause(every)
        self._most = checks.integer(most, "most", least=1)
        self._made: deque[float] = deque()

    def decide(self, moment: Moment) -> None:
        """Start what fits; while a waiting VM can be let in by moves, move, start it, and see what fits then."""
        start_what_fits(moment, self._key)
        if self._made and moment.now - self._made[-1] < self._every:
            return
        while (left := self._left(moment.now)) and (found := self._first(moment, min(left, self._most))):
            vm, clearing = found
            for mover, target in clearing.moves:
                moment.move(mover, target)
                self._made.append(moment.now)
            moment.start(vm, clearing.host)
            start_what_fits(moment, self._key)

    def _left(self, now: float) -> int:
        """How many moves the budget has left."""
        while self._made and self._made[0] <= now - HOUR:
            self._made.popleft()
        return self._moves_per_hour - len(self._made)

    def _first(self, moment: Moment, most: int) -> tuple[int, Clearing] | None:
        """Return the first VM of the queue that a clearing lets in; of VMs that are alike only one is looked at."""
        cluster = moment.cluster
        waiting = cluster.waiting
        if not waiting.size:
            return None
        clearings = Clearings(cluster, most)
        seen: set[int] = set()
        queue = waiting[in_order(moment, waiting, self._key)]
        for vm, kind in zip(queue.tolist(), cluster.class_of(queue).tolist(), strict=True):
            if kind in seen or cluster.state[vm] != VMState.WAITING:
                continue
            seen.add(kind)
            if (clearing := clearings.best(vm)) is not None:
                return vm, clearing
        return None


def _checked_pause(every: Any) -> float:
    pause = checks.seconds(every, "every")
    if not 0 <= pause < inf:
        raise OptionError(f"every is {pause:g} s: give seconds of at least 0.")
    return pause
