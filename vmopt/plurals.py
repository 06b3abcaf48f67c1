"""Plurals: how many there are of a thing, as people say it."""

from __future__ import annotations

from collections.abc import Sequence


def count(n: int, one: str, many: str | None = None) -> str:
    """Write how many there are of a thing.

    Examples
    --------
    >>> count(1, "host"), count(12345, "VM"), count(2, "class", "classes")
    ('1 host', '12,345 VMs', '2 classes')
    """
    return f"{n:,} {plural(n, one, many)}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """Write a noun or a verb as it stands beside a number.

    Examples
    --------
    >>> plural(1, "fits", "fit"), plural(2, "fits", "fit"), plural(0, "VM")
    ('fits', 'fit', 'VMs')
    """
    return one if n == 1 else many or one + "s"


def first_of(names: Sequence[str], shown: int) -> str:
    """Write the first of some names, and how many more there are.

    Examples
    --------
    >>> first_of(["a", "b", "c"], 3), first_of(["a", "b", "c"], 1)
    ('a, b, c', 'a and 2 more')
    """
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
