"""Reads fields under paths of keys, which objects of Kubernetes have, as `vmopt.platforms.fields` reads rows."""

from __future__ import annotations

from typing import Any

import orjson

from vmopt.platforms.fields import as_text, wrong

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
        raise wrong(".".join(path), found, "an object")
    return found


def objects(given: Any, *path: str) -> list[Object]:
    """Return the list of objects under a path of keys; nothing there is an empty one."""
    found = _at(given, path)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise wrong(".".join(path), found, "a list of objects")
    return found


def text(given: Any, *path: str) -> str:
    """Return the text under a path of keys; nothing there is an empty one."""
    found = _at(given, path)
    if found is None:
        return ""
    if isinstance(found, dict | list):
        raise wrong(".".join(path), found, "a text")
    return str(found)


def texts(given: Any, *path: str) -> dict[str, str]:
    """Return the object of texts under a path of keys."""
    found = mapping(given, *path)
    if any(isinstance(value, dict | list) for value in found.values()):
        raise wrong(".".join(path), found, "an object of texts")
    return {str(key): as_text(value) for key, value in found.items()}


def words(given: Any, *path: str) -> list[str]:
    """Return the list of texts under a path of keys."""
    found = _at(given, path)
    if found is None:
        return []
    if not isinstance(found, list) or any(isinstance(one, dict | list) for one in found):
        raise wrong(".".join(path), found, "a list of texts")
    return [as_text(one) for one in found]


def whole(given: Any, *path: str, default: int = 0) -> int:
    """Return the whole number under a path of keys."""
    found = _at(given, path)
    if found is None:
        return default
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) >= 2**62:
        raise wrong(".".join(path), found, "a whole number")
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
            raise wrong(".".join(path[:at]) or "it", given, "an object")
        given = given.get(key)
    return given
