"""Levels of goals in the JSON of solutions: what a placement has of each, its bound, and what proves it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, isclose, isfinite
from typing import Any

from vmopt.arrays import IntArray
from vmopt.bounds import Bound, Claim, Nature, Proof
from vmopt.bounds.proofs import name_of
from vmopt.errors import FileError, PlacementError
from vmopt.goals.holds import holds_of
from vmopt.goals.recheck import proven
from vmopt.io.json_file import Fields
from vmopt.io.json_proofs import PROOFS, proof_document, read_proof
from vmopt.levels import Level
from vmopt.metrics import objective_of
from vmopt.model.instance import Instance
from vmopt.solution import Solution
from vmopt.status import Status

ROUNDING = 1e-9
NUMBER = (int, float)
NATURE = "nature"


def goal_rows_document(solution: Solution) -> dict[str, Any]:
    """Return the levels that are goals; of their bounds those that are infinite are null."""
    rows = [row for row in solution.levels if row.priority is None]
    return {"goals": [_row_document(row) for row in rows]}


def read_goal_rows(instance: Instance, fields: Fields, host_index: IntArray) -> tuple[Level, ...]:
    """Read levels of goals, if the data bear out every value, and every bound that can be rechecked.

    Raises
    ------
    FileError
        If they are not those of the instance, or claim what the data contradict.
    """
    given, where = fields.take("goals", list), f"{fields.where}: goals"
    goals = instance.objective.goal_levels
    first = 1 if goals[0].maximised and instance.tiers is not None else 0
    rows = tuple(_read_row(Fields(row, f"{where}[{n}]"), goals[first:][n : n + 1]) for n, row in enumerate(given))
    if [row.goal for row in rows] != [str(level) for level in goals[first:]]:
        raise FileError(f"{where} are not those of the instance's objective, in their order.")
    for k, row in enumerate(rows, first):
        _check(instance, k, row, host_index, f"{where}: {row.goal}")
    return rows


def _row_document(row: Level) -> dict[str, Any]:
    said = {
        "goal": row.goal,
        "value": row.value,
        "bound": row.bound if isfinite(row.bound) else None,
        "bound_by": name_of(row.certificate.proof),
        "status": row.status.value,
        "seconds": row.seconds,
    }
    return {**said, **proof_document(row.certificate.proof)}


def _read_row(fields: Fields, level: Sequence[Any]) -> Level:
    goal, maximised = fields.take("goal", str), bool(level and level[0].maximised)
    status, by = fields.take("status", str), fields.take("bound_by", str)
    if status not in (Status.OPTIMAL, Status.FEASIBLE):
        raise FileError(f"{fields.where}: status is {status!r}: use 'optimal' or 'feasible'.")
    value, bound = float(fields.take("value", *NUMBER)), fields.take("bound", *NUMBER, type(None))
    proof = read_proof(fields)
    seconds = float(fields.take("seconds", *NUMBER))
    fields.finish()
    rests_on: Proof = proof if proof is not None else Nature() if by == NATURE else Claim(by)
    known = float(bound) if bound is not None else (inf if maximised else -inf)
    return Level(None, value, Bound(known, rests_on), Status(status), seconds, goal=goal, maximised=maximised)


def _check(instance: Instance, k: int, row: Level, host_index: IntArray, where: str) -> None:
    """Refuse a value, a bound or a status that the data do not bear out."""
    objective = instance.objective
    level = objective.goal_levels[k]
    leads = k == 0 and level.maximised
    value = objective_of(instance, host_index) if leads else float(level.value(instance, host_index))
    if not isclose(row.value, value, rel_tol=ROUNDING, abs_tol=ROUNDING):
        raise FileError(f"{where} claims value {row.value}, but the placement has {value}.")
    slack = any(objective.slack_of_levels[: k + 1])
    below = row.bound - value if row.maximised else value - row.bound
    if not slack and below < -ROUNDING * max(1.0, abs(value)):
        raise FileError(f"{where} claims bound {row.bound}, but the placement has {value}.")
    if slack or type(row.certificate.proof) not in PROOFS:
        return
    try:
        holds = holds_of(instance, objective.goal_levels[:k], (0.0,) * k, host_index)
        shown = proven(instance, level, holds, row.certificate.proof)
    except PlacementError as error:
        raise FileError(f"{where}: {error}") from None
    beyond = shown is not None and (row.bound < shown if row.maximised else row.bound > shown)
    if beyond and shown is not None and not isclose(row.bound, float(shown), rel_tol=ROUNDING):
        raise FileError(f"{where} claims bound {row.bound}, but its proof shows {float(shown)}.")
