"""Plan: what moves, stops and starts, and what waits for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import networkx as nx

from vmopt.arrays import IntArray
from vmopt.change.action import Action, Kind
from vmopt.change.action_graph import ActionGraph, Outcome
from vmopt.rules import BaseRule
from vmopt.solution import Solution

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.change.settings import Settings


@dataclass(frozen=True, eq=False, repr=False)
class Plan(ActionGraph):
    """A graph of actions that leads from what runs now to a placement, through states that all respect capacity.

    An action may begin when all that it waits for are done, and `at_once` and `per_host` leave room for it: `ready`
    says which. Whatever order they then end in, no host is ever asked for more than it has; a VM that moves counts
    fully on both hosts.

    Attributes
    ----------
    solution : Solution
        Where it leads: the one that was given, or where that cannot be reached another (see `forbidden`).
    current : (n_vms,) int64 array
        Where VMs run at first.
    outcome : Outcome
    actions : tuple of Action
        In an order that works one by one.
    graph : networkx.DiGraph
        Nodes are positions in `actions`; an edge says that its first end is done before its second begins.
    always : tuple of BaseRule
        Rules that hold in every state.
    blocking : tuple of str
        VMs that are stuck, where there is no order.
    forbidden : tuple of BaseRule
        What was ruled out on the way, because no order leads to it.
    settings : Settings
        Limits on what runs at once, and what durations are made of.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> steps = vmopt.plan(vmopt.solve(cluster))
    >>> steps.ready(), steps.ready(done=[0])
    ([0], [])
    """

    solution: Solution
    current: IntArray
    outcome: Outcome
    actions: tuple[Action, ...] = ()
    graph: nx.DiGraph = field(default_factory=nx.DiGraph)
    always: tuple[BaseRule, ...] = ()
    blocking: tuple[str, ...] = ()
    forbidden: tuple[BaseRule, ...] = ()
    settings: Settings = field(kw_only=True)

    def after(self, done: Iterable[int] = (), *, current: Any = None, **changes: Any) -> Plan:
        """Plan anew, from the state that the plan stopped in.

        Parameters
        ----------
        done : iterable of int
            Actions that are done. Let those that are under way end first, or give `current`.
        current : mapping of VM name to host name or (n_vms,) int array, optional
            Where VMs run now, in place of `done`.
        **changes
            Options of `plan` that are to be others than before.
        """
        from vmopt.change.make import plan_again

        return plan_again(self, self.state(done) if current is None else current, changes)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw when each action runs; needs the extra ``plot``."""
        from vmopt import plotting

        return plotting.gantt(self, ax)

    def document(self) -> dict[str, Any]:
        """Return the plan as an object of JSON: see `vmopt.change.document`."""
        from vmopt.change.document import document

        return document(self)

    def shell(self, tool: str) -> list[str]:
        """Return lines of a shell script that carry it out: openstack, qm, virsh or kubectl; nothing is run."""
        from vmopt.change.shell import shell_lines

        return shell_lines(self, tool)

    def __str__(self) -> str:
        from vmopt.change.show import text

        return text(self)

    def __repr__(self) -> str:
        counts = ", ".join(f"{self.count(kind):,} {kind.value}" for kind in Kind if self.count(kind))
        return f"Plan({self.outcome.value}{': ' if counts else ''}{counts})"

    def _repr_html_(self) -> str:
        from vmopt.change.show import html

        return html(self)
