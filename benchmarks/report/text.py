"""Pieces of Markdown: tables, and numbers as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite

NOTHING = "-"
"""What stands where nothing was measured."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]], n_left: int = 1) -> str:
    """Return a Markdown table whose first columns are aligned to the left and the others to the right.

    Examples
    --------
    >>> print(table(["method", "seconds"], [["auto", "1.5"]]))
    | method | seconds |
    | :-- | --: |
    | auto | 1.5 |
    """
    rule = [":--"] * n_left + ["--:"] * (len(header) - n_left)
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in [header, rule, *rows])


def percent(fraction: float | None, digits: int = 2, sign: bool = False) -> str:
    """Write a fraction as a percentage; a dash where there is none.

    Examples
    --------
    >>> percent(0.0123), percent(0.5, 0), percent(0.094, 1, sign=True), percent(None)
    ('1.23 %', '50 %', '+9.4 %', '-')
    """
    if fraction is None or not isfinite(fraction):
        return NOTHING
    return f"{100 * fraction:{'+' if sign else ''}.{digits}f} %"


def gap(fraction: float | None) -> str:
    """Write a gap with the digits that matter: more where it is small.

    Examples
    --------
    >>> gap(0.0312), gap(0.000123), gap(0.0), gap(4e-8)
    ('3.12 %', '0.012 %', '0 %', '< 0.001 %')
    """
    if fraction is None or not isfinite(fraction):
        return NOTHING
    if 0 < abs(fraction) < 1e-5:
        return "< 0.001 %"
    return "0 %" if fraction == 0 else percent(fraction, 2 if abs(fraction) >= 1e-3 else 3)


def seconds(value: float) -> str:
    """Write seconds with the digits that matter.

    Examples
    --------
    >>> seconds(0.034), seconds(3.21), seconds(60.03), seconds(float("nan"))
    ('0.03', '3.2', '60', '-')
    """
    if not isfinite(value):
        return NOTHING
    return f"{value:.{2 if value < 1 else 1 if value < 10 else 0}f}"


def number(value: float | None, digits: int = 6) -> str:
    """Write a number with so many significant digits; a dash where there is none.

    Examples
    --------
    >>> number(1234.56789), number(0.012345, 3), number(None)
    ('1234.57', '0.0123', '-')
    """
    return NOTHING if value is None or not isfinite(value) else f"{value:.{digits}g}"


def spread(values: Iterable[float], digits: int = 1) -> str:
    """Write the least and the largest of some fractions.

    Examples
    --------
    >>> spread([0.09, 0.12, 0.1])
    '9.0 to 12.0 %'
    """
    every = list(values)
    return f"{100 * min(every):.{digits}f} to {100 * max(every):.{digits}f} %" if every else NOTHING


def _cell(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")
