"""Curve: how much of one goal has to be given up for how much of another, each point with its bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, overload

from vmopt.levels import Level
from vmopt.model.goal_level import GoalLevel
from vmopt.model.instance import Instance
from vmopt.solution import Solution
from vmopt.status import Status
from vmopt.summary.figures import apart, number, percent
from vmopt.summary.layout import Table, table_html, table_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False)
class TradePoint:
    """One point of the curve.

    Attributes
    ----------
    a, b : float
        What the placement has of both goals.
    bound : float
        No placement that is as good in the first goal is better in the second.
    solution : Solution
        The placement, with its levels.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8], [9]], value=[4, 5, 3])
    >>> point = vmopt.trade_off(cluster, vmopt.Utilisation(), vmopt.FewestHosts(), points=3)[0]
    >>> point.a, point.b, point.bound, point.solution.n_placed
    (12.0, 2.0, 2.0, 3)
    """

    a: float
    b: float
    bound: float
    solution: Solution

    @property
    def status(self) -> Status:
        """Whether the second goal is proven, given the first."""
        return self.solution.levels[-1].status


class TradeOff(Sequence[TradePoint]):
    """The curve: from the best of the first goal to the best of the second, no point worse than another in both.

    Attributes
    ----------
    instance : Instance
    a, b : GoalLevel
    best : Level or None
        What is known of the first goal at its end of the curve: value, bound, status.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [5], [3]], [[8], [9]], value=[4, 5, 3])
    >>> curve = vmopt.trade_off(cluster, vmopt.Utilisation(), vmopt.FewestHosts(), points=3)
    >>> [(point.a, point.b) for point in curve]
    [(12.0, 2.0), (9.0, 1.0), (0.0, 0.0)]
    """

    def __init__(
        self, instance: Instance, a: GoalLevel, b: GoalLevel, points: Sequence[TradePoint], best: Level | None = None
    ) -> None:
        self.instance, self.a, self.b, self.best = instance, a, b, best
        self._points = tuple(points)

    @overload
    def __getitem__(self, position: int) -> TradePoint: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[TradePoint, ...]: ...
    def __getitem__(self, position: int | slice) -> TradePoint | tuple[TradePoint, ...]:
        return self._points[position]

    def __len__(self) -> int:
        return len(self._points)

    def table(self) -> Table:
        """Return the points as cells of text, under a header."""
        rows = []
        for point in self._points:
            row = point.solution.levels[-1]
            rows.append((number(point.a), *apart(point.b, point.bound), percent(row.gap), row.status.value))
        return Table((str(self.a), str(self.b), "bound", "gap", "status"), rows, n_left=0)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The points as plain records, for data frames and JSON."""
        return [{"a": p.a, "b": p.b, "bound": p.bound, "status": p.status.value} for p in self._points]

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the curve, and the bound below it; needs the extra ``plot``."""
        from vmopt import plotting

        return plotting.trade_off(self, ax)

    @property
    def open_end(self) -> str:
        """Says so where the curve may go on beyond its first point; else nothing."""
        if self.best is None or self.best.status is Status.OPTIMAL:
            return ""
        value, bound = apart(self.best.value, self.best.bound)
        most = "at most" if self.best.maximised else "at least"
        return f"{self.a}: {value} is not proven to be the best, {most} {bound} is possible"

    def __repr__(self) -> str:
        return "\n".join(filter(None, (table_text(self.table()), self.open_end)))

    def _repr_html_(self) -> str:
        return table_html(self.table()) + (f"<p>{escape(self.open_end)}</p>" if self.open_end else "")
