"""Where results and remarks go: results to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from rich.console import Console, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table as RichTable
from rich.text import Text

from vmopt.summary.layout import Fact, Table, facts_text, printable, table_text

BAR_WIDTH = 24
STATUS_STYLES = {"optimal": "bold green", "feasible": "bold yellow", "infeasible": "bold red", "not found": "bold red"}


def results() -> Console:
    """Console on stdout; plain text without colours or control codes where that is not a terminal."""
    return _console(sys.stdout)


def remarks() -> Console:
    """Console on stderr, for progress and notes."""
    return _console(sys.stderr)


def note(message: str) -> None:
    """Say something in passing, on stderr."""
    remarks().print(message, markup=False, highlight=False, soft_wrap=True)


def written(what: str, path: Path, *, quiet: bool) -> None:
    """Say what was written where: on stderr, or as JSON on stdout where that is asked for."""
    from vmopt.cli import documents
    from vmopt.cli.manner import manner

    if manner.as_json:
        documents.show({"written": what, "file": str(path)})
    else:
        saved(what, path, quiet=quiet)


def saved(what: str, path: Path, *, quiet: bool) -> None:
    """Say on stderr what was written where; of what went to stdout, whoever reads that knows."""
    from vmopt.io.files import STDOUT

    if not quiet and path != STDOUT:
        note(f"{what} written to {path}")


def show(facts: Sequence[Fact], *tables: tuple[str, Table]) -> None:
    """Print facts, then tables each under its title: set out for a terminal, aligned plain text elsewhere."""
    console = results()
    if console.is_terminal:
        console.print()
        if facts:
            console.print(facts_grid(facts))
        for title, table in tables:
            console.print(Text(f"\n {title}\n", style="bold") if title else "", table_grid(table), sep="\n")
        console.print()
        return
    pieces = [facts_text(facts)] if facts else []
    for title, table in tables:
        pieces += [title] * bool(title) + [table_text(table)]
    print("\n\n".join(pieces))


def facts_grid(facts: Sequence[Fact]) -> RichTable:
    """Facts for a terminal: a status in its colour, fractions with a bar."""
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for fact in facts:
        grid.add_row(Text(f" {printable(fact.label)}"), _value(fact))
    return grid


def table_grid(table: Table) -> RichTable:
    """Set a table out for a terminal, numbers to the right."""
    grid = RichTable(box=None, padding=(0, 1), header_style="cyan", pad_edge=True)
    for column, title in enumerate(table.header):
        grid.add_column(Text(printable(title)), justify="left" if column < table.n_left else "right", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(printable(cell), style=STATUS_STYLES.get(cell, "")) for cell in row))
    return grid


def bar(fraction: float, width: int | None = BAR_WIDTH) -> ProgressBar:
    """A bar filled to a fraction."""
    completed = min(1.0, fraction)
    return ProgressBar(1.0, completed, width, complete_style="green", finished_style="green")


def _value(fact: Fact) -> RenderableType:
    if fact.fraction is not None:
        cell = RichTable.grid(padding=(0, 2, 0, 0))
        cell.add_row(bar(fact.fraction), Text(fact.value))
        return cell
    if fact.label == "status":
        name, space, rest = fact.value.partition(" (")
        return Text.assemble((name, STATUS_STYLES.get(name, "bold")), space, rest)
    return Text(printable(fact.value))


def _console(stream: IO[str]) -> Console:
    plain = bool(os.environ.get("NO_COLOR"))  # rich drops the colours only; this drops bold and dim as well
    return Console(file=stream, color_system=None if plain else "auto", highlight=False, emoji=False)
