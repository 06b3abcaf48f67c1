"""`vmopt what-if`: changed data, solved from the placement that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import of
from vmopt.cli.commands.explain import SolutionFile, solution_of

if TYPE_CHECKING:
    from vmopt.explain import WhatIf
    from vmopt.solution import Solution

Several = list[str] | None


def _option(name: str, what: str, said: str) -> typer.models.OptionInfo:
    """An option that may be repeated."""
    made: typer.models.OptionInfo = typer.Option(
        name, metavar=what, help=f"{said}; may be repeated.", show_default=False
    )
    return made


def what_if(
    file: options.InstanceFile,
    solution: SolutionFile,
    fail: Annotated[Several, _option("--fail", "HOST", "A host has no capacity any more")] = None,
    drain: Annotated[Several, _option("--drain", "HOST", "A host runs nothing any more")] = None,
    remove_host: Annotated[Several, _option("--remove-host", "HOST", "A host is gone from the data")] = None,
    add_host: Annotated[Several, _option("--add-host", "JSON", "A new host, with name and capacity")] = None,
    add_vm: Annotated[Several, _option("--add-vm", "JSON", "A new VM, with name and demand")] = None,
    talks_to: Annotated[
        Several, _option("--talks-to", "VM={...}", "Where latency counts: whom a new VM talks to, and bit/s")
    ] = None,
    resize: Annotated[Several, _option("--resize", "VM={...}", "Other demands of a VM, in JSON")] = None,
    priority: Annotated[Several, _option("--priority", "VM=NUMBER", "Another priority of a VM")] = None,
    drop_rule: Annotated[list[int] | None, typer.Option("--drop-rule", help="A rule less, by number.")] = None,
    add_rule: Annotated[Several, _option("--add-rule", "RULE", "A rule more")] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit", help="Seconds; default: 60, or as long as an unproven solution took.", show_default=False
        ),
    ] = None,
    gap: Annotated[
        float | None,
        typer.Option("--gap", help="Stop at this relative gap; default: that of the solution.", show_default=False),
    ] = None,
    method: options.Method = "auto",
    seed: options.Seed = 0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    as_json: options.AsJson = False,
) -> int:
    """Solve changed data from the placement that there is, and tell what would be different.

    Hosts are told by name, pattern or label (--fail rack=r3), each of which may be many.

    Rules are numbered from 0 as the file has them; 'vmopt explain' tells the number of one that stands against a VM.
    Objectives are in the unit of the solution, however many hosts come or go. The exit code is 0 if there is a
    placement, 1 if there is none.
    """
    from vmopt import what_if as ask
    from vmopt.cli import console, documents, rows
    from vmopt.errors import OptionError
    from vmopt.explain.effort import LONGEST
    from vmopt.summary.layout import Fact

    asked = ask(solution_of(file, solution, weighting, rule, goal, slack))
    asked = _without(asked, drop_rule, fail, drain, remove_host)
    asked = asked.add_hosts(*(rows.new_host(text, "--add-host") for text in add_host)) if add_host else asked
    if add_vm:
        asked = asked.add_vms(*(rows.new_vm(text, "--add-vm") for text in add_vm), talks_to=_talks(talks_to))
    elif talks_to:
        raise OptionError("--talks-to says whom a new VM talks to: give the VM by --add-vm too.")
    asked = _changed(asked, resize, priority, add_rule)
    given = {name: value for name, value in (("gap", gap), ("time_limit", time_limit)) if value is not None}
    found = asked.solve(method=method, seed=seed, **given)
    if as_json:
        documents.show(found.to_dict())
    else:
        changes = found.changes or ("nothing is different: 'vmopt what-if --help' shows what can be",)
        facts = [Fact("what if" if not n else "", change) for n, change in enumerate(changes)]
        facts += [Fact(line[:6].strip(), line[6:].strip()) for line in found.lines]
        facts += [Fact("because", why) for why in _against(found.solution, given.get("time_limit", LONGEST))]
        console.show(facts, ("", found.table))
    return of(found.solution)


def _against(solution: Solution, time_limit: float) -> list[str]:
    """What cannot stand together where there is no placement, if it is found in time."""
    from vmopt import Status, conflict
    from vmopt.errors import SolverError

    if solution.status is not Status.INFEASIBLE:
        return []
    try:
        found = conflict(solution.instance, time_limit=time_limit)
    except SolverError:
        return []
    return [] if found is None else [found.told]


def _talks(given: Several) -> dict[str, dict[str, float]]:
    from vmopt.cli import rows

    named = (rows.named(text, "--talks-to") for text in given or ())
    return {name: rows.object_of(told, "--talks-to") for name, told in named}


def _without(asked: WhatIf, rules: list[int] | None, fail: Several, drain: Several, remove: Several) -> WhatIf:
    for number in rules or ():
        asked = asked.drop_rule(number)
    asked = asked.fail(*fail) if fail else asked
    asked = asked.drain(*drain) if drain else asked
    return asked.remove_hosts(*remove) if remove else asked


def _changed(asked: WhatIf, resize: Several, priority: Several, rules: Several) -> WhatIf:
    from vmopt.cli import rows
    from vmopt.errors import OptionError

    for text in resize or ():
        name, demand = rows.named(text, "--resize")
        asked = asked.resize(name, rows.object_of(demand, "--resize"))
    for text in priority or ():
        name, number = rows.named(text, "--priority")
        try:
            wanted = float(number)
        except ValueError:
            raise OptionError(f"--priority is {text!r}: give VM=NUMBER, such as web-1=5.") from None
        asked = asked.change_priority(name, wanted)
    for text in rules or ():
        asked = asked.add_rule(text)
    return asked
