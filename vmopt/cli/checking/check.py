"""Check: one thing that was looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

ROUNDING = 1e-9
"""Part of a figure by which the file may differ from the data."""


class Check(NamedTuple):
    """What was checked, whether it holds (None where that is not known), and in words."""

    what: str
    holds: bool | None
    told: str


def any_wrong(checks: Iterable[Check]) -> bool:
    """Whether anything is other than the file says."""
    return any(check.holds is False for check in checks)


def differ(found: float, claimed: object) -> tuple[str, str]:
    """Write two figures so that they can be told apart."""
    from vmopt.summary.figures import apart, number

    return apart(found, claimed) if isinstance(claimed, int | float) else (number(found), repr(claimed))
