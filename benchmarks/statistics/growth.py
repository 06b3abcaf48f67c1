"""Growth: how the seconds to a certified gap grow with the number of VMs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf, isfinite, nan
from statistics import median

import numpy as np

from benchmarks.results import Row


@dataclass(frozen=True)
class Growth:
    """Seconds against VMs of one kind of instance, and the power that fits them.

    Attributes
    ----------
    kind : str
    vms : tuple of int
    seconds : tuple of float
        Median over the seeds, where not reaching the gap counts as infinity; NaN where the median is.
    exponent : float
        Slope of the least-squares line through ``log seconds`` over ``log VMs``: 1 is linear. NaN of fewer than two
        points.
    """

    kind: str
    vms: tuple[int, ...]
    seconds: tuple[float, ...]
    exponent: float


def growths(rows: Iterable[Row], method: str = "auto") -> list[Growth]:
    """Fit every kind of instance, which is the part of its name before the first hyphen."""
    found: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row.method == method and not row.failed:
            found[row.instance.split("-")[0]][row.vms].append(row)
    return [_growth(kind, dict(sorted(by_size.items()))) for kind, by_size in found.items()]


def _growth(kind: str, by_size: dict[int, list[Row]]) -> Growth:
    vms, seconds = tuple(by_size), tuple(_seconds(rows) for rows in by_size.values())
    return Growth(kind, vms, seconds, exponent(vms, seconds))


def _seconds(rows: list[Row]) -> float:
    middle = median(row.total_seconds if row.status == "optimal" else inf for row in rows)
    return middle if isfinite(middle) else nan


def exponent(sizes: Iterable[float], seconds: Iterable[float]) -> float:
    """Slope of the least-squares line through the logarithms, over the sizes that were measured.

    Examples
    --------
    >>> round(exponent([10, 100, 1000, 10**4], [0.2, 2, 20, float("nan")]), 6)
    1.0
    """
    x, y = np.asarray(list(sizes), dtype=float), np.asarray(list(seconds), dtype=float)
    measured = np.isfinite(y) & (y > 0)
    if len(np.unique(x[measured])) < 2:
        return nan
    return float(np.polyfit(np.log(x[measured]), np.log(y[measured]), 1)[0])
