"""Reads fields of objects of Kubernetes: whatever stands there, the answer is of the right kind or one clear error."""

from __future__ import annotations

from typing import Any

import orjson

from vmopt.checks import shown
from vmopt.errors import FileError

Object = dict[str, Any]


def mapping(given: Any, *path: str) -> Object:
    """Return the object under a path of keys; nothing there is an empty one.

    Examples
    --------
    >>> mapping({"spec": {"nodeSelector": {"disk": "ssd"}}}, "spec", "nodeSelector")
    {'disk': 'ssd'}
    """
    found = _at(given, path)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise FileError(f"{'.'.join(path)} is {shown(found)}: an object belongs there.")
    return found


def objects(given: Any, *path: str) -> list[Object]:
    """Return the list of objects under a path of keys; nothing there is an empty one."""
    found = _at(given, path)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise FileError(f"{'.'.join(path)} is {shown(found)}: a list of objects belongs there.")
    return found


def text(given: Any, *path: str) -> str:
    """Return the text under a path of keys; nothing there is an empty one."""
    found = _at(given, path)
    if found is None:
        return ""
    if isinstance(found, dict | list):
        raise FileError(f"{'.'.join(path)} is {shown(found)}: a text belongs there.")
    return str(found)


def texts(given: Any, *path: str) -> dict[str, str]:
    """Return the object of texts under a path of keys."""
    found = mapping(given, *path)
    if any(isinstance(value, dict | list) for value in found.values()):
        raise FileError(f"{'.'.join(path)} is {shown(found)}: texts by their names belong there.")
    return {str(key): _written(value) for key, value in found.items()}


def words(given: Any, *path: str) -> list[str]:
    """Return the list of texts under a path of keys."""
    found = _at(given, path)
    if found is None:
        return []
    if not isinstance(found, list) or any(isinstance(one, dict | list) for one in found):
        raise FileError(f"{'.'.join(path)} is {shown(found)}: a list of texts belongs there.")
    return [_written(one) for one in found]


def whole(given: Any, *path: str, default: int = 0) -> int:
    """Return the whole number under a path of keys."""
    found = _at(given, path)
    if found is None:
        return default
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) >= 2**62:
        raise FileError(f"{'.'.join(path)} is {shown(found)}: a whole number belongs there.")
    return found


def key_of(given: Any) -> bytes:
    """Return what tells values apart, by which equal ones are handled once.

    Examples
    --------
    >>> key_of({"a": 1, "b": [2]}) == key_of({"b": [2], "a": 1}), key_of(2**70)
    (True, b'1180591620717411303424')
    """
    try:
        return orjson.dumps(given, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except TypeError:  # a number beyond 64 bits, as YAML may hold
        return repr(given).encode("utf-8", "surrogatepass")


def _at(given: Any, path: tuple[str, ...]) -> Any:
    for at, key in enumerate(path):
        if given is None:
            return None
        if not isinstance(given, dict):
            raise FileError(f"{'.'.join(path[:at]) or 'it'} is {shown(given)}: an object belongs there.")
        given = given.get(key)
    return given


def _written(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
