"""Prices of rules in the JSON of solutions: columns of numbers, left out where none costs anything."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.bounds import RulePrices
from vmopt.errors import FileError
from vmopt.io.json_file import Fields
from vmopt.model.columns import frozen

KEY = "rule_prices"
NUMBERS = ("rule", "group", "domain")
LARGEST = 2**63 - 1


def rule_prices_document(prices: RulePrices | None) -> dict[str, Any]:
    """Return the prices under their key, or nothing."""
    if prices is None:
        return {}
    columns = {name: getattr(prices, name).tolist() for name in (*NUMBERS, "price")}
    return {KEY: columns}


def read_rule_prices(fields: Fields) -> RulePrices | None:
    """Read the prices, None where there are none; whether the rules are there is for the checker to say.

    Raises
    ------
    FileError
        If they are no columns of numbers.
    """
    given = fields.take(KEY, dict, type(None), default=None)
    if given is None:
        return None
    columns = [given.get(name) for name in NUMBERS]
    whole = all(type(column) is list and all(_is_position(n) for n in column) for column in columns)
    price = given.get("price")
    if len(given) != 4 or not whole or type(price) is not list or not all(type(p) in (int, float) for p in price):
        raise FileError(f"{fields.where}: {KEY} does not hold the numbers rule, group, domain and price.")
    rule, group, domain = (frozen(np.array(column, dtype=np.int64)) for column in columns)
    return RulePrices(rule, group, domain, frozen(np.array(price, dtype=np.float64)))


def _is_position(given: object) -> bool:
    return type(given) is int and 0 <= given <= LARGEST
