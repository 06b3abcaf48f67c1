"""`vmopt sensitivity`: what capacity is worth, where that holds, and what to buy."""

from __future__ import annotations

from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.commands.explain import SolutionFile, solution_of


def sensitivity(
    file: options.InstanceFile,
    solution: SolutionFile,
    cost: Annotated[
        list[str] | None,
        typer.Option("--cost", metavar="HOST=NUMBER", help="What a host like HOST costs; may be repeated."),
    ] = None,
    time_limit: options.TimeLimit = 60.0,
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    as_json: options.AsJson = False,
) -> int:
    """Say what one more of each resource is worth by kind of host, over which range, and which host to buy next.

    Prices and ranges are those of the relaxation, solved anew with more and with less capacity; a placement follows
    within its gap. Without --cost each host costs 1. The exit code is 0 whatever is found.
    """
    from vmopt.cli import console, documents
    from vmopt.explain import sensitivity as found_by
    from vmopt.summary.layout import Fact

    found = found_by(solution_of(file, solution, weighting, rule), _costs(cost), time_limit=time_limit)
    if as_json:
        documents.show(found.to_dict())
        return Exit.SOLVED
    facts = [Fact("buy next", found.advice)]
    facts += [] if found.complete else [Fact("open", "there was no time for all ranges; those are a point")]
    console.show(facts, ("prices", found.table), ("one host more", found.purchase_table))
    return Exit.SOLVED


def _costs(given: list[str] | None) -> dict[str, float]:
    from vmopt.cli import rows
    from vmopt.errors import OptionError

    costs = {}
    for text in given or ():
        name, amount = rows.named(text, "--cost", "host-1=2.5")
        try:
            costs[name] = float(amount)
        except ValueError:
            raise OptionError(f"--cost is {text!r}: give HOST=NUMBER, such as host-1=5000.") from None
    return costs
