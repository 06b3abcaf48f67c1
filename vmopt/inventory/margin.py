"""Overcommit and headroom: what hosts offer of what they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

from vmopt.errors import OptionError
from vmopt.inventory.numerals import split, value_of
from vmopt.inventory.units import Unit, unit_called


def offered(
    resource: str, capacity: list[Fraction], unit: Unit, overcommit: Mapping[str, Any], reserve: Mapping[str, Any]
) -> list[Fraction]:
    """Return ``(capacity - reserve) * overcommit``, at least 0; the reserve is an amount for each host, or a part.

    Examples
    --------
    >>> from vmopt.inventory.units import PLAIN
    >>> offered("cpu", [Fraction(10)], PLAIN, {"cpu": 4}, {"cpu": "10%"})
    [Fraction(36, 1)]
    """
    times = _times(resource, overcommit[resource]) if resource in overcommit else Fraction(1)
    part, amount = _reserve(resource, reserve[resource], unit) if resource in reserve else (Fraction(0), Fraction(0))
    return [max(Fraction(0), have * (1 - part) - amount) * times for have in capacity]


def check_resources(given: Mapping[str, Any], resources: Iterable[str], what: str) -> None:
    """Refuse an option about a resource that there is not.

    Raises
    ------
    OptionError
    """
    known = list(resources)
    for name in given:
        if name not in known:
            raise OptionError(f"{what} is given for {name[:40]!r}, but the resources are {', '.join(known)}.")


def _times(resource: str, given: Any) -> Fraction:
    found = _exact(given)
    if found is None or found <= 0:
        raise OptionError(f"overcommit of {resource} is {given!r}: give a number above 0, such as 4.")
    return found


def _reserve(resource: str, given: Any, unit: Unit) -> tuple[Fraction, Fraction]:
    """Return the part of a host and the amount that are kept back."""
    pieces = split(str(given))
    value = None if pieces is None else value_of(pieces[0], pieces[1], ".")
    if pieces is not None and pieces[2] == "%" and value is not None and 0 <= value <= 100:
        return value / 100, Fraction(0)
    named = unit_called(pieces[2]) if pieces is not None and pieces[2] else unit
    fits = named is not None and (named.measures in (None, unit.measures))
    if value is None or named is None or not fits or value < 0:
        raise OptionError(f"the reserve of {resource} is {given!r}: give a part such as 10%, or an amount such as 8.")
    return Fraction(0), value * named.factor


def _exact(given: Any) -> Fraction | None:
    if isinstance(given, float) and not isfinite(given):
        return None
    pieces = split(str(given))
    return None if pieces is None or pieces[2] else value_of(pieces[0], pieces[1], ".")
