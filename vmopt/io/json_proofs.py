"""Proofs of bounds in JSON, field by field: arrays as lists, fractions as text."""

from __future__ import annotations

from dataclasses import Field
from dataclasses import fields as fields_of
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt.bounds import Counting, GoalPrices, HostPatterns, HostPrices, Leavers, MovePrices, RulePrices
from vmopt.errors import FileError
from vmopt.io.json_file import Fields

PROOFS: dict[type, str] = {
    HostPrices: "host-prices",
    HostPatterns: "host-patterns",
    MovePrices: "move-prices",
    GoalPrices: "goal-prices",
    Counting: "counting",
    Leavers: "leavers",
}
"""Kinds of proofs that levels of goals can have, and what files call them."""
RULES, FRACTION, PARTS = "rules", "fraction", "parts"


def proof_document(proof: Any) -> dict[str, Any]:
    """What a file holds of a proof; nothing where there is nothing to it but its name."""
    name = PROOFS.get(type(proof))
    if name is None:
        return {}
    return {"proof": {"kind": name, **{f.name: _document(getattr(proof, f.name)) for f in fields_of(proof)}}}


def read_proof(fields: Fields) -> Any:
    """Read what `proof_document` makes; None where there is none.

    Raises
    ------
    FileError
        If the kind is unknown, or a field is missing or no numbers.
    """
    given = fields.take("proof", dict, type(None), default=None)
    if given is None:
        return None
    own = Fields(given, f"{fields.where}: proof")
    name = own.take("kind", str)
    kind = next((kind for kind, known in PROOFS.items() if known == name), None)
    if kind is None:
        raise FileError(f"{own.where}: there is no kind {name!r} of proof: use one of {', '.join(PROOFS.values())}.")
    parts = {f.name: _value(_taken(own, f), own.where) for f in fields_of(kind)}
    own.finish()
    return kind(**parts)


def _taken(own: Fields, field: Field[Any]) -> Any:
    """What a file has of a field; files from before it was there have none of one that may be None."""
    if field.default is None:
        return own.take(field.name, list, dict, type(None), default=None)
    return own.take(field.name, list, dict, type(None))


def _document(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Fraction):
        return {FRACTION: str(value)}
    if isinstance(value, tuple):
        return {PARTS: [_document(part) for part in value]}
    if isinstance(value, RulePrices):
        return {RULES: {f.name: getattr(value, f.name).tolist() for f in fields_of(value)}}
    return value


def _value(given: Any, where: str) -> Any:
    try:
        if isinstance(given, list):
            return _array(given)
        if isinstance(given, dict) and FRACTION in given:
            return Fraction(given[FRACTION])
        if isinstance(given, dict) and PARTS in given:
            return tuple(_array(part) for part in given[PARTS])
        if isinstance(given, dict):
            own = given[RULES]
            rule, group, domain = (np.array(own[key], dtype=np.int64) for key in ("rule", "group", "domain"))
            return RulePrices(rule, group, domain, _array(own["price"]))
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        raise FileError(f"{where} does not hold the numbers that it should.") from None
    return given


def _array(given: list[Any]) -> Any:
    array = np.array(given, dtype=np.float64)
    array.setflags(write=False)
    return array
