"""The commands of ``python -m benchmarks``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from benchmarks.results import Results

app = typer.Typer(help="Benchmarks of vmopt.", no_args_is_help=True, pretty_exceptions_enable=False)
console = Console()

Data = Annotated[
    Path | None, typer.Option("--data", help="Folder of the published instances; default: VMOPT_DATA.", file_okay=False)
]
Files = Annotated[
    list[Path] | None, typer.Option("--results", help="Files of results, repeatable; default: results/*.jsonl.")
]
Output = Annotated[Path, typer.Option(help="Where to write, without the ending.")]


@app.command("list")
def list_sets(data: Data = None) -> None:
    """List the test sets."""
    use_data(data)
    from benchmarks.sets import SETS

    for test_set in SETS.values():
        console.print(f"[bold]{test_set.name}[/]  {test_set.about}")
        if missing := test_set.missing():
            console.print(missing, style="dim", soft_wrap=True)


@app.command("run")
def run_set(
    name: Annotated[str, typer.Argument(metavar="SET", help="One of 'list'.")],
    method: Annotated[
        list[str] | None, typer.Option(help="Repeat it, or separate by commas: auto, exact@highs, peer:cp-sat, ...")
    ] = None,
    backend: Annotated[str | None, typer.Option(help="For the methods that use one and name none.")] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for each solve; default: each case's own.")] = None,
    gap: Annotated[float | None, typer.Option(help="Gap at which a solve may stop; default: the set's own.")] = None,
    seeds: Annotated[
        str | None, typer.Option(help="Such as 0,1,2; default: 0 to 4 where the set depends on the seed.")
    ] = None,
    only: Annotated[str, typer.Option(help="Only cases whose name contains this.")] = "",
    threads: Annotated[int | None, typer.Option(help="Default: the cores there are.")] = None,
    data: Data = None,
    peer_python: Annotated[
        Path | None, typer.Option(help="Interpreter that has the peers installed; default: VMOPT_PEER_PYTHON.")
    ] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="File of JSON lines to add to; default: results/SET.jsonl.")
    ] = None,
) -> None:
    """Run a test set, then write its report; what the results hold already is not run again."""
    use_data(data)
    if peer_python is not None:
        os.environ["VMOPT_PEER_PYTHON"] = str(peer_python)
    from benchmarks.progress import ProgressBar
    from benchmarks.results import Results
    from benchmarks.runner import run
    from benchmarks.sets import SETS
    from benchmarks.settings import Settings, cores

    if name not in SETS:
        raise typer.BadParameter(f"{name!r} is not one of {', '.join(SETS)}")
    if missing := SETS[name].missing():
        raise typer.BadParameter(missing)
    methods = tuple(part for given in method or [] for part in given.split(",")) or None
    numbers = tuple(int(seed) for seed in seeds.split(",")) if seeds else None
    settings = Settings(methods, backend, time_limit, gap, threads or cores(), numbers, only)
    rows = Results(results or Path("results") / f"{name}.jsonl")
    try:
        with ProgressBar(console) as bar:
            run(SETS[name], settings, rows, watch=bar)
    except KeyboardInterrupt:
        console.print(f"stopped; {len(rows)} solves are in {rows.path}, and the same command goes on from there")
        raise typer.Exit(130) from None
    finally:
        if len(rows):
            write_report(rows, rows.path)


@app.command()
def report(results: Files = None, output: Output = Path("results/report")) -> None:
    """Write the report of one or more results files, as Markdown and HTML, with its pictures."""
    write_report(read(results), output)


@app.command()
def plot(results: Files = None, output: Output = Path("results/report")) -> None:
    """Write only the pictures of a report."""
    from benchmarks.report import Report

    for name, drawn in Report(read(results)).figures().items():
        for figure in drawn:
            file = output.with_name(f"{output.stem}-{name}-{figure.name}.svg")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(figure.svg, encoding="utf-8")
            console.print(file)


def read(paths: list[Path] | None) -> Results:
    """Read results files; by default all that are in ``results/``."""
    from benchmarks.results import Results

    found = paths or sorted(Path("results").glob("*.jsonl"))
    if not found:
        raise typer.BadParameter("there are no results yet: run a set, or name a file with --results")
    return Results.of(found)


def write_report(rows: Results, output: Path) -> None:
    """Write a report next to `output`, and say where."""
    from benchmarks.report import Report

    for path in Report(rows).write(output.parent, output.stem):
        console.print(path, highlight=False, soft_wrap=True)


def use_data(folder: Path | None) -> None:
    """Let this process, and those it starts, read the published instances from a folder."""
    if folder is not None:
        os.environ["VMOPT_DATA"] = str(folder.resolve())
