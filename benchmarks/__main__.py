"""``python -m benchmarks list | run SET | report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.results import Results, Row
from benchmarks.run import Settings, run
from benchmarks.sets import SETS

app = typer.Typer(help="Benchmarks of vmopt.", no_args_is_help=True)
console = Console()
ResultsFile = Annotated[Path, typer.Option("--results", help="File of JSON lines to add to, or to report.")]
RESULTS = Path("benchmarks/results/results.jsonl")


@app.command("list")
def list_sets() -> None:
    """List the test sets."""
    for test_set in SETS.values():
        console.print(f"[bold]{test_set.name}[/]  {test_set.about}")
        if missing := test_set.missing():
            console.print(missing, style="dim", soft_wrap=True)


@app.command("run")
def run_set(
    name: Annotated[str, typer.Argument(metavar="SET", help="One of 'list'.")],
    method: str = "auto",
    backend: Annotated[str | None, typer.Option()] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds; default: each case's own.")] = None,
    threads: int = 2,
    gap: float = 0.0,
    seeds: Annotated[str, typer.Option(help="Such as 0,1,2.")] = "0",
    only: Annotated[str, typer.Option(help="Only cases whose name contains this.")] = "",
    results: ResultsFile = RESULTS,
) -> None:
    """Run a test set; what the results hold already is not run again."""
    if name not in SETS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(SETS)}")
    if missing := SETS[name].missing():
        raise typer.BadParameter(missing)
    settings = Settings(method, backend, time_limit, threads, gap)
    numbers = [int(seed) for seed in seeds.split(",")]
    run(name, settings, Results(results), seeds=numbers, only=only, tell=lambda row: console.print(_line(row)))


@app.command()
def report(results: ResultsFile = RESULTS) -> None:
    """Print the results as a table."""
    table = Table("set", "instance", "seed", "method", "status", "gap %", "placed", "seconds", "MB", "verified")
    for row in Results(results).rows:
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: Row) -> tuple[str, ...]:
    method = f"{row.method}:{row.backend}" if row.backend else row.method
    placed = f"{row.placed:,} / {row.vms:,}"
    seconds, memory = f"{row.total_seconds:.1f}", f"{row.peak_memory_mb:,.0f}"
    gap, verified = f"{100 * row.gap:.4f}", "yes" if row.verified else "NO"
    return row.set, row.instance, str(row.seed), method, row.status, gap, placed, seconds, memory, verified


def _line(row: Row) -> str:
    return "  ".join(_cells(row))


if __name__ == "__main__":
    app()
