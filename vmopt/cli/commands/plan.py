"""`vmopt plan` and `vmopt evacuate`: how to get from what runs now to a placement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.output import JSON_SUFFIXES, check_output, write_each

if TYPE_CHECKING:
    from vmopt.change import Plan

SolutionFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="SOLUTION",
        help="A solution by 'vmopt solve --output', a JSON object of VM names to host names, or CSV (vm, host).",
        show_default=False,
    ),
]
Hosts = Annotated[
    list[str],
    typer.Argument(metavar="HOST...", help="Hosts to empty, by name, pattern or label (rack=r3).", show_default=False),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="PLAN",
        help="Go on with this plan, in place of SOLUTION: with its options, but for those that are given.",
        show_default=False,
    ),
]
Done = Annotated[
    str | None,
    typer.Option("--done", metavar="NUMBERS", help="Its actions that are done: 0,2,5-7.", show_default=False),
]
Now = Annotated[
    Path | None,
    typer.Option("--now", metavar="FILE", help="Where VMs run by now, in place of --done.", show_default=False),
]
AtOnce = Annotated[int, typer.Option("--at-once", help="How many actions may be under way.")]
PerHost = Annotated[int, typer.Option("--per-host", help="How many of them on one host.")]
Always = Annotated[bool, typer.Option("--always", help="Keep hard rules in every state on the way, if they can be.")]
Parking = Annotated[bool, typer.Option("--parking/--no-parking", help="Whether VMs may go by way of a third host.")]
Starts = Annotated[
    bool, typer.Option("--starts/--no-starts", help="Whether VMs that wait now may start where they are worth more.")
]
Bandwidth = Annotated[float, typer.Option("--bandwidth", help="Memory copied in a second, in the file's unit.")]
Memory = Annotated[
    str | None,
    typer.Option("--memory", help="The resource that is copied; default: memory, if there is one.", show_default=False),
]
Shell = Annotated[
    str | None,
    typer.Option(
        "--shell",
        metavar="TOOL",
        help="Print commands of openstack, qm, virsh or kubectl instead; nothing is run.",
        show_default=False,
    ),
]
PlanFile = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the plan here, as JSON.", show_default=False),
]


def plan(
    context: typer.Context,
    file: options.InstanceFile,
    solution: SolutionFile = None,
    earlier: From = None,
    done: Done = None,
    now: Now = None,
    at_once: AtOnce = 8,
    per_host: PerHost = 2,
    always: Always = False,
    parking: Parking = True,
    bandwidth: Bandwidth = 1.0,
    memory: Memory = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    shell: Shell = None,
    output: PlanFile = None,
    plot: options.Plot = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Plan the moves from what runs now to a placement, in an order that works.

    The file says what runs now (current). A plan that stopped half way is gone on with: --from PLAN --done 0,2. The
    exit code is 0 if there is a plan, or nothing to do, 1 if no order was found, 2 if the input is wrong.
    """
    from vmopt.change import plan as make
    from vmopt.cli.going_on import gone_on, target_of

    _check(file, output, plot)
    instance = options.instance_of(file, None, rule, goal, slack)
    asked: dict[str, Any] = {"at_once": at_once, "per_host": per_host, "always": always, "parking": parking}
    asked |= {"bandwidth": bandwidth, "memory": memory}
    if earlier is None:
        made = make(target_of(instance, solution, done, now), **asked)
    else:
        given = {name: value for name, value in asked.items() if options.is_given(context, name)}
        made = gone_on(instance, solution, earlier, done, now, given)
    return _write(made, shell, output, plot, as_json=as_json, quiet=quiet)


def evacuate(
    file: options.InstanceFile,
    hosts: Hosts,
    at_once: AtOnce = 8,
    per_host: PerHost = 2,
    always: Always = False,
    parking: Parking = True,
    starts: Starts = False,
    bandwidth: Bandwidth = 1.0,
    memory: Memory = None,
    time_limit: options.TimeLimit = 60.0,
    seed: options.Seed = 0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    shell: Shell = None,
    output: PlanFile = None,
    plot: options.Plot = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Empty hosts: as much as possible still runs, as little as can be moves, and a plan says in which order.

    VMs that wait now go on waiting, but for those that must run by a rule.

    The exit code is 0 if there is a plan, or nothing to do, 1 if no order was found, 2 if the input is wrong.
    """
    from vmopt.change import evacuate as empty
    from vmopt.cli.progress import Progress

    _check(file, output, plot)
    instance = options.instance_of(file, weighting, rule)
    with Progress(quiet=quiet) as progress:
        made = empty(
            instance,
            hosts,
            at_once=at_once,
            per_host=per_host,
            always=always,
            parking=parking,
            starts=starts,
            bandwidth=bandwidth,
            memory=memory,
            time_limit=time_limit,
            seed=seed,
            progress=progress,
        )
    return _write(made, shell, output, plot, as_json=as_json, quiet=quiet)


def _check(file: Path, output: Path | None, plot: Path | None) -> None:
    """Refuse outputs that cannot be written, before anything is solved."""
    check_output(output, file, suffixes=JSON_SUFFIXES)
    if plot is not None:
        from vmopt import plotting

        check_output(plot, file, suffixes=plotting.FORMATS, stream=False)


def _write(
    made: Plan, shell: str | None, output: Path | None, plot: Path | None, *, as_json: bool, quiet: bool
) -> Exit:
    from vmopt.change import Outcome

    write_each(
        lambda: _show(made, shell, output, as_json=as_json),
        lambda: _save(made, output, quiet=quiet),
        lambda: _draw(made, plot, quiet=quiet),
    )
    failed = made.outcome in (Outcome.NO_ORDER, Outcome.NOT_FOUND)
    return Exit.NO_PLACEMENT if failed else Exit.SOLVED


def _show(made: Plan, shell: str | None, output: Path | None, *, as_json: bool) -> None:
    from vmopt.change.show import facts_of, table_of
    from vmopt.cli import console, documents
    from vmopt.io.files import STDOUT

    if output == STDOUT:
        return
    if shell is not None:
        print("\n".join(made.shell(shell)))
    elif as_json:
        documents.show(made.document())
    else:
        tables: list[Any] = [("", table_of(made))] if made.actions else []
        console.show(facts_of(made), *tables)


def _save(made: Plan, output: Path | None, *, quiet: bool) -> None:
    from vmopt.change import write_plan
    from vmopt.cli import console

    if output is not None:
        write_plan(made, output)
        console.saved("plan", output, quiet=quiet)


def _draw(made: Plan, plot: Path | None, *, quiet: bool) -> None:
    """Draw the plan, if there is anything in it."""
    from vmopt.cli import console

    if plot is None:
        return
    if made.actions:
        figure: Any = made.plot().figure
        figure.savefig(plot)
    console.saved("picture" if made.actions else "no actions, nothing", plot, quiet=quiet)
