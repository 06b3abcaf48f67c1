"""Quantities of Kubernetes, read exactly."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

from vmopt.checks import shown
from vmopt.errors import FileError

FORM = re.compile(
    r"([+-]?)(\d{1,40}(?:\.\d{0,40})?|\.\d{1,40})(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d{1,3})", re.ASCII
)
BINARY = {unit: Fraction(1024**power) for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"), 1)}
DECIMAL = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1)}
DECIMAL.update({unit: Fraction(1000**power) for power, unit in enumerate("kMGTPE", 1)})
MOST_EXPONENT = 60
LARGEST = 2**62
UNITS = {"cpu": 1000}
"""Units of a resource in which amounts are counted, where 1 is not fine enough: cpus in thousandths."""


@lru_cache(maxsize=1 << 16)
def quantity(text: str) -> Fraction:
    """Return what a quantity says.

    Parameters
    ----------
    text : str
        ``<signed number><suffix>``, the suffix one of Ki Mi Gi Ti Pi Ei, n u m k M G T P E, or an exponent of ten.

    Raises
    ------
    FileError
        If it is none.

    Examples
    --------
    >>> quantity("1.5Gi"), quantity("250m"), quantity("1E3"), quantity("1E") == 10**18
    (Fraction(1610612736, 1), Fraction(1, 4), Fraction(1000, 1), True)
    """
    found = FORM.fullmatch(text.strip())
    if found is None:
        raise FileError(f"{shown(text)} is no quantity of Kubernetes: write 500m, 2, 1.5Gi or 2e9.")
    sign, number, unit = found.groups()
    value = Fraction(("0" + number).rstrip("."))
    if unit in BINARY:
        value *= BINARY[unit]
    elif unit in DECIMAL:
        value *= DECIMAL[unit]
    else:
        power = int(unit[1:])
        if abs(power) > MOST_EXPONENT:
            raise FileError(f"{shown(text)} is out of all proportion for a quantity.")
        value *= Fraction(10) ** power
    return -value if sign == "-" else value


def units(given: Any, resource: str, *, up: bool) -> int:
    """Return an amount of a resource in whole units: cpus in thousandths, all else as it is counted.

    Parameters
    ----------
    given : str or number
    resource : str
    up : bool
        Which way parts of a unit are rounded: up for what is asked for, down for what there is.

    Examples
    --------
    >>> units("0.1", "cpu", up=True), units("128974848", "memory", up=True), units("1.0005", "cpu", up=False)
    (100, 128974848, 1000)
    """
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise FileError(f"{resource} is {shown(given)}: a quantity belongs there, such as 500m, 2 or 1.5Gi.")
    return _whole(str(given), resource, up)


@lru_cache(maxsize=1 << 16)
def _whole(given: str, resource: str, up: bool) -> int:
    exact = quantity(given) * UNITS.get(resource, 1)
    if not 0 <= exact <= LARGEST:
        raise FileError(f"{resource} is {shown(given)}: a quantity from 0 to 2**62 belongs there.")
    return ceil(exact) if up else floor(exact)
