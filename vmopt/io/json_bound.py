"""Bounds in the JSON of solutions: what is claimed, what proves it, and whether it does."""

from __future__ import annotations

from math import inf, isclose
from typing import Any

import numpy as np

from vmopt.bounds import AllPlaced, Bound, Claim, Enumeration, Levels, PatternBound, Prices, Proof
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.proofs import name_of
from vmopt.bounds.recheck import proven
from vmopt.errors import FileError, PlacementError
from vmopt.io.json_file import Fields
from vmopt.io.json_rule_prices import read_rule_prices, rule_prices_document
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.solution import Solution

ROUNDING = 1e-9
NUMBER = (int, float)
SHOWS: dict[type, str] = {
    Prices: "prices prove",
    PatternBound: "pattern_bound proves",
    AllPlaced: "VMs all together show",
}


def bound_document(solution: Solution) -> dict[str, Any]:
    """Return the bound and all that proves it; `step` and `exhaustive` only where they say something."""
    certificate, patterns = solution.certificate, solution.pattern_bound
    document: dict[str, Any] = {
        "bound_by": name_of(certificate.proof),
        "prices": None if solution.prices is None else np.ascontiguousarray(solution.prices),
        **rule_prices_document(solution.rule_prices),
        "pattern_bound": None,
    }
    if patterns is not None:
        document["pattern_bound"] = {
            "vm_prices": patterns.prices.tolist(),
            "host_profit": patterns.host_profit.tolist(),
        }
    if certificate.step:
        document["step"] = certificate.step
    if isinstance(certificate.proof, Enumeration):
        document["exhaustive"] = True
    return document


def read_bound(fields: Fields, bound: float) -> tuple[Bound, Prices | None]:
    """Read a bound with what is said to prove it, and the prices that prove most besides; nothing is checked yet.

    Raises
    ------
    FileError
        If what proves the bound is not there, or no numbers.
    """
    name = fields.take("bound_by", str)
    prices, patterns = _prices(fields), _patterns(fields)
    step = fields.take("step", *NUMBER, default=0.0)
    exhaustive = fields.take("exhaustive", bool, default=False)
    if not 0.0 <= step < inf:
        raise FileError(f"{fields.where}: step is {step}: it is above 0, or left out.")
    return Bound(bound, _proof(name, prices, patterns, exhaustive, fields.where), float(step)), prices


def check_bound(instance: Instance, certificate: Bound, prices: Prices | None, where: str) -> None:
    """Refuse a bound that its proof does not bear out, and prices that are none."""
    try:
        shown = proven(instance, certificate)
        if prices is not None:
            verify_bound(instance, prices.capacity, prices.rules)
    except PlacementError as error:
        raise FileError(f"{where}: {error}") from None
    bound = certificate.value
    if shown is not None and shown > bound and not isclose(shown, bound, rel_tol=ROUNDING):
        raise FileError(f"{where}: it claims bound {bound}, but its {SHOWS[type(certificate.proof)]} {shown} only.")


def _proof(name: str, prices: Prices | None, patterns: PatternBound | None, exhaustive: bool, where: str) -> Proof:
    """Return the proof that is named."""
    match name:
        case "prices" if prices is not None:
            return prices
        case "patterns" if patterns is not None:
            return patterns
        case "prices" | "patterns":
            missing = "prices" if name == "prices" else "pattern_bound"
            raise FileError(f"{where}: the bound is said to be by {name}, but {missing} is null.")
        case "total":
            return AllPlaced()
        case "levels":
            return Levels()
    return Enumeration(name) if exhaustive else Claim(name)


def _prices(fields: Fields) -> Prices | None:
    given, of_rules = fields.take("prices", list, type(None)), read_rule_prices(fields)
    if given is None:
        if of_rules is not None:
            raise FileError(f"{fields.where}: it has prices of rules, but prices is null.")
        return None
    if not all(type(row) is list and all(type(price) in NUMBER for price in row) for row in given):
        raise FileError(f"{fields.where}: prices are not an array of arrays of numbers.")
    try:
        return Prices(frozen(np.array(given, dtype=np.float64)), of_rules)
    except ValueError:
        raise FileError(f"{fields.where}: prices are not a table: its rows differ in length.") from None


def _patterns(fields: Fields) -> PatternBound | None:
    given = fields.take("pattern_bound", dict, type(None))
    if given is None:
        return None
    columns = [given.get(key) for key in ("vm_prices", "host_profit")]
    if len(given) != 2 or not all(type(c) is list and all(type(n) in NUMBER for n in c) for c in columns):
        raise FileError(f"{fields.where}: pattern_bound does not hold the numbers vm_prices and host_profit.")
    return PatternBound(*(frozen(np.array(column, dtype=np.float64)) for column in columns))
