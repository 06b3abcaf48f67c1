"""Figures as people read them: numbers, percentages, seconds, counts."""

from __future__ import annotations

from math import isfinite

SIGNIFICANT = 6
SHORT_FROM = 1e7
LARGE = (("E", 1e18), ("P", 1e15), ("T", 1e12), ("G", 1e9), ("M", 1e6))


def number(x: float, digits: int = SIGNIFICANT) -> str:
    """Write `x` with so many significant digits, thousands apart, and no exponent where it can be avoided.

    Examples
    --------
    >>> number(2.816423), number(17307.0), number(1234567.8), number(0.00012345678, 3), number(0.0)
    ('2.81642', '17,307', '1,234,568', '0.000123', '0')
    """
    if not isfinite(x):
        return str(x)
    whole = len(str(int(abs(x))))
    return f"{x:,.0f}" if whole >= digits else f"{x:,.{digits}g}"


def short(x: float) -> str:
    """Write `x` as `number` does, and from ten millions on in millions and so on.

    Examples
    --------
    >>> short(1234567.0), short(61495099392.0), short(2.5)
    ('1,234,567', '61.5 G', '2.5')
    """
    if not isfinite(x) or abs(x) < SHORT_FROM:
        return number(x)
    letter, size = next((letter, size) for letter, size in LARGE if abs(x) >= size)
    return f"{x / size:.4g} {letter}"


def signed(x: float) -> str:
    """Write a change, with its sign.

    Examples
    --------
    >>> signed(0.25), signed(-3.0), signed(0.0)
    ('+0.25', '-3', '+0')
    """
    return f"{'+' if x >= 0 else ''}{number(x)}"


def apart(one: float, other: float) -> tuple[str, str]:
    """Write two numbers with as many digits, up to 12, as it takes to tell them apart.

    Examples
    --------
    >>> apart(2.8164231, 2.8164239)
    ('2.816423', '2.816424')
    >>> apart(1.0, 2.0)
    ('1', '2')
    """
    for digits in range(SIGNIFICANT, 13):
        written = number(one, digits), number(other, digits)
        if written[0] != written[1]:
            return written
    return number(one), number(other)


def percent(fraction: float, digits: int = 3) -> str:
    """Write a fraction as a percentage; one that is not 0 never reads as 0.

    Examples
    --------
    >>> percent(0.0), percent(0.0001), percent(1e-9), percent(0.8314, digits=1)
    ('0 %', '0.010 %', '< 0.001 %', '83.1 %')
    """
    if fraction == 0:
        return "0 %"
    smallest = 10.0**-digits
    if 0 < 100 * fraction < smallest:
        return f"< {smallest:.{digits}f} %"
    return f"{100 * fraction:,.{digits}f} %"


def seconds(duration: float) -> str:
    """Write a wall-clock time in seconds.

    Examples
    --------
    >>> seconds(0.00213), seconds(3.21), seconds(61.0)
    ('0.002 s', '3.2 s', '61.0 s')
    """
    return f"{duration:.3f} s" if duration < 1 else f"{duration:,.1f} s"
