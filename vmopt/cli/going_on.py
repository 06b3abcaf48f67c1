"""Going on with a plan that was carried out in part."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vmopt.cli.claims import load_claims
from vmopt.cli.placements import solution_of
from vmopt.errors import OptionError

if TYPE_CHECKING:
    from vmopt.change import Plan
    from vmopt.model.instance import Instance
    from vmopt.solution import Solution

NUMBERS = re.compile(r"\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?")


def target_of(instance: Instance, solution: Path | None, done: str | None, now: Path | None) -> Solution:
    """The placement that a new plan is to lead to.

    Raises
    ------
    OptionError
        If there is none, or an option speaks of an earlier plan.
    """
    if done is not None or now is not None:
        raise OptionError(f"{'--now' if done is None else '--done'} is about a plan that stopped: name it with --from.")
    if solution is None:
        raise OptionError("there is nowhere to go: give a SOLUTION, or --from PLAN.")
    return solution_of(instance, solution)


def gone_on(
    instance: Instance, solution: Path | None, earlier: Path, done: str | None, now: Path | None, given: dict[str, Any]
) -> Plan:
    """Plan what is left of an earlier plan.

    Parameters
    ----------
    done : str, optional
        Numbers of its actions that are done.
    now : Path, optional
        Where VMs run by now.
    given : dict
        Options that are to be others than before.

    Raises
    ------
    OptionError
        If it is said twice where to go, or what was done, or actions are done before those that they wait for.
    """
    from vmopt.change import read_plan

    if solution is not None:
        raise OptionError("SOLUTION and --from both say where to go: give one of them.")
    if done is not None and now is not None:
        raise OptionError("--done and --now both say what was done: give one of them.")
    plan = read_plan(instance, earlier)
    if now is not None:
        return plan.after(current=load_claims(now)["placement"], **given)
    return plan.after(numbers(done or ""), **given)


def numbers(text: str) -> list[int]:
    """Read numbers and ranges of numbers, with commas between them.

    Examples
    --------
    >>> numbers("0, 2,5-7")
    [0, 2, 5, 6, 7]
    """
    found: list[int] = []
    for part in text.split(",") if text.strip() else []:
        read = NUMBERS.fullmatch(part)
        if read is None or (read[2] and int(read[2]) < int(read[1])):
            raise OptionError(f"--done has {part.strip()!r}: give numbers of actions, such as 0,2,5-7.")
        found.extend(range(int(read[1]), int(read[2] or read[1]) + 1))
    return found
