"""Readme: the README's table and picture, made from results."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from benchmarks.report import text
from benchmarks.report.figures import draw_svg
from benchmarks.results import Results, Row
from benchmarks.statistics.standing import Problem, Standing, standings
from benchmarks.statistics.summary import summarise
from benchmarks.statistics.wins import Wins, wins_over
from vmopt.errors import FileError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
PICTURE = "optimal-against-greedy.svg"


def write_readme(results: Results, readme: Path, folder: Path) -> None:
    """Rewrite the marked block of a README, and the picture it shows.

    Parameters
    ----------
    results : Results
    readme : Path
        Has a line ``<!-- benchmarks -->`` and, below it, a line ``<!-- /benchmarks -->``.
    folder : Path
        Where the picture and the report are.

    Raises
    ------
    FileError
        If the README has no such lines.
    """
    old = readme.read_text(encoding="utf-8")
    marked = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    if len(marked.findall(old)) != 1:
        raise FileError(f"{readme} has no place for the benchmarks: add a line {BEGIN} and below it a line {END}.")
    links = folder.resolve().relative_to(readme.resolve().parent).as_posix()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PICTURE).write_text(picture(results), encoding="utf-8")
    block = f"{BEGIN}\n{block_of(results, links)}\n{END}"
    readme.write_text(marked.sub(lambda _: block, old), encoding="utf-8")


def block_of(results: Results, links: str) -> str:
    """Return the block: picture, table, and where the figures come from."""
    columns = (
        "test set",
        "instances",
        "wins over greedy by priority",
        "over greedy by demand",
        "mean gap",
        "proven",
        "seconds",
    )
    rows = [line for rows in results.by_set().values() for line in [_line(rows, standings(rows))] if line]
    first = results.rows[0]
    source = (
        "What the optimum wins at least in weighted utilisation, on average over instances and seeds; mean gap, part "
        f"proven and seconds (shifted geometric mean) are those of `auto`. Measured on {first.machine} with "
        f"{first.threads} threads, {first.date}: [the whole report]({links}/report.md)."
    )
    return f"![Optimal against greedy]({links}/{PICTURE})\n\n{text.table(columns, rows)}\n\n{source}"


def _line(rows: Sequence[Row], standing: Mapping[Problem, Standing]) -> tuple[str, ...] | None:
    """Return the line of one set; None where `auto` or greedy did not run."""
    auto = [row for row in rows if row.label == "auto"]
    wins = [Wins.of(wins_over(name, rows, standing)) for name in ("greedy-priority", "greedy-demand")]
    if not auto or not any(wins):
        return None
    of = summarise("auto", auto, standing)
    return (
        rows[0].set,
        f"{len({row.problem for row in auto})}",
        *(text.percent(won.mean, 1, sign=True) if won else text.NOTHING for won in wins),
        text.gap(of.gap),
        text.percent(of.proven, 0),
        text.seconds(of.seconds),
    )


def picture(results: Results) -> str:
    """Return the picture as SVG: for each set, the part of the bound that greedy and the best placement reach."""
    from vmopt.plotting import dumbbells, style

    reached = {name: found for name, rows in results.by_set().items() if (found := _reached(rows))}

    def draw(ax: Axes) -> None:
        low, high = zip(*reached.values(), strict=True)
        dumbbells(list(reached), low, high, low_label="greedy by priority", high_label="best placement", ax=ax)
        style.axis_labels(ax, x="part of the bound, which no placement can exceed")

    return draw_svg(draw, height=1.0 + 0.3 * len(reached))


def _reached(rows: Sequence[Row]) -> tuple[float, float] | None:
    """Mean parts of the bound that greedy by priority and the best placement of a set reach."""
    standing = standings(rows)
    pairs = [
        (row.objective / known.bound, known.best / known.bound)
        for row in rows
        if row.method == "greedy-priority" and row.verified
        for known in [standing[row.problem]]
        if known.bound > 0 and isfinite(known.bound)
    ]
    return (fmean(low for low, _ in pairs), fmean(high for _, high in pairs)) if pairs else None
