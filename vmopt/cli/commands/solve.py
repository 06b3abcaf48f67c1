"""`vmopt solve`: place the VMs of an instance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vmopt.cli import options
from vmopt.cli.codes import Exit, of
from vmopt.cli.destination import Destination
from vmopt.cli.output import check_output, write_each
from vmopt.cli.placement_table import write_placement_table
from vmopt.cli.traffic import Talk, traffic_of

if TYPE_CHECKING:
    from vmopt.solution import Solution


def solve(
    file: options.InstanceFile,
    method: options.Method = "auto",
    backend: options.Backend = None,
    time_limit: options.TimeLimit = 60.0,
    gap: options.Gap = 1e-4,
    seed: options.Seed = 0,
    threads: options.Threads = None,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    output: options.PlacementOutput = None,
    plot: options.Plot = None,
    warm_start: options.WarmStart = None,
    network: options.Network = None,
    traffic: options.Traffic = None,
    localise: options.Localise = False,
    latency_weight: options.LatencyWeight = 0.0,
    ties: options.Ties = "spread",
    fail_if_gap: options.FailIfGap = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Place the VMs of an instance and prove how good the placement is.

    The result goes to stdout, progress to stderr. Ctrl-C and SIGTERM stop the search and keep the best placement
    so far. The exit code is 0 if there is a placement, 1 if there is none, 2 if the input is wrong, 74 if a result
    could not be written (the others are), and 143 after SIGTERM. With --fail-if-gap it is 4 if there is a
    placement, but its gap is above that.
    """
    from vmopt import io
    from vmopt.cli.progress import Progress
    from vmopt.solving import solve as run

    destination = Destination.of(output, file)
    _check_plot(plot, file)
    instance = options.instance_of(file, weighting, rule, goal, slack)
    start = io.read_start(instance, warm_start) if warm_start else None
    talk = traffic_of(instance, network, traffic, localise=localise, latency_weight=latency_weight)
    chosen: dict[str, Any] = {"method": method, "backend": backend, "time_limit": time_limit, "gap": gap, "seed": seed}
    chosen |= {"ties": ties}
    if talk is not None and (localise or latency_weight):
        chosen |= {"network": talk.network, "traffic": talk.traffic, "latency_weight": latency_weight}
    with Progress(quiet=quiet) as progress:
        solution = run(instance, **chosen, threads=threads, warm_start=start, progress=progress)
    write_each(
        lambda: show(solution, talk, destination, as_json=as_json, quiet=quiet),
        lambda: save(solution, destination, quiet=quiet),
        lambda: _draw(solution, plot, quiet=quiet),
    )
    return of(solution, fail_if_gap)


def save(solution: Solution, destination: Destination | None, *, quiet: bool) -> None:
    """Write a placement to its file, if there is one and it is wanted, and say so on stderr."""
    from vmopt.cli import console

    if destination is None or destination.to_stdout:
        return
    found = of(solution) is Exit.SOLVED
    if found:
        _write(solution, destination)
    console.saved("placement" if found else "no placement, nothing", destination.path, quiet=quiet)


def _write(solution: Solution, destination: Destination) -> None:
    from vmopt import io

    if destination.form == "json":
        io.write_solution(solution, destination.path)
    else:
        write_placement_table(solution, destination.form, destination.path)


def _check_plot(plot: Path | None, file: Path) -> None:
    """Refuse a picture that cannot be drawn or written, before minutes of solving are spent on it."""
    if plot is not None:
        from vmopt import plotting

        check_output(plot, file, suffixes=plotting.FORMATS, stream=False)


def _draw(solution: Solution, plot: Path | None, *, quiet: bool) -> None:
    """Draw a placement, if there is one and it is wanted, and say so on stderr."""
    from vmopt.cli import console

    if plot is None:
        return
    found = of(solution) is Exit.SOLVED
    if found:
        from vmopt import plotting

        plotting.save(solution, plot)
    console.saved("picture" if found else "no placement, nothing", plot, quiet=quiet)


def show(solution: Solution, talk: Talk | None, destination: Destination | None, *, as_json: bool, quiet: bool) -> None:
    """Print the solution, and what it makes of traffic: with the placement itself on stdout, that goes to stderr."""
    from vmopt.cli import console, documents
    from vmopt.summary import solutions
    from vmopt.summary.layout import facts_text
    from vmopt.summary.levels import tables_of

    about_traffic = [] if talk is None or of(solution) is not Exit.SOLVED else talk.facts(solution)
    if as_json:
        documents.show_solution(solution)
    elif destination is None or not destination.to_stdout:
        console.show([*solutions.facts(solution), *about_traffic], *(("", table) for table in tables_of(solution)))
        return
    elif of(solution) is Exit.SOLVED or destination.form == "json":
        _write(solution, destination)
    if about_traffic and not quiet:
        console.note(facts_text(about_traffic))
