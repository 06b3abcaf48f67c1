"""Growth: how time grows with size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.plotting import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def growth(sizes: Sequence[float], seconds: Mapping[str, Sequence[float]], ax: Axes | None = None) -> Axes:
    """Draw seconds over size, both in powers of ten, with the slope that fits each kind.

    A straight line of slope b says that time grows like ``size ** b``. It is the least-squares line through the
    logarithms of the measurements.

    Parameters
    ----------
    sizes : (n,) sequence of float
        Positive, such as numbers of hosts or VMs.
    seconds : mapping of str to (n,) sequence of float
        Of each kind at these sizes; NaN where nothing was measured.
    ax : matplotlib.axes.Axes, optional
        Where to draw; default: a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    OptionError
        If there is nothing to draw, the lengths differ, or a size is not positive.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = growth([10, 100, 1000], {"verify": [0.01, 0.1, 1.0]}, ax=Figure().subplots())
    >>> ax.texts[0].get_text().strip()
    'verify: slope 1.00'
    """
    checks.of_kind(seconds, Mapping, "seconds", "a dict of the times of each kind")  # type: ignore[type-abstract]
    xs = checks.floats(sizes, "sizes")
    rows = {kind: checks.floats(row, "one of seconds") for kind, row in seconds.items()}
    _check(xs, rows)
    ax = style.canvas(ax)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ends = []
    for s, (kind, ys) in enumerate(rows.items()):
        measured = np.isfinite(ys) & (ys > 0)
        colour = style.CYCLE[s % 6]
        ax.plot(xs[measured], ys[measured], style.MARKERS[s % 6], color=colour, markersize=5)
        exponent, factor = slope(xs[measured], ys[measured])
        reach = np.array([xs.min(), xs.max()])
        ax.plot(reach, factor * reach**exponent, style.LINES[s % 4], color=colour, linewidth=1.2)
        ends.append((kind, exponent, factor * xs.max() ** exponent, style.readable(colour)))
    _label(ax, ends)
    style.grid(ax, "both")
    style.axis_labels(ax, x="size", y="seconds")
    return ax


def slope(sizes: FloatArray, seconds: FloatArray) -> tuple[float, float]:
    """Exponent b and factor a of the least-squares fit of ``log seconds = log a + b log size``.

    NaN where fewer than two sizes were measured.

    Examples
    --------
    >>> exponent, factor = slope(np.array([1.0, 10.0, 100.0]), np.array([3.0, 300.0, 30000.0]))
    >>> round(exponent, 6), round(factor, 6)
    (2.0, 3.0)
    """
    if len(np.unique(sizes)) < 2:
        return float("nan"), float("nan")
    exponent, intercept = np.polyfit(np.log(sizes), np.log(seconds), 1)
    return float(exponent), float(np.exp(intercept))


def _label(ax: Axes, ends: list[tuple[str, float, float, str]]) -> None:
    """Name each line at its right end, in parts of the height, where labels can be kept apart."""
    low, high = np.log(ax.get_ylim())
    heights = [(np.log(end) - low) / (high - low) if np.isfinite(end) else 0.0 for _, _, end, _ in ends]
    for (kind, exponent, _, colour), height in zip(ends, style.spread(heights, 0.0, 1.0, 0.065), strict=True):
        text = f" {kind}: slope {exponent:.2f}" if np.isfinite(exponent) else f" {kind}"
        ax.text(1.0, height, text, transform=ax.transAxes, color=colour, fontsize=style.SMALL, va="center")


def _check(sizes: FloatArray, rows: Mapping[str, FloatArray]) -> None:
    if not sizes.size or not rows:
        raise OptionError("there is nothing to draw: give at least one size and one kind.")
    if not (np.isfinite(sizes) & (sizes > 0)).all():
        raise OptionError("a size is not positive: give numbers of VMs or hosts.")
    for kind, row in rows.items():
        if row.shape != sizes.shape:
            raise OptionError(
                f"{kind} has {row.size} times for {sizes.size} sizes: give one each, NaN where there is none."
            )
