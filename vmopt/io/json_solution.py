"""Solutions as JSON: written with all their claims, and read back only if the data bear them out."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, isfinite
from typing import Any, TypeVar

import numpy as np

from vmopt import metrics
from vmopt.arrays import IntArray
from vmopt.errors import FileError, PlacementError
from vmopt.host_index import to_host_index
from vmopt.io import json_file
from vmopt.io.files import PathLike
from vmopt.io.fingerprint import fingerprint
from vmopt.io.json_allocation import allocation_document, read_allocation
from vmopt.io.json_bound import bound_document, check_bound, read_bound
from vmopt.io.json_claims import ROUNDING, check_status, number, signed, unfit
from vmopt.io.json_file import Fields, shown
from vmopt.io.json_goal_rows import goal_rows_document, read_goal_rows
from vmopt.io.json_landings import landings_document, read_landings
from vmopt.io.json_levels import Levels, levels_document, read_levels
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance, require_instance
from vmopt.solution import Solution
from vmopt.status import Limit, Status
from vmopt.verify import verify

FORMAT = "vmopt-solution"
VERSION = 1
Choice = TypeVar("Choice", Status, Limit)

BY_LINE = ("placement", "parts", "allocation", "levels", "goals")


def write_solution(solution: Solution, path: PathLike) -> None:
    """Write a solution as JSON, gzip if the name ends in ``.gz``; `read_solution` returns an equal one.

    The file holds a fingerprint of the instance, not the instance itself.

    Raises
    ------
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> import json
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_solution(vmopt.solve(cluster), f"{folder}/solution.json")
    ...     with open(f"{folder}/solution.json") as file:
    ...         said = json.load(file)
    >>> said["status"], said["placement"], said["unplaced"]
    ('optimal', {'vm-0': 'host-0'}, ['vm-1'])
    """
    if not isinstance(solution, Solution):
        raise FileError(f"cannot write {path}: expected a Solution, got {type(solution).__name__}.")
    json_file.save(path, _document(solution), BY_LINE)


def solution_json(solution: Solution) -> bytes:
    """Return what `write_solution` writes, as UTF-8."""
    return json_file.encoded(_document(solution), BY_LINE)


def _document(solution: Solution) -> dict[str, Any]:
    document = {
        "format": FORMAT,
        "version": VERSION,
        "instance": fingerprint(solution.instance),
        "status": solution.status.value,
        "limit": None if solution.limit is None else solution.limit.value,
        "objective": solution.objective,
        "bound": solution.bound if isfinite(solution.bound) else None,
        "gap": solution.gap if isfinite(solution.bound) and isfinite(solution.gap) else None,
        **bound_document(solution),
        "method": solution.method,
        "backend": solution.backend,
        "build_seconds": solution.build_seconds,
        "solve_seconds": solution.solve_seconds,
        "seed": solution.seed,
        "requested_gap": solution.requested_gap,
        "placement": _placement(solution),
        **landings_document(solution),
        "unplaced": solution.unplaced,
    }
    if solution.instance.elastic:
        document["allocation"] = allocation_document(solution)
    if any(level.priority is not None for level in solution.levels):
        document |= levels_document(solution)
    if solution.instance.objective.goal_levels and solution.levels:
        document |= goal_rows_document(solution)
    return document


def read_solution(instance: Instance, path: PathLike) -> Solution:
    """Read a solution of an instance from JSON, plain or gzip, and check its claims against the data.

    The placement is verified, the objective recomputed, and a bound by prices proven again.

    Parameters
    ----------
    instance : Instance
        The instance that was solved.
    path : path
        A file as `write_solution` makes it; ``vmopt.io.schema("solution")`` says what it may hold.

    Raises
    ------
    FileError
        If the file cannot be read, is of another instance, or claims what the data contradict.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[5], [4]], [[8]], resources=["cpu"])
    >>> with TemporaryDirectory() as folder:
    ...     vmopt.io.write_solution(vmopt.solve(cluster), f"{folder}/solution.json")
    ...     again = vmopt.io.read_solution(cluster, f"{folder}/solution.json")
    >>> dict(again.placement), again.bound == again.objective
    ({'vm-0': 'host-0'}, True)
    """
    fields = json_file.load(path, FORMAT, VERSION)
    where = fields.where
    if fields.take("instance", str) != fingerprint(require_instance(instance)):
        raise FileError(
            f"{where} is the solution of another instance: read it with the one that was solved, with the goals, "
            "rules and weighting of then, or solve this one with warm_start=... from it."
        )
    host_index = _read_placement(instance, fields)
    allocation = _read_allocation(instance, fields, host_index)
    objective, bound = _read_objective(instance, fields, host_index, allocation)
    certificate, prices = read_bound(fields, bound)
    check_bound(instance, certificate, prices, where)
    limit = fields.take("limit", str, type(None))
    alone = instance.objective.weighting == "tiers" and instance.tiers is None and fields.holds("levels")
    solution = Solution(
        instance=instance,
        host_index=host_index,
        status=_choice(Status, fields.take("status", str), where),
        limit=None if limit is None else _choice(Limit, limit, where),
        objective=objective,
        certificate=certificate,
        prices=None if prices is None else prices.capacity,
        rule_prices=None if prices is None else prices.rules,
        method=fields.take("method", str),
        backend=fields.take("backend", str, type(None)),
        build_seconds=number(fields, "build_seconds"),
        solve_seconds=number(fields, "solve_seconds"),
        seed=fields.take("seed", int),
        requested_gap=number(fields, "requested_gap"),
        elastic_allocation=allocation,
        levels=_read_levels(instance, fields, host_index, allocation),
    )
    check_status(solution, fields)
    landed = read_landings(instance, host_index, fields)
    fields.finish()
    found = replace(solution, levels=(solution.as_level(),)) if alone else solution
    return found if landed is None else found.landed_as(landed)


def _read_placement(instance: Instance, fields: Fields) -> IntArray:
    placement, unplaced = fields.take("placement", dict), fields.take("unplaced", list)
    where = fields.where
    for vm, host in placement.items():
        if type(host) is not str:
            raise FileError(f"{where}: VM {vm!r} is placed on {shown(host)}: expected the name of a host.")
    try:
        host_index = to_host_index(instance, placement)
    except PlacementError as error:
        raise FileError(f"{where}: {error}") from None
    violations = verify(instance, host_index)
    if violations:
        raise FileError(unfit(where, violations))
    if unplaced != [instance.vm_names[i] for i in np.flatnonzero(host_index < 0).tolist()]:
        raise FileError(f"{where}: unplaced does not list the VMs that the placement leaves out, in their order.")
    return frozen(host_index)


def _read_levels(instance: Instance, fields: Fields, host_index: IntArray, allocation: IntArray | None) -> Levels:
    """Return the tiers and the goals, where the instance has any and a placement was found."""
    tiers = _read_tiers(instance, fields, host_index, allocation)
    if not instance.objective.goal_levels or not fields.holds("goals"):
        return tiers
    return (*tiers, *read_goal_rows(instance, fields, host_index))


def _read_tiers(instance: Instance, fields: Fields, host_index: IntArray, allocation: IntArray | None) -> Levels:
    """Return the levels of priority, where the instance has tiers and a placement was found."""
    if instance.tiers is None and instance.objective.weighting == "tiers":
        for key in ("levels", "level_proofs"):  # one tier, which is what the solution says itself
            fields.take(key, list, default=[])
    if instance.tiers is None or (instance.objective.goal_levels and not fields.holds("levels")):
        return ()
    return read_levels(instance, fields, host_index, allocation)


def _read_allocation(instance: Instance, fields: Fields, host_index: IntArray) -> IntArray | None:
    """Return what elastic VMs get, if it fits; None where nothing is elastic."""
    if not instance.elastic:
        return None
    allocation = read_allocation(instance, host_index, fields.take("allocation", dict), fields.where)
    violations = verify(instance, host_index, allocation)
    if violations:
        raise FileError(f"{fields.where}: the allocation does not fit: {violations[0]}.")
    return frozen(allocation)


def _read_objective(
    instance: Instance, fields: Fields, host_index: IntArray, allocation: IntArray | None
) -> tuple[float, float]:
    """Return the recomputed objective and the claimed bound, if the file agrees with the data and with itself."""
    objective = metrics.objective_of(instance, host_index, allocation)
    claimed, bound = signed(fields, "objective"), signed(fields, "bound", type(None))
    if not isclose(claimed, objective, rel_tol=ROUNDING):
        raise FileError(f"{fields.where}: it claims objective {claimed}, but the placement is worth {objective}.")
    if bound < objective and not isclose(bound, objective, rel_tol=ROUNDING):
        raise FileError(f"{fields.where}: it claims bound {bound}, but the placement is worth {objective}.")
    return objective, max(bound, objective)


def _choice(kind: type[Choice], given: str, where: str) -> Choice:
    try:
        return kind(given)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise FileError(f"{where}: {kind.__name__.lower()} is {given!r}: use one of {known}.") from None


def _placement(solution: Solution) -> dict[str, str]:
    vms, hosts = list(solution.instance.vm_names), list(solution.instance.host_names)
    placed = np.flatnonzero(solution.host_index >= 0)
    return {vms[i]: hosts[h] for i, h in zip(placed.tolist(), solution.host_index[placed].tolist(), strict=True)}
