"""`vmopt report`: a solution as a page that anybody can open."""

from __future__ import annotations

from typing import Annotated

import typer

from vmopt.cli import options
from vmopt.cli.codes import Exit
from vmopt.cli.commands.explain import SolutionFile, solution_of
from vmopt.cli.output import check_output


def report(
    file: options.InstanceFile,
    solution: SolutionFile,
    output: options.WantedOutput,
    title: Annotated[str, typer.Option("--title", help="What stands above it.")] = "Placement report",
    weighting: options.Weighting = None,
    rule: options.Rules = None,
    goal: options.Goals = None,
    slack: options.Slack = None,
    quiet: options.Quiet = False,
) -> int:
    """Write a page of HTML that needs no network: what runs and what not and why, and how good that is.

    It shows how full the hosts are, what capacity and rules are worth, the moves that lead there from what runs now,
    and tables of all hosts and VMs to search. It can be printed.
    """
    from vmopt.cli import console
    from vmopt.report import write

    check_output(output, file, solution, suffixes=(".html", ".htm"))
    write(solution_of(file, solution, weighting, rule, goal, slack), output, title=title)
    console.written("report", output, quiet=quiet)
    return Exit.SOLVED
