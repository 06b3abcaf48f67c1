"""Checks of single arguments: what is given as a plain Python value, or one error that says what to give."""

from __future__ import annotations

import numbers
import operator
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import inf, isfinite, isnan, nan
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import FileError, OptionError, VmoptError
from vmopt.plurals import count

T = TypeVar("T")


def is_number(value: Any) -> bool:
    """Whether a value is one real number, Python's or numpy's; booleans and spans of time are not.

    Examples
    --------
    >>> is_number(3), is_number(0.5), is_number(True), is_number("3")
    (True, True, False, False)
    """
    if isinstance(value, np.generic):
        return value.dtype.kind in "iuf"
    if isinstance(value, Decimal):
        return not value.is_snan()
    if isinstance(value, numbers.Real):
        return not isinstance(value, bool)
    return getattr(value, "ndim", None) == 0 and getattr(getattr(value, "dtype", None), "kind", "") in tuple("iuf")


def is_integer(value: Any) -> bool:
    """Whether a value is one integer, Python's or numpy's; booleans are not."""
    try:
        operator.index(value)
    except TypeError:
        return False
    return is_number(value)


def as_float(value: Any) -> float:
    """Return one real number as a float, infinite where it is too large for one; NaN for anything else.

    Examples
    --------
    >>> as_float(np.float32(0.5)), as_float(10**400), as_float(True), as_float("3")
    (0.5, inf, nan, nan)
    """
    if not is_number(value):
        return nan
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def positive(value: Any, name: str, error: type[VmoptError] = OptionError, such_as: str = "") -> float:
    """Return a finite number above 0 as a float.

    Raises
    ------
    VmoptError
        Of the kind `error`, if it is anything else.
    """
    if not is_number(value) or not 0 < float(value) < inf:
        raise error(f"{name} is {shown(value)}: give a finite number above 0{such_as and ', ' + such_as}.")
    return float(value)


def between(value: Any, name: str, least: float, most: float, what: str) -> float:
    """Return a number from `least` to `most` as a float; `what` says what to give otherwise."""
    if not is_number(value) or isnan(float(value)) or not least <= float(value) <= most:
        raise OptionError(f"{name} is {shown(value)}: give {what}.")
    return float(value)


def integer(value: Any, name: str, least: int = 0, most: float = inf, error: type[VmoptError] = OptionError) -> int:
    """Return an integer from `least` to `most` as an int."""
    if not is_integer(value) or not least <= int(value) <= most:
        limits = f"of at least {least}" if most == inf else f"from {least} to {most:.0f}"
        raise error(f"{name} is {shown(value)}: give an integer {limits}.")
    return int(value)


def seconds(value: Any, name: str) -> float:
    """Return a time, which may be infinite but not NaN, as a float."""
    if not is_number(value) or isnan(float(value)):
        raise OptionError(f"{name} is {shown(value)}: give seconds.")
    return float(value)


def flag(value: Any, name: str) -> bool:
    """Return True or False as a bool."""
    if not isinstance(value, bool) and getattr(getattr(value, "dtype", None), "kind", "") != "b":
        raise OptionError(f"{name} is {shown(value)}: give True or False.")
    return bool(value)


def choice(value: Any, name: str, choices: Iterable[str], error: type[VmoptError] = OptionError) -> str:
    """Return one of some names."""
    known = list(choices)
    if not isinstance(value, str):
        raise error(f"{name} is {shown(value)}: give a name: {', '.join(known)}.")
    if value not in known:
        raise error(f"{name} {value!r} is unknown: use {', '.join(known)}.")
    return value


def text(value: Any, name: str, error: type[VmoptError] = OptionError, what: str = "a string") -> str:
    """Return a string."""
    if not isinstance(value, str):
        raise error(f"{name} is {shown(value)}: give {what}.")
    return value


def as_path(value: Any, name: str = "path") -> Path:
    """Return a path.

    Raises
    ------
    FileError
        If it is no path at all.
    """
    try:
        return Path(value)
    except TypeError:
        raise FileError(f"{name} is {shown(value)}: give a str or a pathlib.Path.") from None


def listed(value: Any, name: str, error: type[VmoptError] = OptionError, what: str = "a list") -> list[Any]:
    """Return the entries of an iterable that is no string."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise error(f"{name} is {shown(value)}: give {what}.")
    try:
        return list(value)
    except TypeError:
        raise error(f"{name} is {shown(value)}: give {what}.") from None


def mapping(value: Any, name: str, what: str, error: type[VmoptError] = OptionError) -> dict[Any, Any]:
    """Return what a mapping holds; `what` says what maps to what."""
    if not isinstance(value, Mapping):
        raise error(f"{name} is {shown(value)}: give a mapping of {what}.")
    return dict(value)


def texts(value: Any, name: str, what: str, error: type[VmoptError] = OptionError) -> dict[str, str]:
    """Return a mapping of strings to strings."""
    found = mapping(value, name, what, error)
    wrong = next((key for key, each in found.items() if not (isinstance(key, str) and isinstance(each, str))), None)
    if wrong is not None:
        raise error(f"{name} is {shown(value)}: give a mapping of {what}, all of them strings.")
    return found


def positions(value: Any, name: str, number: int, of: str) -> list[int]:
    """Return positions, each from 0 to below a number of them; `of` says of what."""
    given = listed(value, name, what=f"a list of positions, one for each {of}")
    for each in given:
        if not is_integer(each) or not 0 <= int(each) < number:
            raise OptionError(f"{name} names {of} {shown(each)}: there are {number}, counted from 0.")
    return [int(each) for each in given]


def host_indices(value: Any, name: str, n_vms: int, n_hosts: int) -> IntArray:
    """Return the host of each VM, -1 for none, as an array."""
    array = np.asarray(value)
    fits = array.shape == (n_vms,) and array.dtype.kind in "iu" and ((array >= -1) & (array < n_hosts)).all()
    if not fits:
        raise OptionError(f"{name} is {shown(value)}: give {count(n_vms, 'integer')} from -1 (none) to {n_hosts - 1}.")
    return array.astype(np.int64)


def of_kind(value: Any, kind: type[T], name: str, give: str, error: type[VmoptError] = OptionError) -> T:
    """Return a value of a kind; `give` says what to give otherwise."""
    if not isinstance(value, kind):
        raise error(f"{name} is {shown(value)}: give {give}.")
    return value


def known_only(given: Iterable[str], known: Iterable[str], of: str) -> None:
    """Refuse names of arguments that there are not."""
    names = list(known)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise OptionError(f"{of} has no {unknown[0]!r}: it takes {', '.join(names)}.")


def called(value: Any, name: str, of: str) -> Any:
    """Return what can be called, or None."""
    if value is not None and not callable(value):
        raise OptionError(f"{name} is {shown(value)}: give a callable of ({of}), or None.")
    return value


def floats(value: Any, name: str) -> FloatArray:
    """Return a row of numbers as floats."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise OptionError(f"{name} is {shown(value)}: give a list of numbers.") from None
    if array.ndim != 1:
        raise OptionError(f"{name} is {shown(value)}: give a list of numbers.")
    return array


def finite(value: Any) -> bool:
    """Whether a value is one finite number."""
    return is_number(value) and isfinite(float(value))


def shown(value: Any) -> str:
    """Return how a value looks, in few characters."""
    try:
        look = repr(value)
    except Exception:  # whatever it is, the error is about something else
        look = f"a {type(value).__name__}"
    look = " ".join(look.split()) if "\n" in look else look
    return look if len(look) <= 60 else f"{look[:57]}..."
