"""Compiled: functions over arrays become machine code where numba is there, and stay what they are where it is not.

Most of the time of compiling goes into handing large tuples over, to other functions and above all from Python: so only
what Python calls is made to be called from there, and what is called in one place alone can be copied to it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

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
    keep = function.__name__ != "<lambda>"
    try:
        return _made(function, nogil=True, cache=keep)
    except RuntimeError:  # there is no folder to keep it in
        return _made(function, nogil=True)


def part(function: F) -> F:
    """Compile a function for those compiled ones that call it; called from Python, it is what it was.

    Examples
    --------
    >>> part(lambda x: x + 1)(2)
    3
    """
    return _without_wrappers(function, inline="never")


def inlined(function: F) -> F:
    """Copy a function to the place where a compiled one calls it; called from Python, it is what it was.

    Examples
    --------
    >>> inlined(lambda x: x + 1)(2)
    3
    """
    return _without_wrappers(function, inline="always")


def kept(function: Callable[..., Any], *values: Any) -> bool:
    """Whether a function begins at once when it is called with such values: compiled here, kept on disk, or Python.

    Examples
    --------
    >>> kept(len, "abc")
    True
    """
    if not hasattr(function, "overloads"):
        return True
    from numba import typeof

    signature, made = tuple(typeof(value) for value in values), cast(Any, function)
    return signature in made.overloads or made._cache.load_overload(signature, made.targetctx) is not None


def _without_wrappers(function: F, inline: str) -> F:
    made: Any = _made(function, inline=inline, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    return made if made is function else cast(F, _Part(made))


class _Part:
    """A function that numba takes for the compiled one; that itself would fail in Python, for want of a wrapper."""

    def __init__(self, made: Any) -> None:
        self._made, self._numba_type_ = made, made._numba_type_
        self.py_func, self.targetoptions = made.py_func, made.targetoptions
        self.__doc__ = made.__doc__

    def __call__(self, *values: Any) -> Any:
        return self.py_func(*values)


def _made(function: F, **options: Any) -> F:
    if not AVAILABLE:
        return function
    from numba import njit
    from numba.core.registry import cpu_target

    # Arrays that are handed over are Python's all the while: counting who refers to them would take most of the time.
    uncounted = {"_nrt": False} if hasattr(cpu_target.options, "_nrt") else {}
    made: F = njit(fastmath=set(IN_ANY_ORDER), error_model="numpy", **uncounted, **options)(function)
    return made
