"""What expressions of the Common Expression Language may compare and call, where devices are selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vmopt.platforms.kubernetes.quantity import quantity


def version(text: str) -> tuple[Any, ...]:
    """Return a semantic version so that versions compare: what comes before a release is less than it.

    Examples
    --------
    >>> version("1.10.0") > version("1.9.2"), version("1.0.0-rc1") < version("1.0.0")
    (True, True)
    """
    numbers, _, before = text.partition("+")[0].partition("-")
    return (*(int(part) for part in numbers.split(".")), not before, before)


def _compare(one: Any, other: Any) -> int:
    if isinstance(other, tuple) and isinstance(one, str):
        one = version(one)
    return int(one > other) - int(one < other)


TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<=": lambda a, b: bool(a <= b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    ">": lambda a, b: bool(a > b),
    "in": lambda a, b: a in b,
}
CALLS: dict[str, Callable[..., Any]] = {"quantity": quantity, "semver": version, "size": len}
METHODS: dict[str, Callable[..., Any]] = {
    "compareTo": _compare,
    "isGreaterThan": lambda a, b: _compare(a, b) > 0,
    "isLessThan": lambda a, b: _compare(a, b) < 0,
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": lambda text, part: part in text,
    "lowerAscii": str.lower,
    "upperAscii": str.upper,
    "size": len,
}
