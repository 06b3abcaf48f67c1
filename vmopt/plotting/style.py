"""What the pictures share: colours, canvas, and the writing on it.

Colours are those of Okabe & Ito, "Color Universal Design" (2008), which people with any common colour blindness tell
apart, and the maps viridis and cividis, whose lightness grows steadily, so that a print in grey reads the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import matplotlib.axes
import numpy as np
from matplotlib.ticker import FuncFormatter, PercentFormatter

from vmopt.arrays import FloatArray
from vmopt.checks import shown
from vmopt.errors import OptionError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, VERMILLION, SKY)
DARK_ORANGE = "#9A6A00"
"""Orange for letters: on white, as readable as small print must be."""
LINES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P")
INK, GREY, LINK, PALE = "#333333", "#999999", "#C4C4C4", "#E8E8E8"
SMALL, NORMAL = 8.5, 10
NOTEBOOK_SIZE = (6.0, 3.5)
ONE_LINE = 76
"""Letters of small print that go on a line at notebook size."""
MOST_COLUMNS = 400
"""More columns than these cannot be told apart at notebook size."""
LEGEND: dict[str, Any] = {
    "frameon": False,
    "fontsize": SMALL,
    "labelcolor": INK,
    "handlelength": 1.0,
    "handletextpad": 0.4,
}
BESIDE: dict[str, Any] = {**LEGEND, "loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "title_fontsize": SMALL}
"""A legend to the right of the picture."""


def canvas(ax: Axes | None, size: tuple[float, float] = NOTEBOOK_SIZE) -> Axes:
    """Return `ax`, or an axes of a new figure of this size in inches; either way with little ink around the data."""
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=size, layout="constrained")
    if not isinstance(ax, mpl.axes.Axes):
        raise OptionError(f"ax is {shown(ax)}: give axes of matplotlib, or None for a new figure.")
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(GREY)
    ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=INK)
    ax.set_axisbelow(True)
    return ax


def title(ax: Axes, text: str) -> None:
    """Write what the picture shows above it, to the left."""
    ax.set_title(text, loc="left", fontsize=NORMAL, color=INK)


def axis_labels(ax: Axes, x: str = "", y: str = "") -> None:
    """Write what the axes measure."""
    ax.set_xlabel(x, fontsize=SMALL, color=INK)
    ax.set_ylabel(y, fontsize=SMALL, color=INK)


def grid(ax: Axes, axis: Literal["x", "y", "both"]) -> None:
    """Draw faint lines to read values by."""
    ax.grid(axis=axis, color=PALE, linewidth=0.8)


def thousands(axis: Any) -> None:
    """Write numbers plainly, thousands apart: no exponent, no offset."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def percent_axis(axis: Any, decimals: int | None = 0) -> None:
    """Write fractions as percentages."""
    axis.set_major_formatter(PercentFormatter(1.0, decimals=decimals, symbol=" %"))


def key(ax: Axes, marker_size: float = 1.0) -> None:
    """Name the colours above the picture: beside the title where there is room, else below it."""
    names = ax.get_legend_handles_labels()[1]
    heading = ax.get_title(loc="left")
    if 1.2 * len(heading) + sum(len(name) + 3 for name in names) <= ONE_LINE:
        where = {"ncols": len(names), "loc": "lower right", "bbox_to_anchor": (1.0, 1.0)}
    else:
        where = {"ncols": min(len(names), 4), "loc": "lower left", "bbox_to_anchor": (0.0, 1.0)}
        ax.set_title(heading, loc="left", fontsize=NORMAL, color=INK, pad=6 + 15 * -(-len(names) // 4))
    ax.legend(columnspacing=1.0, markerscale=marker_size, borderaxespad=0.2, **where, **LEGEND)


def beside(ax: Axes, height: float, text: str, colour: str) -> None:
    """Name a line at its right end, at this height on the axis."""
    where = ax.get_yaxis_transform()
    ax.text(1.0, height, f" {text}", transform=where, color=readable(colour), fontsize=SMALL, va="center")


def note(ax: Axes, text: str, at: tuple[float, float], offset: tuple[float, float], **how: Any) -> None:
    """Write a word beside a point of the data, `offset` points (1/72 inch) away."""
    how = {"fontsize": SMALL, "color": INK, "annotation_clip": False, **how}
    ax.annotate(text, at, offset, textcoords="offset points", **how)


def readable(colour: str) -> str:
    """Return a darker shade of a light colour, for letters on white."""
    return {ORANGE: DARK_ORANGE, SKY: "#2A7FAF", PURPLE: "#A04D7A"}.get(colour, colour)


def shades(n: int, name: str = "viridis_r", low: float = 0.05, high: float = 0.95) -> list[tuple[float, ...]]:
    """Return `n` colours of a map, evenly spread, from light to dark for the reversed maps."""
    picked = mpl.colormaps[name](np.linspace(low, high, n) if n > 1 else [0.5 * (low + high)])
    return [tuple(colour) for colour in picked]


def means(rows: FloatArray, most: int) -> FloatArray:
    """Return means of neighbouring rows, so that at most `most` rows are left.

    Examples
    --------
    >>> means(np.array([[1.0], [3.0], [10.0], [20.0]]), 2).tolist()
    [[2.0], [15.0]]
    """
    edges = np.linspace(0, len(rows), min(most, len(rows)) + 1).astype(np.int64)
    sums: FloatArray = np.add.reduceat(rows, edges[:-1], axis=0)
    return sums / np.diff(edges)[:, None]


def spread(wanted: Sequence[float], low: float, high: float, apart: float) -> FloatArray:
    """Move positions of labels so that neighbours are `apart`, as near to the wanted ones as one pass allows.

    Examples
    --------
    >>> spread([0.5, 0.52, 0.1], 0.0, 1.0, 0.1).round(2).tolist()
    [0.5, 0.6, 0.1]
    """
    order = np.argsort(wanted, kind="stable")
    placed: FloatArray = np.clip(np.asarray(wanted, dtype=float), low, high)
    for before, after in pairwise(order):
        placed[after] = max(placed[after], placed[before] + apart)
    if len(order) and placed[order[-1]] > high:
        placed[order[-1]] = high
        for after, before in pairwise(order[::-1]):
            placed[before] = min(placed[before], placed[after] - apart)
    return placed
