"""Levels of priority in the JSON of solutions: values, bounds, and the prices that prove them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import isclose
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.bounds import AllPlaced, Bound, Claim, LevelBound, Proof
from vmopt.bounds.level_bound import LevelChecker
from vmopt.errors import FileError, PlacementError
from vmopt.io.json_file import Fields
from vmopt.level_values import Values, tiers_of, values_of
from vmopt.levels import Level
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.solution import Solution
from vmopt.status import Status

ROUNDING = 1e-9
NUMBER = (int, float)
TOTAL, PRICES = "total", "prices"
Levels = tuple[Level, ...]


def levels_document(solution: Solution) -> dict[str, Any]:
    """Return the levels, each naming its proof by position, and the proofs, each once."""
    tiers = [level for level in solution.levels if level.priority is not None]
    proofs = {id(level.proof): level.proof for level in tiers if level.proof is not None}
    position = {key: n for n, key in enumerate(proofs)}
    levels = [
        {
            "priority": level.priority,
            "value": level.value,
            "bound": level.bound,
            "bound_by": level.bound_by,
            "status": level.status.value,
            "seconds": level.seconds,
            "proof": None if level.proof is None else position[id(level.proof)],
        }
        for level in tiers
    ]
    return {"levels": levels, "level_proofs": [_proof_document(proof) for proof in proofs.values()]}


def read_levels(instance: Instance, fields: Fields, host_index: IntArray, allocation: IntArray | None) -> Levels:
    """Read levels and their proofs, if the data bear out every value and every bound that can be rechecked."""
    given, where = fields.take("levels", list), f"{fields.where}: levels"
    proofs = [_read_proof(Fields(proof, f"{where}: proof")) for proof in fields.take("level_proofs", list)]
    levels = tuple(_read_level(Fields(level, where), proofs) for level in given)
    if [level.priority for level in levels] != tiers_of(instance).priority.tolist():
        raise FileError(f"{where} are not those of the instance, the highest first.")
    values = values_of(instance, host_index, allocation)
    wrong = next(wrong_levels(instance, levels, values), None)
    if wrong is not None:
        raise FileError(f"{where}: {wrong}.")
    return levels


def wrong_levels(instance: Instance, levels: Sequence[Level], values: Values) -> Iterator[str]:
    """Yield in words what levels claim and the data do not bear out."""
    checker = LevelChecker(instance, values)
    found: dict[int, list[Fraction | None]] = {}
    for k, (level, value) in enumerate(zip(levels, values, strict=True)):
        name = f"priority {level.priority}"
        if not isclose(level.value, float(value), rel_tol=ROUNDING, abs_tol=ROUNDING**2):
            yield f"{name} claims value {level.value}, but its placed VMs are worth {float(value)}"
        if level.bound < float(value) and not isclose(level.bound, float(value), rel_tol=ROUNDING):
            yield f"{name} claims bound {level.bound}, but its placed VMs are worth {float(value)}"
        rests_on = level.certificate.proof
        if instance.tiers is None or not isinstance(rests_on, AllPlaced | LevelBound):
            continue
        proven: Fraction | None = checker.totals[k]
        if isinstance(rests_on, LevelBound):
            try:
                bounds = found.setdefault(id(rests_on), []) or checker.bounds(rests_on)
            except PlacementError as error:
                yield str(error).removesuffix(".")
                continue
            found[id(rests_on)] = bounds
            proven = bounds[k] if k < len(bounds) else None
        if proven is None or (level.bound < proven and not isclose(level.bound, float(proven), rel_tol=ROUNDING)):
            shown = "nothing" if proven is None else float(proven)
            yield f"{name} claims bound {level.bound}, but its proof shows {shown}"


def _proof_document(proof: LevelBound) -> dict[str, Any]:
    return {
        "per_value": proof.per_value.tolist(),
        "per_vm": proof.per_vm.tolist(),
        "prices": np.asarray(proof.prices).tolist(),
    }


def _read_proof(fields: Fields) -> LevelBound:
    columns = [fields.take(key, list) for key in ("prices", "per_value", "per_vm")]
    fields.finish()
    rows = [row for row in columns[0] if type(row) is list]
    if len(rows) != len(columns[0]) or not all(type(n) in NUMBER for row in (*rows, *columns[1:]) for n in row):
        raise FileError(f"{fields.where} does not hold prices, a row per host class, and numbers per_value and per_vm.")
    try:
        return LevelBound(*(frozen(np.array(column, dtype=np.float64)) for column in columns))
    except ValueError:
        raise FileError(f"{fields.where}: its prices are not a table.") from None


def _read_level(fields: Fields, proofs: list[LevelBound]) -> Level:
    proof = fields.take("proof", int, type(None))
    if proof is not None and not 0 <= proof < len(proofs):
        raise FileError(f"{fields.where}: proof {proof} is not there.")
    status = fields.take("status", str)
    if status not in (Status.OPTIMAL, Status.FEASIBLE):
        raise FileError(f"{fields.where}: status is {status!r}: use 'optimal' or 'feasible'.")
    prices = None if proof is None else proofs[proof]
    priority = fields.take("priority", int)
    rests_on = _rests_on(fields.take("bound_by", str), prices, f"{fields.where}: priority {priority}")
    level = Level(
        priority=priority,
        value=float(fields.take("value", *NUMBER)),
        certificate=Bound(float(fields.take("bound", *NUMBER)), rests_on),
        status=Status(status),
        seconds=float(fields.take("seconds", *NUMBER)),
        proof=prices,
    )
    fields.finish()
    return level


def _rests_on(name: str, prices: LevelBound | None, where: str) -> Proof:
    """Return the proof that is named."""
    if name == PRICES and prices is None:
        raise FileError(f"{where}: its bound is said to be by prices, but there are none.")
    return AllPlaced() if name == TOTAL else prices if name == PRICES and prices is not None else Claim(name)
