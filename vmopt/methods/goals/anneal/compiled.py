"""Compiled: functions over arrays become machine code where numba is there, and stay what they are where it is not."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])
AVAILABLE = find_spec("numba") is not None


def compiled(function: F) -> F:
    """Compile a function at its first call; it lets other threads run meanwhile, and is kept on disk where that can be.

    Examples
    --------
    >>> compiled(lambda x: x + 1)(2)
    3
    """
    if not AVAILABLE:
        return function
    from numba import njit

    try:
        made: F = njit(nogil=True, cache=function.__name__ != "<lambda>")(function)
    except RuntimeError:  # there is no folder to keep it in
        made = njit(nogil=True)(function)
    return made
