"""Minimal: the deletion filter, which leaves of what cannot stand together only what is needed for that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Filtered(Generic[T]):
    """What is left.

    Attributes
    ----------
    kept : tuple
        Cannot stand together.
    needed : bool
        Whether it was shown of each that the others can stand without it.
    """

    kept: tuple[T, ...]
    needed: bool


def deletion_filter(members: Sequence[T], conflicting: Callable[[Sequence[T]], bool | None]) -> Filtered[T]:
    """Leave out one member after the other, for good where what is left is still in conflict.

    Chinneck and Dravnieks (1991). Several are left out at once for as long as that goes well, twice as many each time:
    of many members few are needed.

    Parameters
    ----------
    members : sequence
        In conflict; what comes first is left out first.
    conflicting : callable
        Whether some of the members are in conflict, True only where that is proven; None where it is not known.

    Examples
    --------
    >>> deletion_filter(range(100), lambda some: {17, 42} <= set(some))
    Filtered(kept=(17, 42), needed=True)
    """
    kept: list[T] = []
    waiting = list(members)
    at_once, needed = 1, True
    while waiting:
        part = min(at_once, len(waiting))
        answer = conflicting([*kept, *waiting[part:]])
        if answer:
            waiting = waiting[part:]
            at_once *= 2
        elif part > 1:
            at_once = part // 2
        else:
            kept.append(waiting.pop(0))
            needed &= answer is False
            at_once = 1
    return Filtered(tuple(kept), needed)
