"""`vmopt headroom`: what is left out if hosts, racks or zones fail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit


def headroom(
    file: options.InstanceFile,
    solution: Annotated[
        Path | None,
        typer.Argument(metavar="SOLUTION", help="A placement; default: what runs now.", show_default=False),
    ] = None,
    over: Annotated[str, typer.Option("--over", help="What fails: host, or a label such as rack.")] = "host",
    failures: Annotated[int, typer.Option("--failures", help="How many of them at the same time.")] = 1,
    of: Annotated[
        float | None,
        typer.Option("--of", help="Protect VMs of this priority and above; default: all.", show_default=False),
    ] = None,
    moving: Annotated[bool, typer.Option("--moving", help="Let VMs that survive move as well.")] = False,
    time_limit: options.TimeLimit = 60.0,
    rule: options.Rules = None,
    as_json: options.AsJson = False,
) -> int:
    """Say whether all that runs would still fit after any failure, and what would not; proven case by case.

    The exit code is 0 if all that is protected survives, 1 if something does not, 2 if the input is wrong, and 3 if it
    could not be settled in time.
    """
    from vmopt.change import headroom as spare
    from vmopt.cli import console, documents
    from vmopt.cli.placements import solution_of

    instance = options.instance_of(file, None, rule)
    given = instance if solution is None else solution_of(instance, solution)
    found = spare(given, failures, over, of, moving=moving, time_limit=time_limit)
    if as_json:
        documents.show(found.document())
    else:
        console.show(found.facts(), *([("", found.table())] if found.broken else []))
    return {True: Exit.SOLVED, False: Exit.NO_PLACEMENT, None: Exit.UNPROVEN}[found.holds]
