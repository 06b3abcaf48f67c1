"""Gantt picture of a plan: what is under way when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = {"move": style.BLUE, "park": style.ORANGE, "stop": style.VERMILLION, "start": style.GREEN}
MOST_NAMED = 25
"""Actions that are few enough to be named."""
WIDEST_NAME = 0.02
"""Part of the width that a letter takes."""


class Scheduled(Protocol):
    """What is drawn of a plan, which may know of pictures, and not the other way round."""

    @property
    def actions(self) -> Sequence[Any]:
        """The actions, each of a kind."""

    @property
    def begins(self) -> FloatArray:
        """When each begins, in seconds."""

    @property
    def ends(self) -> FloatArray:
        """When each is done."""

    @property
    def makespan(self) -> float:
        """When all are."""

    @property
    def outcome(self) -> Any:
        """What the plan says of itself."""

    @property
    def settings(self) -> Any:
        """How many may run at once."""

    def vm_name(self, action: Any) -> str:
        """Name of the VM of an action."""


def gantt(plan: Scheduled, ax: Axes | None = None) -> Axes:
    """Draw when each action of a plan runs, if all take as long as they are said to.

    There is a row for each that may run at once.

    Parameters
    ----------
    plan : Plan
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Raises
    ------
    OptionError
        If there is no plan, or nothing in it.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6]], [[8], [8]], current=[0], rules=[vmopt.Empty("host-0")])
    >>> gantt(vmopt.plan(vmopt.solve(cluster)), ax=Figure().subplots()).get_xlabel()
    'seconds'
    """
    if not hasattr(plan, "actions"):
        raise OptionError(f"{checks.shown(plan)} is no plan: give what vmopt.plan returned.")
    if not plan.actions:
        raise OptionError(f"there is nothing to draw: the plan says {plan.outcome.value}.")
    ax = style.canvas(ax)
    lane, begin, length = lanes(plan.begins, plan.ends), plan.begins, plan.ends - plan.begins
    kinds = np.array([action.kind.value for action in plan.actions])
    for kind, colour in COLOURS.items():
        chosen = np.flatnonzero(kinds == kind)
        if len(chosen):
            edge: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.5 if len(kinds) < 500 else 0.0}
            ax.barh(lane[chosen], length[chosen], left=begin[chosen], height=0.8, color=colour, label=kind, **edge)
    if len(kinds) <= MOST_NAMED:
        _name(ax, plan, lane)
    ax.set_xlim(0, plan.makespan or 1.0)
    ax.set_yticks([])
    ax.invert_yaxis()
    style.title(ax, f"{len(kinds):,} actions, at most {plan.settings.at_once} at once")
    style.key(ax)
    style.grid(ax, "x")
    style.thousands(ax.xaxis)
    style.axis_labels(ax, x="seconds")
    return ax


def _name(ax: Axes, plan: Scheduled, lane: IntArray) -> None:
    """Write VMs into the bars that are wide enough."""
    for action, row, begin, end in zip(plan.actions, lane, plan.begins, plan.ends, strict=True):
        name = plan.vm_name(action)
        if len(name) * WIDEST_NAME <= (end - begin) / (plan.makespan or 1.0):
            ax.text((begin + end) / 2, row, name, ha="center", va="center", color="white", fontsize=style.SMALL)


def lanes(begins: Any, ends: Any) -> IntArray:
    """Give each action the first row that is free when it begins.

    Examples
    --------
    >>> lanes(np.array([0.0, 0.0, 2.0, 1.0]), np.array([2.0, 1.0, 3.0, 4.0])).tolist()
    [0, 1, 0, 1]
    """
    lane, until = np.zeros(len(begins), dtype=np.int64), list[float]()
    for number in np.lexsort((np.arange(len(begins)), begins)).tolist():
        row = next((row for row, end in enumerate(until) if end <= begins[number]), len(until))
        if row == len(until):
            until.append(0.0)
        until[row], lane[number] = float(ends[number]), row
    return lane
