"""What a file claims of a placement: capacity, rules, objective, and what the format promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isclose
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vmopt.cli.checking.bounds import bound, goals
from vmopt.cli.checking.check import ROUNDING, Check, any_wrong, differ
from vmopt.errors import FileError

if TYPE_CHECKING:
    from vmopt.arrays import IntArray
    from vmopt.model.instance import Instance

MOST_SHOWN = 10
"""Violations of one sort that are named."""


def as_claimed(instance: Instance, claims: dict[str, Any], path: Path) -> Iterator[Check]:
    """Check placement, allocation, objective and bound, and whatever else the format promises."""
    from vmopt import io, metrics
    from vmopt.host_index import to_host_index

    host_index = to_host_index(instance, claims["placement"])
    given = claims.get("allocation")
    allocation = None if given is None else io.read_allocation(instance, host_index, given, str(path))
    objective = metrics.objective_of(instance, host_index, allocation)
    checks = [*_capacity(instance, host_index, allocation), *_objective(objective, claims)]
    if "format" in claims:
        checks += bound(instance, objective, claims, str(path))
        checks += goals(claims)
        if not any_wrong(checks):
            checks += _everything_else(instance, path)
    yield from checks


def of_other_data(instance: Instance, placement: dict[str, str], file: Path, path: Path) -> Iterator[Check]:
    """Check what is left, by name, of a placement that was made for other data."""
    from vmopt import metrics
    from vmopt.carried_over import carry_over
    from vmopt.summary.figures import number

    host_index, carried = carry_over(instance, placement)
    if carried.given and not carried.kept:
        raise FileError(f"{path} is the solution of another instance than {file}: they have no VM and host in common.")
    yield Check("made for", True, f"other data: {carried}; objective and bound of then are not compared")
    yield from _capacity(instance, host_index, None)
    yield Check("objective", True, f"{number(metrics.objective_of(instance, host_index))}, with the data as they are")


def _capacity(instance: Instance, host_index: IntArray, allocation: IntArray | None) -> Iterator[Check]:
    from vmopt.rules import Breach
    from vmopt.summary.figures import count
    from vmopt.summary.soft_rules import soft_rules_of
    from vmopt.verify import verify as violations_of

    found = violations_of(instance, host_index, allocation)
    breaches = [violation for violation in found if isinstance(violation, Breach)]
    overloads = [violation for violation in found if not isinstance(violation, Breach)]
    if not overloads:
        placed = int((host_index >= 0).sum())
        yield Check("capacity", True, f"{placed:,} VMs placed, no host is asked for more than it has")
        if allocation is not None:
            yield Check("allocation", True, "every VM gets what it must, and no more than it asks for")
    yield from _all_wrong("capacity", overloads)
    n_hard = len(instance.rules) - len(instance.soft_rules)
    if n_hard and not breaches:
        yield Check("rules", True, f"{count(n_hard, 'rule')} kept")
    yield from _all_wrong("rules", breaches)
    yield from (Check("soft rules", True, fact.value) for fact in soft_rules_of(instance, host_index))


def _all_wrong(what: str, violations: Sequence[object]) -> Iterator[Check]:
    for violation in violations[:MOST_SHOWN]:
        yield Check(what, False, str(violation))
    if len(violations) > MOST_SHOWN:
        yield Check(what, False, f"and {len(violations) - MOST_SHOWN:,} more")


def _objective(found: float, claims: dict[str, Any]) -> Iterator[Check]:
    from vmopt.summary.figures import number

    claimed = claims.get("objective")
    if claimed is None:
        yield Check("objective", True, f"{number(found)}; the file claims none")
    elif isinstance(claimed, int | float) and isclose(found, claimed, rel_tol=ROUNDING, abs_tol=ROUNDING):
        yield Check("objective", True, f"{number(found)}, recomputed from the data")
    else:
        yield Check("objective", False, "the data say {}, the file says {}".format(*differ(found, claimed)))


def _everything_else(instance: Instance, path: Path) -> Iterator[Check]:
    """Whatever else the format promises, such as the status and the VMs it lists as unplaced."""
    from vmopt import io

    try:
        io.read_solution(instance, path)
    except FileError as error:
        yield Check("file", False, str(error))
