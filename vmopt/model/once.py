"""MadeOnce: what is worked out of an object is kept with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, TypeVar

T = TypeVar("T")


class MadeOnce:
    """Keeps what others make of it, for as long as it lives.

    So a room above may work something out of an instance or a rule once, without their knowing what it is.

    Examples
    --------
    >>> class Numbers(MadeOnce):
    ...     given = (3, 4)
    >>> def total(numbers):
    ...     print("adding up")
    ...     return sum(numbers.given)
    >>> numbers = Numbers()
    >>> numbers.once(total), numbers.once(total)
    adding up
    (7, 7)
    """

    def once(self, make: Callable[[Self], T]) -> T:
        """Return what is made of it, made when it is first asked for."""
        if make not in self._made:
            self._made[make] = make(self)
        made: T = self._made[make]
        return made

    @cached_property
    def _made(self) -> dict[Any, Any]:
        return {}
