"""The commands of ``python -m benchmarks``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from vmopt.errors import VmoptError

if TYPE_CHECKING:
    from benchmarks.before_after import BeforeAfter
    from benchmarks.compare import Change, Thresholds
    from benchmarks.results import Results

README = Path(__file__).parents[1] / "README.md"
COMMITTED = Path(__file__).parent / "results"

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
    settings = Settings(methods, backend, time_limit, gap, threads or cores(), numbers(seeds), only)
    if find_spec("matplotlib") is None:
        console.print("the report will have no pictures: they need matplotlib (pip install matplotlib)", style="yellow")
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


@app.command("compare")
def compare_results(
    old: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    new: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    objective: Annotated[float, typer.Option(help="Relative difference of objectives that counts.")] = 1e-4,
    gap: Annotated[float, typer.Option(help="Difference of gaps that counts.")] = 1e-4,
    factor: Annotated[float, typer.Option(help="Factor between times that counts.")] = 1.5,
    seconds: Annotated[float, typer.Option(help="Difference of seconds that counts, besides the factor.")] = 1.0,
) -> None:
    """Show what got better or worse; exit with 1 if proven objectives differ, or a claim is wrong."""
    from benchmarks import compare
    from benchmarks.before_after import before_after
    from benchmarks.results import Results

    before, after = Results(old), Results(new)
    thresholds = compare.Thresholds(objective, gap, factor, seconds)
    found = list(compare.changes(before, after, thresholds))
    if changed := [change for change in found if change.better or change.worse]:
        console.print(change_table(changed))
    better, worse = (sum(bool(getattr(change, which)) for change in found) for which in ("better", "worse"))
    console.print(
        f"{len(found)} solves in both: {better} better, {worse} worse; "
        f"{len(before) - len(found)} only in {old}, {len(after) - len(found)} only in {new}",
        soft_wrap=True,
    )
    console.print(set_table(before_after(before, after), thresholds))
    wrong = compare.contradictions(before, after)
    for line in wrong:
        console.print(line, style="red", soft_wrap=True)
    raise typer.Exit(1 if wrong else 0)


@app.command()
def readme(
    results: Annotated[Path, typer.Option(help="Folder of results; the report goes there as well.")] = COMMITTED,
    file: Annotated[Path, typer.Option(help="The README, with a marked block.")] = README,
) -> None:
    """Make the README's table and picture, and the report they link to, from committed results."""
    from benchmarks.readme import write_readme

    rows = read(sorted(results.glob("*.jsonl")))
    write_readme(rows, file, results)
    console.print(file, highlight=False, soft_wrap=True)
    write_report(rows, results / "report")


def change_table(found: Sequence[Change]) -> Table:
    """Return the changes as a table."""
    table = Table("set", "instance", "method", "seed", "objective", "gap %", "seconds", "better", "worse")
    for of in found:
        table.add_row(
            of.job.set,
            of.job.instance,
            of.job.label,
            str(of.job.seed),
            f"{of.old.objective:.6g} > {of.new.objective:.6g}",
            " > ".join("-" if row.gap is None else f"{100 * row.gap:.4f}" for row in (of.old, of.new)),
            f"{of.old.total_seconds:.1f} > {of.new.total_seconds:.1f}",
            ", ".join(of.better),
            ", ".join(of.worse),
        )
    return table


def set_table(found: Sequence[BeforeAfter], thresholds: Thresholds) -> Table:
    """Return what became of each method on each set: means over the instances of medians over the seeds."""
    table = Table("set", "method", "solves", "objective %", "proven %", "primal integral s", "seconds", "worse")
    for of in found:
        table.add_row(
            of.set,
            of.label,
            str(of.solves),
            f"{100 * of.old.objective:.4f} > {100 * of.new.objective:.4f}",
            f"{100 * of.old.proven:.1f} > {100 * of.new.proven:.1f}",
            " > ".join("-" if f.primal_integral is None else f"{f.primal_integral:.3f}" for f in (of.old, of.new)),
            f"{of.old.seconds:.1f} > {of.new.seconds:.1f}",
            ", ".join(of.worse(thresholds)),
        )
    return table


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


def numbers(seeds: str | None) -> tuple[int, ...] | None:
    """Read a list of seeds, such as ``0,1,2``."""
    if seeds is None:
        return None
    try:
        return tuple(int(seed) for seed in seeds.split(","))
    except ValueError:
        raise typer.BadParameter(f"seeds are {seeds!r}: give integers between commas, such as 0,1,2.") from None


def main() -> None:
    """Run a command; bad input ends it with one line that says what, why and how to mend it."""
    try:
        app()
    except VmoptError as error:
        console.print(error, style="red", soft_wrap=True, highlight=False, markup=False)
        raise SystemExit(2) from None


def use_data(folder: Path | None) -> None:
    """Let this process, and those it starts, read the published instances from a folder."""
    if folder is not None:
        os.environ["VMOPT_DATA"] = str(folder.resolve())
