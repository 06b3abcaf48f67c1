"""`vmopt explain` and `vmopt rank`: why VMs do not run, and where one more should go."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.hints import as_typed
from vmopt.cli.placement_table import SAID

if TYPE_CHECKING:
    from vmopt.explain import Explanation
    from vmopt.solution import Solution
    from vmopt.summary.layout import Fact

MOST_WAITS = 20
"""Reasons why VMs of an imported cluster wait that are shown."""
SolutionFile = Annotated[
    Path,
    typer.Argument(
        metavar="SOLUTION",
        help="A solution by 'vmopt solve --output', a JSON object of VM names to host names, or CSV (vm, host).",
        show_default=False,
    ),
]


def explain(
    file: options.InstanceFile,
    solution: SolutionFile,
    vm: Annotated[str | None, typer.Argument(metavar="[VM]", help="Name of a VM.", show_default=False)] = None,
    time_limit: Annotated[float, typer.Option("--time-limit", "-t", help="Seconds that solving may take.")] = 5.0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    as_json: options.AsJson = False,
) -> int:
    """Say why a VM does not run and what would let it, or why all those do not that do not.

    Hosts are counted by reason, the nearest one is named, and each change that is told lets the VM run by itself: more
    of a resource, one move, one rule less, a higher priority. What is not proven is said to be open. What the scheduler
    of an imported cluster says stands beside it. The exit code is 0 whatever is found.
    """
    from vmopt import explain as why
    from vmopt.cli import console, documents
    from vmopt.platforms.found import said_of, waits_of
    from vmopt.summary.layout import Fact

    found = solution_of(file, solution, weighting, rule, goal, slack)
    if vm is None:
        report = why(found)
        waits = waits_of(found.instance, found.unplaced)
        if as_json:
            rows = [{"vms": vms, "today": today, "message": message} for (today, message), vms in waits.items()]
            documents.show({**report.to_dict(), "waits": rows})
        else:
            tables = [("", report.table)] if report.reasons else []
            console.show([*_open(report.open, report.head), *_waits(waits)], *tables)
        return Exit.SOLVED
    told = why(found, vm, time_limit=time_limit)
    said = said_of(found.instance, vm)
    if as_json:
        documents.show({**told.to_dict(), **said})
    else:
        console.show([*_facts(told), *(Fact(SAID[key], words) for key, words in said.items())])
    return Exit.SOLVED


def rank(
    file: options.InstanceFile,
    solution: SolutionFile,
    vm: Annotated[
        str,
        typer.Option("--vm", metavar="VM", help="A name, or JSON: demands such as '{\"cpu\": 4}', or a whole VM."),
    ],
    top: Annotated[int, typer.Option("--top", help="How many hosts to show.")] = 5,
    talks_to: Annotated[
        str | None,
        typer.Option(
            "--talks-to",
            metavar="JSON",
            help="Where latency counts: whom a new VM exchanges data with, and bit/s, such as '{\"web\": 1e6}'.",
            show_default=False,
        ),
    ] = None,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    as_json: options.AsJson = False,
) -> int:
    """Say where a VM that does not run, or a new one, should go beside what runs.

    Only hosts with room that all rules allow are shown: first where the objective gains most, then where least is left.
    A whole VM in JSON has "name" and "demand", and if need be "labels", "priority" and "value". The exit code is 0 if a
    host takes it, 1 if none does.
    """
    from vmopt import rank_hosts
    from vmopt.cli import console, documents
    from vmopt.cli.rows import object_of, vm_of
    from vmopt.summary.layout import Fact

    talks = object_of(talks_to, "--talks-to") if talks_to else None
    found = rank_hosts(solution_of(file, solution, weighting, rule, goal, slack), vm_of(vm), top, talks_to=talks)
    if as_json:
        documents.show(found.to_dict())
    else:
        console.show([Fact("hosts", found.head)], *([("", found.table)] if found.hosts else []))
    return Exit.SOLVED if found.hosts else Exit.NO_PLACEMENT


def solution_of(
    file: Path,
    solution: Path,
    weighting: str | None,
    rules: list[str] | None,
    goals: list[str] | None,
    slack: list[float] | None,
) -> Solution:
    """Read a solution, which has to be of this instance, or a bare placement, which tells no instance."""
    from vmopt import io
    from vmopt.cli import placements
    from vmopt.cli.claims import load_claims

    instance = options.instance_of(file, weighting, rules, goals, slack)
    if "instance" in load_claims(solution):
        return io.read_solution(instance, solution)
    return placements.solution_of(instance, solution)


def _facts(told: Explanation) -> list[Fact]:
    from vmopt.summary.layout import Fact

    facts = [Fact("why", str(told).splitlines()[0])]
    labelled: list[tuple[str, Any]] = [("hosts", reason) for reason in told.hosts]
    labelled += [("nearest", told.nearest)] * (told.nearest is not None)
    labelled += [("rules", why) for why in told.because]
    labelled += [("value", told.bid)] * (told.bid is not None)
    labelled += [("it would run", step) for step in told.steps]
    labelled += [("open", remark) for remark in told.open]
    before = ""
    for label, what in labelled:
        facts.append(Fact(label if label != before else "", str(what)))
        before = label
    return facts


def _waits(waits: dict[tuple[str, str], list[str]]) -> list[Fact]:
    """What keeps nodes of an imported cluster from those that wait, as things are, and what its scheduler says."""
    from vmopt.summary.layout import Fact

    facts = []
    for said, vms in list(waits.items())[:MOST_WAITS]:
        more = f" and {len(vms) - 1:,} more" if len(vms) > 1 else ""
        facts.append(Fact("waits", f"{vms[0]}{more}"))
        facts += [Fact(SAID[key], words) for key, words in zip(("today", "message"), said, strict=True) if words]
    left = len(waits) - MOST_WAITS
    return [*facts, Fact("waits", f"for {left:,} more reasons: --json lists all")] if left > 0 else facts


def _open(remarks: tuple[str, ...], head: str) -> list[Fact]:
    from vmopt.summary.layout import Fact

    return [Fact("VMs", head), *(Fact("open", as_typed(remark)) for remark in remarks)]
