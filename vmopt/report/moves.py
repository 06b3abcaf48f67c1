"""Moves: a plan as a drawing, a bar for each action, in rows of what runs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.change import Kind, Plan, plan
from vmopt.solution import Solution
from vmopt.summary.figures import number

MOST_BARS = 400
WIDTH, ROW, TOP = 1000.0, 26.0, 24.0
LETTER = 6.6
"""Width of a letter, in the units of the drawing."""


@dataclass(frozen=True)
class ActionBar:
    """One action, where it is drawn, and what it says.

    Attributes
    ----------
    kind, vm, source, target : str
    begin, seconds : str
    x, y, width : float
    words : str
    written : str
        As much as there is room for in the bar.
    """

    kind: str
    vm: str
    source: str
    target: str
    begin: str
    seconds: str
    x: float
    y: float
    width: float
    words: str
    written: str


@dataclass(frozen=True)
class Drawing:
    """A plan, drawn.

    Attributes
    ----------
    plan : Plan
    bars : tuple of ActionBar
    ticks : tuple of (x, words)
    height : float
    kinds : tuple of (kind, number)
    left : int
        How many actions are not drawn.
    """

    plan: Plan
    bars: tuple[ActionBar, ...]
    ticks: tuple[tuple[float, str], ...]
    height: float
    kinds: tuple[tuple[str, int], ...]
    left: int


def plan_of(solution: Solution, given: Plan | None) -> Plan | None:
    """Return the plan that was given, or where it is known what runs now a new one."""
    if given is not None or solution.instance.current is None:
        return given
    return plan(solution, tries=0)


def drawn(made: Plan) -> Drawing:
    """Draw a plan.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6]], [[8], [8]], current=[0], rules=[vmopt.Empty("host-0")])
    >>> [bar] = drawn(vmopt.plan(vmopt.solve(cluster))).bars
    >>> bar.words, bar.x, bar.width
    ('move vm-0 from host-0 to host-1, from 0 s to 1 s', 0.0, 1000.0)
    """
    rows = _rows(made)
    long = made.makespan or 1.0
    order = np.argsort(made.begins, kind="stable")[:MOST_BARS].tolist()
    bars = tuple(_bar(made, n, rows[n], long) for n in order)
    deepest = max((rows[n] for n in order), default=0)
    words = [f"{number(long * part / 4, 3)} s" for part in range(5)] if made.is_paced else ["begin", "", "", "", "end"]
    ticks = tuple((WIDTH * part / 4, word) for part, word in enumerate(words))
    kinds = tuple((kind.value, made.count(kind)) for kind in Kind if made.count(kind))
    return Drawing(made, bars, ticks, TOP + ROW * (deepest + 1), kinds, len(made.actions) - len(bars))


def _bar(made: Plan, n: int, row: int, long: float) -> ActionBar:
    action, begin, end = made.actions[n], float(made.begins[n]), float(made.ends[n])
    vm, source, target = made.vm_name(action), made.host_name(action.source), made.host_name(action.target)
    way = "".join(f" {word} {host}" for word, host in (("from", source), ("to", target)) if host != "-")
    width = WIDTH * (end - begin) / long
    when = f", from {number(begin)} s to {number(end)} s" if made.is_paced else ""
    room = int((width - 8) / LETTER)
    written = next((said for said in (f"{vm} → {target}", vm) if len(said) <= room), "")
    return ActionBar(
        action.kind.value,
        vm,
        source,
        target,
        number(begin),
        number(end - begin),
        WIDTH * begin / long,
        TOP + ROW * row,
        width,
        f"{action.kind.value} {vm}{way}{when}",
        written,
    )


def _rows(made: Plan) -> list[int]:
    """Give each action the first row that is free when it begins."""
    rows, until = [0] * len(made.actions), list[float]()
    begins, ends = made.begins, made.ends
    for n in np.argsort(begins, kind="stable").tolist():
        row = next((row for row, end in enumerate(until) if end <= begins[n]), len(until))
        until[row : row + 1] = [float(ends[n])]
        rows[n] = row
    return rows
