"""`vmopt simulate`: requests over time, under several policies."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import check_output, write_each

if TYPE_CHECKING:
    from vmopt.simulation.scheduling.base import Policy

SUFFIXES = (".jsonl", ".jsonl.gz")

RequestsFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="Hosts and requests in JSON; see 'vmopt generate --arrivals'.", show_default=False
    ),
]
Policies = Annotated[
    list[str] | None,
    typer.Option(
        "--policy", "-p", help="A policy; again for each further one.", show_default="fcfs, priority, optimal"
    ),
]


def simulate(
    file: RequestsFile,
    policy: Policies = None,
    reallocate: Annotated[
        str | None,
        typer.Option("--reallocate", help="Share hosts among elastic VMs anew at every event, by this policy."),
    ] = None,
    preempt: Annotated[
        bool, typer.Option("--preempt", help="More important VMs take the place of less important ones.")
    ] = False,
    moves: Annotated[
        int | None,
        typer.Option(
            "--moves-per-hour",
            help="How many running VMs the policy rebalance may move in any hour.",
            show_default="20",
        ),
    ] = None,
    load: Annotated[
        float | None, typer.Option("--load", help="Squeeze the arrivals to this offered load.", show_default=False)
    ] = None,
    until: Annotated[
        float | None, typer.Option("--until", help="Stop at this second of the simulation.", show_default=False)
    ] = None,
    seed: options.Seed = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write the timeline here (one policy).", show_default=False
        ),
    ] = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Replay requests under one or several policies and put what comes of it side by side.

    Policies are fcfs, priority, priority-ageing, demand-largest, demand-smallest, backfill, optimal and rebalance
    (which moves running VMs, within --moves-per-hour). Averages are over the time from the first arrival to the last;
    who still waits in the end counts with the wait so far.
    """
    from vmopt import io
    from vmopt.cli import console, documents
    from vmopt.cli.progress_bar import SimulationProgress
    from vmopt.errors import OptionError
    from vmopt.io.files import STDOUT
    from vmopt.simulation import compare_policies, frames, write_timeline

    check_output(output, file, suffixes=SUFFIXES)
    names = policy or ["fcfs", "priority", "optimal"]
    if output is not None and len(names) != 1:
        raise OptionError(f"--output takes one timeline, but there are {len(names)} policies: name one with --policy.")
    hosts, requests = io.read_requests(file)
    if load is not None:
        requests = requests.at_load(load, hosts)
    chosen = {"reallocate": reallocate, "preemption": preempt, "seed": seed, "until": until}
    with SimulationProgress(requests.n_vms, names, quiet=quiet) as progress:
        table = compare_policies(hosts, requests, _within(names, moves), progress=progress, **chosen)

    def tell() -> None:
        if as_json:
            documents.show([row._asdict() for row in table])
        if as_json or output == STDOUT:
            return
        by_priority = [(timeline.policy, frames.priorities(timeline.by_priority())) for timeline in table.timelines]
        console.show((), ("", table.table()), *by_priority)

    def save() -> None:
        if output is not None:
            write_timeline(table.timelines[0], output)
            console.saved("timeline", output, quiet=quiet)

    write_each(tell, save)
    return Exit.SOLVED


def _within(names: list[str], moves: int | None) -> list[str | Policy]:
    """The policies, those that move VMs with a budget where one is given."""
    from vmopt.errors import OptionError
    from vmopt.simulation import Rebalance

    if moves is None:
        return list(names)
    budgeted: list[str | Policy] = []
    for name in names:
        base, _, order = name.partition(":")
        budgeted.append(Rebalance(order or "priority", moves_per_hour=moves) if base == "rebalance" else name)
    if budgeted == names:
        raise OptionError("--moves-per-hour is about the policy rebalance: add --policy rebalance.")
    return budgeted
