"""The pictures that are compared with the ones in ``baseline``; ``python -m tests.plotting.pictures`` draws those anew.

A baseline is two files. The picture has no letters, because every version of matplotlib and FreeType sets them a little
differently; the words stand beside it as text. What is left of the picture is lines and areas, which all versions
since 3.8 draw the same but for the rounding of single pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, nan
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.testing.decorators import remove_ticks_and_titles
from matplotlib.text import Text

from tests.plotting.builders import HISTORY, relaxation, solution
from vmopt import plotting

BASELINE = Path(__file__).parent / "baseline"
COUNT = np.arange(60)
TIMES = {
    "auto": 1 + COUNT % 5,
    "exact": np.where(COUNT % 4, 2.0 + COUNT % 7, inf),
    "greedy": np.where(COUNT % 10, 4.0, nan),
}
SECONDS = {"solve": [0.1, 0.9, 11.0, 95.0], "verify": [0.01, 0.02, 0.045, nan]}
FEW, MANY, CROWD = solution(10), solution(200), solution(10_000)
UNLIKE = solution(200, n_priorities=97, n_sizes=50)
METHODS = [replace(FEW, method=name, objective=part * FEW.bound) for name, part in (("greedy", 0.6), ("auto", 0.95))]

PICTURES: dict[str, Callable[[Axes], Axes]] = {
    "utilisation-10": lambda ax: plotting.utilisation(FEW, ax=ax),
    "utilisation-200": lambda ax: plotting.utilisation(MANY, ax=ax),
    "utilisation-10000": lambda ax: plotting.utilisation(CROWD, ax=ax),
    "packing-10": lambda ax: plotting.packing(FEW, ax=ax),
    "packing-10000": lambda ax: plotting.packing(CROWD, ax=ax),
    "packing-chosen": lambda ax: plotting.packing(UNLIKE, ["host-7", "host-3", "host-49"], "memory", ax=ax),
    "unplaced-10": lambda ax: plotting.unplaced(FEW, ax=ax),
    "unplaced-10000": lambda ax: plotting.unplaced(CROWD, ax=ax),
    "unplaced-many-priorities": lambda ax: plotting.unplaced(UNLIKE, ax=ax),
    "prices-10": lambda ax: plotting.prices(FEW, ax=ax),
    "prices-10000": lambda ax: plotting.prices(relaxation(10_000), ax=ax),
    "prices-many-classes": lambda ax: plotting.prices(UNLIKE, ax=ax),
    "progress-long": lambda ax: plotting.progress(FEW, ax=ax),
    "progress-short": lambda ax: plotting.progress(HISTORY[1:3], ax=ax),
    "dumbbells-5": lambda ax: plotting.dumbbells(list("abcde"), 0.1 * COUNT[:5], [0.3, 0.3, 0.2, 0.35, 0.9], ax=ax),
    "dumbbells-60": lambda ax: plotting.dumbbells([""] * 60, COUNT % 7, 8 + COUNT % 11, ax=ax),
    "comparison": lambda ax: plotting.comparison(METHODS, ax=ax),
    "performance-profile": lambda ax: plotting.performance_profile(TIMES, ax=ax),
    "growth": lambda ax: plotting.growth([10, 100, 1000, 10_000], SECONDS, ax=ax),
}


def draw(name: str) -> tuple[Figure, str]:
    """Draw a picture without letters, and return its words apart."""
    return strip(PICTURES[name](Figure((6.0, 3.5), dpi=80).add_axes((0.1, 0.1, 0.8, 0.8))))


def strip(ax: Axes) -> tuple[Figure, str]:
    """Take the letters, and the legend that is laid out around them, from a picture; return it and the words."""
    figure = ax.figure
    figure.draw_without_rendering()
    words = [artist.get_text() for artist in figure.findobj(Text) if artist not in _unseen(figure)]
    remove_ticks_and_titles(figure)
    for one in figure.axes:
        if one.get_legend() is not None:
            one.get_legend().remove()
    for artist in figure.findobj(Text):
        artist.set_visible(False)
    return figure, "\n".join(dict.fromkeys(word.strip() for word in words if word.strip())) + "\n"


def _unseen(figure: Figure) -> set[Text]:
    """Labels of ticks outside the view: matplotlib makes them or not, by version."""
    unseen = set()
    for axis in (axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)):
        low, high = sorted(axis.get_view_interval())
        ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        outside = [tick for tick in ticks if not low <= tick.get_loc() <= high]
        unseen.update(label for tick in outside for label in (tick.label1, tick.label2))
    return unseen


def main() -> None:
    """Draw all baselines anew."""
    for name in PICTURES:
        figure, words = draw(name)
        figure.savefig(BASELINE / f"{name}.png", metadata={"Software": None})
        (BASELINE / f"{name}.txt").write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main()
