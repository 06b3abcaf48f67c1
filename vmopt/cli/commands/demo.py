"""`vmopt demo`: a small cluster, placed optimally and greedily, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vmopt.cli.codes import Exit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.padding import Padding
    from rich.table import Table as RichTable

    from vmopt.comparison import Comparison
    from vmopt.model.instance import Instance
    from vmopt.solution import Solution

HOSTS, LOAD, SEED, TIME_LIMIT = 24, 1.25, 11, 8.0
METHODS = {"greedy-priority": "highest priority first", "greedy-demand": "largest demand first", "auto": "all at once"}


def demo() -> int:
    """Place a small cluster optimally and greedily, and see what is won; takes a few seconds."""
    from vmopt.cli import console
    from vmopt.cli.progress import Progress
    from vmopt.generate import generate
    from vmopt.solve import compare

    instance = generate("flavor", hosts=HOSTS, load=LOAD, seed=SEED)
    out = console.results()
    out.print(_paragraph(_story(instance)))
    with Progress(quiet=not console.remarks().is_terminal) as progress:
        table = compare(instance, methods=list(METHODS), time_limit=TIME_LIMIT, progress=progress)
    out.print(_results(table), "", _bars(table), sep="\n")
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
        f"[bold]{instance.n_vms} VMs want to run on {instance.n_hosts} hosts[/bold] and ask for {ratio[scarce]:.2f} "
        f"times the {instance.resources[scarce]} there is. Which ones run, and where?\n"
        "A placement is worth the utilisation it brings, weighted by the VMs' priorities (1 to 5)."
    )


def _results(table: Comparison) -> RichTable:
    """One line a method: what it reached, and in what time."""
    from rich.table import Table as RichTable

    from vmopt.cli.console import STATUS_STYLES
    from vmopt.summary.figures import number, seconds

    grid = RichTable(box=None, padding=(0, 1), header_style="cyan")
    grid.add_column("method", no_wrap=True)
    grid.add_column("places", overflow="fold")
    for title in ("worth", "VMs run", "time"):
        grid.add_column(title, justify="right", no_wrap=True)
    grid.add_column("status")
    for row, solution in zip(table, table.solutions, strict=True):
        cells = number(row.objective), f"{row.placed}", seconds(row.seconds)
        status = f"[{STATUS_STYLES[row.status]}]{row.status}[/]"
        style = "bold" if solution is table.best else ""
        grid.add_row(row.method, METHODS[row.method], *cells, status, style=style)
    return grid


def _bars(table: Comparison) -> RichTable:
    """One bar for each figure and method."""
    from rich.table import Table as RichTable

    from vmopt.cli.console import bar
    from vmopt.summary.figures import percent

    grid = RichTable(box=None, padding=(0, 1), show_header=False)
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column()
    grid.add_column(justify="right", no_wrap=True)
    for label, solution, fraction in _figures(table):
        style = "bold" if solution is table.best else ""
        digits = 2 if label == "worth" else 1
        grid.add_row(label, solution.method, bar(fraction, width=None), percent(fraction, digits), style=style)
        if solution is table.solutions[-1]:
            grid.add_row()
    return grid


def _figures(table: Comparison) -> Iterator[tuple[str, Solution, float]]:
    """Worth against what is possible, then the utilisation of each resource, for each solution."""
    for solution in table.solutions:
        yield "worth, of the possible", solution, solution.objective / table.bound
    for name in table.solutions[0].instance.resources:
        for solution in table.solutions:
            yield f"{name} used", solution, solution.utilisation[name]


def _verdict(table: Comparison) -> str:
    """Say what was won, and how anybody can check it."""
    from vmopt.summary.figures import number, percent

    best = table.best
    greedy = max((s for s in table.solutions if s.method != "auto"), key=lambda s: s.objective)
    proof = "its prices prove it, with no solver needed" if best.bound_by == "prices" else f"{best.bound_by} proved it"
    return (
        f"[bold green]{percent(best.objective / greedy.objective - 1, 1)} more[/] from the same hosts than the best "
        f"greedy placement, {greedy.method}.\n"
        f"[bold]Proven:[/bold] no placement is worth more than {number(table.bound)}, so this one is within "
        f"{percent(best.gap, 2)} of the best there is ({proof}).\n\n"
        "Next: [bold]vmopt generate flavor -o cluster.json[/bold]\n      [bold]vmopt solve cluster.json[/bold]"
    )
