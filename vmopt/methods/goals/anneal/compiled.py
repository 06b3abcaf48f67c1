"""Compiled: functions over arrays become machine code where numba is there, and stay what they are where it is not."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
AVAILABLE = find_spec("numba") is not None
IN_ANY_ORDER = frozenset({"reassoc", "contract", "nsz", "arcp"})
"""What of the rules of floating point is given up so that sums run in vectors: their order, no more."""


def compiled(function: F) -> F:
    """Compile a function at its first call; it lets other threads run meanwhile, and is kept on disk where that can be.

    Examples
    --------
    >>> compiled(lambda x: x + 1)(2)
    3
    """
    return _made(function, nogil=True)


def inlined(function: F) -> F:
    """Compile a function into those that call it, so that what they hand over is not copied.

    Examples
    --------
    >>> inlined(lambda x: x + 1)(2)
    3
    """
    return _made(function, forceinline=True)


def _made(function: F, **options: bool) -> F:
    if not AVAILABLE:
        return function
    from numba import njit

    keep = function.__name__ != "<lambda>"
    try:
        made: F = njit(cache=keep, fastmath=set(IN_ANY_ORDER), **options)(function)
    except RuntimeError:  # there is no folder to keep it in
        made = njit(fastmath=set(IN_ANY_ORDER), **options)(function)
    return made
