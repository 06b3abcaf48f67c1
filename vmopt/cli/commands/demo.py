"""`vmopt demo`: a small cluster, placed optimally and greedily, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.plurals import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.padding import Padding
    from rich.table import Table as RichTable

    from vmopt.comparison import Comparison
    from vmopt.model.instance import Instance

HOSTS, LOAD, SEED, TIME_LIMIT = 20, 1.5, 6, 8.0
MIN_BAR, MAX_BAR, TEXT_WIDTH = 8, 48, 45
NARROW = 72
METHODS = {"greedy-priority": "highest priority first", "greedy-demand": "largest demand first", "auto": "all at once"}


def demo(as_json: options.AsJson = False, quiet: options.Quiet = False) -> int:
    """Place a small cluster optimally and greedily, and see what is won; takes a few seconds."""
    from vmopt.cli import console, documents
    from vmopt.cli.progress import Progress
    from vmopt.generate import generate
    from vmopt.solving import compare

    instance = generate("flavor", hosts=HOSTS, load=LOAD, seed=SEED)
    out = console.results()
    if not as_json:
        out.print(_paragraph(_story(instance)))
    with Progress(quiet=quiet or not console.remarks().is_terminal) as progress:
        table = compare(instance, methods=list(METHODS), time_limit=TIME_LIMIT, progress=progress)
    if as_json:
        documents.show([row._asdict() for row in table])
        return Exit.SOLVED
    out.print(_results(table, out.width), "", _bars(table, out.width), sep="\n")
    out.print(_paragraph(_verdict(table)))
    return Exit.SOLVED


def _paragraph(text: str) -> Padding:
    """Wrap a text with a margin on the left and an empty line above and below."""
    from rich.padding import Padding
    from rich.text import Text

    return Padding(Text.from_markup(text), (1, 1))


def _story(instance: Instance) -> str:
    ratio = instance.demand.sum(axis=0) / instance.total
    scarce = int(ratio.argmax())
    return (
        f"[bold]{count(instance.n_vms, 'VM')} want to run on {count(instance.n_hosts, 'host')}[/bold] and ask for "
        f"{ratio[scarce]:.2f} times the {instance.resources[scarce]} there is.\nWhich ones run, and where? "
        "A placement is worth the utilisation it brings, weighted by the priorities of the VMs."
    )


def _results(table: Comparison, columns: int) -> RichTable:
    """One line a method: what it reached, and in what time."""
    from rich.table import Table as RichTable

    from vmopt.cli.console import STATUS_STYLES
    from vmopt.summary.figures import number, seconds

    grid = RichTable(box=None, padding=(0, 1), header_style="cyan")
    grid.add_column("method", no_wrap=True)
    for title in ("worth", "VMs run"):
        grid.add_column(title, justify="right", no_wrap=True)
    grid.add_column("status")
    if columns >= NARROW:
        grid.add_column("time", justify="right", no_wrap=True)
        grid.add_column("places", no_wrap=True)
    for row, solution in zip(table, table.solutions, strict=True):
        status = f"[{STATUS_STYLES[row.status]}]{row.status}[/]"
        style = "bold" if solution is table.best else ""
        more = (seconds(row.seconds), METHODS[row.method]) if columns >= NARROW else ()
        grid.add_row(row.method, number(row.objective), f"{row.placed}", status, *more, style=style)
    return grid


def _bars(table: Comparison, columns: int) -> RichTable:
    """One bar for each figure and method."""
    from rich.table import Table as RichTable

    from vmopt.cli.console import bar
    from vmopt.summary.figures import percent

    grid = RichTable(box=None, padding=(0, 1), show_header=False)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    width = min(MAX_BAR, max(MIN_BAR, columns - TEXT_WIDTH))
    for label, fractions in _figures(table):
        if grid.row_count:
            grid.add_row()
        for solution, fraction in zip(table.solutions, fractions, strict=True):
            style = "bold" if solution is table.best else ""
            first = label if solution is table.solutions[0] else ""
            grid.add_row(first, solution.method, bar(fraction, width), percent(fraction, 1), style=style)
    return grid


def _figures(table: Comparison) -> Iterator[tuple[str, list[float]]]:
    """Worth against the bound, then the utilisation of each resource, for each solution."""
    yield "worth / bound", [solution.objective / table.bound for solution in table.solutions]
    for name in table.solutions[0].instance.resources:
        yield f"{name} used", [solution.utilisation[name] for solution in table.solutions]


def _verdict(table: Comparison) -> str:
    """Say what was won, and how anybody can check it."""
    from vmopt.bounds import Prices
    from vmopt.summary.figures import number, percent

    best = table.best
    greedy = max((s for s in table.solutions if s.method != "auto"), key=lambda s: s.objective)
    more = best.n_placed - greedy.n_placed
    also = f", and {more} more VMs run" if more > 0 else ""
    by_prices = isinstance(best.certificate.proof, Prices)
    proof = "its prices prove it, no solver needed" if by_prices else f"by {best.bound_by}"
    return (
        f"[bold green]{percent(best.objective / greedy.objective - 1, 1)} more[/] worth from the same hosts than the "
        f"best greedy placement{also}.\n"
        f"[bold]Proven:[/bold] no placement at all is worth more than {number(table.bound)} ({proof}); the gap is "
        f"{percent(best.gap)}.\n\n"
        "Next: [bold]vmopt generate flavor -o cluster.json[/bold]\n      [bold]vmopt solve cluster.json[/bold]"
    )
