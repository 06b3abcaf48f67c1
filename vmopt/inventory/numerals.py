"""Numbers as people write them: decimal marks, groups of three digits, and a unit behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

from vmopt.errors import OptionError

Mark = Literal[".", ","]
LONGEST = 60
MOST_POWER = 30
PIECES = re.compile(r"([+-]?)(\d[\d.,'\u2019_\s]*|[.,]\d+)(?:[eE]([+-]?\d{1,3}))?\s*([^\d\s].*)?", re.ASCII)
GROUPED = re.compile(r"\d{1,3}([ '\u2019_\u00a0\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
SPACES = re.compile(r"[ '\u2019_\u00a0\u202f]")


def as_mark(given: str | None) -> Mark | None:
    """Check a decimal mark that was asked for.

    Raises
    ------
    OptionError
        If it is another.
    """
    if given is None or given == "." or given == ",":
        return given  # type: ignore[return-value]
    raise OptionError(f"the decimal mark is {given!r}: use '.' or ','.")


def split(text: str) -> tuple[str, str, str] | None:
    """Take a cell apart: digits with their marks, power of ten, unit; None where it is no number.

    Examples
    --------
    >>> split("1.024,5 GiB"), split("2e3"), split("web-1")
    (('1.024,5', '', 'GiB'), ('2', '3', ''), None)
    """
    text = text.replace("\u00a0", " ").replace("\u202f", " ").strip()
    found = PIECES.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    sign, digits, power, unit = found.groups(default="")
    digits = digits.strip()
    if SPACES.search(digits):
        if not GROUPED.fullmatch(digits):
            return None
        digits = SPACES.sub("", digits)
    return ("-" if sign == "-" else "") + digits, power, unit.strip()


def mark_of(digits: str) -> Mark | None:
    """Tell which of point and comma is the decimal mark of one number; None where it may be either, or has none.

    Examples
    --------
    >>> mark_of("2,5"), mark_of("1.024,5"), mark_of("1,024,000"), mark_of("1,024"), mark_of("12")
    (',', ',', '.', None, None)
    """
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return None
    mark, other = (".", ",") if digits[last] == "." else (",", ".")
    if other in digits:
        return mark  # type: ignore[return-value]
    if digits.count(mark) > 1:
        return other  # type: ignore[return-value]
    whole = digits[:last].lstrip("-")
    if len(digits) - last - 1 != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0"):
        return mark  # type: ignore[return-value]
    return None


def marks_of(cells: Iterable[Any]) -> dict[Mark | None, str]:
    """Find an example of each decimal mark among cells; under None one that may be read both ways."""
    found: dict[Mark | None, str] = {}
    for cell in cells:
        pieces = split(cell) if isinstance(cell, str) else None
        if pieces is not None and ("." in pieces[0] or "," in pieces[0]):
            mark = mark_of(pieces[0])
            if mark not in found:
                found[mark] = cell
    return found


def value_of(digits: str, power: str, mark: Mark) -> Fraction | None:
    """Return the exact number; None where the digits are not grouped as that mark demands.

    Examples
    --------
    >>> value_of("1.024,5", "", ","), value_of("0.1", "", "."), value_of("1.0.0", "", ".")
    (Fraction(2049, 2), Fraction(1, 10), None)
    """
    other = "," if mark == "." else "."
    whole, _, part = digits.partition(mark)
    if other in whole:
        first, *groups = whole.lstrip("-").split(other)
        if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
            return None
        whole = whole.replace(other, "")
    if (part and not part.isdigit()) or abs(int(power or 0)) > MOST_POWER:
        return None
    return Fraction(f"{whole or 0}.{part or 0}") * Fraction(10) ** int(power or 0)
