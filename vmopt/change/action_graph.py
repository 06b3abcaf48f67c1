"""A graph of actions: what may begin when, how long all takes, and which states it leads through."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import cached_property
from typing import Any

import networkx as nx
import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.change.action import NOWHERE, Action, Kind
from vmopt.change.settings import Settings
from vmopt.change.timetable import begins
from vmopt.errors import OptionError
from vmopt.model.instance import Instance
from vmopt.rules import BaseRule
from vmopt.solution import Solution

TELLING = 1e6
"""Seconds, twelve days: no plan takes longer whose bandwidth is known."""


class Outcome(StrEnum):
    """What became of a plan.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> vmopt.plan(vmopt.solve(cluster)).outcome is vmopt.Outcome.PLANNED
    True
    """

    NOTHING = "nothing to do"
    """All VMs are where they are to be."""
    NOT_WORTH = "nothing worth moving"
    """The placement is no better than what runs now."""
    PLANNED = "planned"
    NO_ORDER = "no order exists"
    """Proven: whatever goes first, some VMs stay stuck."""
    NOT_FOUND = "no order found"
    """None was found, and it is not proven that there is none."""


class ActionGraph:
    """What a plan says, however it is shown."""

    solution: Solution
    current: IntArray
    outcome: Outcome
    actions: tuple[Action, ...]
    graph: nx.DiGraph
    always: tuple[BaseRule, ...]
    blocking: tuple[str, ...]
    forbidden: tuple[BaseRule, ...]
    settings: Settings

    @property
    def instance(self) -> Instance:
        """Hosts and VMs."""
        return self.solution.instance

    @property
    def target(self) -> IntArray:
        """Host of each VM in the end, -1 for none; where there is no plan, where it runs now."""
        return self.solution.host_index if self.outcome is Outcome.PLANNED else self.current

    @cached_property
    def begins(self) -> FloatArray:
        """Seconds at which each action begins if all take as long as they are said to."""
        return begins(self.actions, self.graph, self.settings.at_once, self.settings.per_host)

    @property
    def ends(self) -> FloatArray:
        """Seconds at which each action ends."""
        return self.begins + np.array([action.seconds for action in self.actions], dtype=np.float64)

    @property
    def makespan(self) -> float:
        """Seconds until all is done."""
        return float(self.ends.max(initial=0.0))

    @property
    def is_paced(self) -> bool:
        """Whether seconds tell anything: at one byte copied in a second, which is what nobody said, they do not."""
        return self.makespan <= TELLING or self.settings.bandwidth != Settings.bandwidth

    def count(self, *kinds: Kind) -> int:
        """How many actions are of these kinds; of all, where none is named."""
        asked = {checks.of_kind(kind, Kind, "one of kinds", "a Kind, such as Kind.MOVE") for kind in kinds}
        return sum(not asked or action.kind in asked for action in self.actions)

    @property
    def n_parked(self) -> int:
        """How often VMs go to a host only to make room, and leave it again: each costs one move more."""
        return self.count(Kind.PARK)

    def ready(self, done: Collection[int] = (), under_way: Collection[int] = ()) -> list[int]:
        """Return the actions that may begin now, all of them together.

        Parameters
        ----------
        done, under_way : collections of int
            Positions in `actions`.
        """
        done, busy = set(self._numbers(done, "done")), self._numbers(under_way, "under_way")
        begun, chosen = done | set(busy), list[int]()
        on_host: dict[int, int] = {}
        for host in (host for number in busy for host in self.actions[number].hosts):
            on_host[host] = on_host.get(host, 0) + 1
        for number in range(len(self.actions)):
            if len(busy) + len(chosen) >= self.settings.at_once:
                break
            hosts = self.actions[number].hosts
            free = all(on_host.get(host, 0) < self.settings.per_host for host in hosts)
            if free and number not in begun and done.issuperset(self.graph.predecessors(number)):
                chosen.append(number)
                on_host.update({host: on_host.get(host, 0) + 1 for host in hosts})
        return chosen

    def state(self, done: Iterable[int]) -> IntArray:
        """Host of each VM once these actions are done and no other has begun, -1 for none.

        Raises
        ------
        OptionError
            If one of them cannot be done before another that is not.
        """
        finished = set(self._numbers(done, "done"))
        now = self.current.copy()
        for number in sorted(finished):
            missing = finished.issuperset(self.graph.predecessors(number))
            if not missing:
                raise OptionError(f"action {number} waits for others that are not done: name them as well.")
            now[self.actions[number].vm] = self.actions[number].target
        return now

    def vm_name(self, action: Action) -> str:
        """Name of the VM that an action is about."""
        checks.of_kind(action, Action, "action", "one of the plan's actions")
        return self.instance.vm_names[action.vm]

    def host_name(self, host: int) -> str:
        """Name of a host; a dash for none."""
        number = checks.integer(host, "host", NOWHERE, self.instance.n_hosts - 1)
        return "-" if number == NOWHERE else self.instance.host_names[number]

    def _numbers(self, given: Any, name: str) -> list[int]:
        return checks.positions(given, name, len(self.actions), "action")
