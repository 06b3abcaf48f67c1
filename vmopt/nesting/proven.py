"""What the prices in the file of an answer prove."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf
from typing import Any

import numpy as np

from vmopt.errors import FileError
from vmopt.io.files import PathLike
from vmopt.nesting.nested import Nested
from vmopt.nesting.prices import NestPrices, price_bound
from vmopt.nesting.whole import cost_unit, worth_at_most

ROUNDING = 1e-9
"""Part by which what was added up in another order may differ."""


def proven_most(nested: Nested, prices: Sequence[NestPrices]) -> float:
    """Most utilisation that prices leave possible."""
    bound = min((price_bound(nested, row) for row in prices if row.worth == 1 and not row.costs), default=inf)
    worth = nested.cluster.worth
    if worth is None:
        return min(bound, float(nested.cluster.value.sum()))
    return float(worth_at_most(nested, bound, worth.total) * worth.unit)


def proven_least(nested: Nested, utilisation: float, prices: Sequence[NestPrices]) -> float:
    """Least cost of answers with at least so much utilisation, rounded up to what costs can add up to."""
    found = max((row.worth * utilisation - price_bound(nested, row) for row in prices if row.costs), default=-inf)
    unit, least = cost_unit(nested), max(found, 0.0)
    return least if unit is None else float(ceil(least / unit * (1 - ROUNDING)) * unit)


def read_prices(nested: Nested, rows: list[Any], path: PathLike) -> list[NestPrices]:
    """Prices as they are written in answers."""
    shape = len(nested.cluster.host_classes), len(nested.cluster.resources)
    return [_prices(row, shape, len(nested.flavors), path) for row in rows]


def _prices(row: Any, shape: tuple[int, int], n_flavors: int, path: PathLike) -> NestPrices:
    try:
        inside = np.array(row["inside"], dtype=np.float64).reshape(shape)
        vms = np.array(row["vms"], dtype=np.float64).reshape(n_flavors)
        worth, costs = float(row["worth"]), row["costs"]
    except (KeyError, TypeError, ValueError):
        raise FileError(f"{path} has prices that do not fit the data: give the answer of these data.") from None
    if not (np.isfinite(inside).all() and np.isfinite(vms).all() and 0 <= worth < inf and isinstance(costs, bool)):
        raise FileError(f"{path} has prices that are no numbers of at least 0: give those that `nest` wrote.")
    return NestPrices(inside, vms, worth, costs)
