"""Numbers in BtrPlace's JSON: of VMs and nodes, and of amounts; whatever else stands there is refused."""

from __future__ import annotations

from typing import Any

from vmopt.errors import FileError
from vmopt.io.json_file import Fields, shown

LARGEST = 2**62


def number(fields: Fields, key: str) -> int:
    """Take a whole number of at least 0."""
    return _checked(fields.take(key, int), f"{fields.where}: {key}")


def numbers(fields: Fields, key: str, **default: Any) -> list[int]:
    """Take a list of them.

    Examples
    --------
    >>> numbers(Fields({"vms": [3, 4]}, "problem.json"), "vms")
    [3, 4]
    """
    return _all(fields.take(key, list, **default), f"{fields.where}: {key}")


def parts(fields: Fields, key: str) -> list[list[int]]:
    """Take a list of lists of them."""
    where = f"{fields.where}: {key}"
    return [_all(part, where) for part in fields.take(key, list)]


def amounts(fields: Fields, key: str) -> dict[int, int]:
    """Take amounts by numbers, which are keys and thus texts."""
    where = f"{fields.where}: {key}"
    return {key_number(name, where): _checked(amount, where) for name, amount in fields.take(key, dict).items()}


def key_number(text: str, where: str) -> int:
    """Return the number that a key is."""
    if not (text.isascii() and text.isdigit() and len(text) < len(str(LARGEST))):
        raise FileError(f"{where} holds key {shown(text)}: a whole number belongs there.")
    return int(text)


def _all(given: Any, where: str) -> list[int]:
    if not isinstance(given, list):
        raise FileError(f"{where} holds {shown(given)}: a list of whole numbers belongs there.")
    return [_checked(one, where) for one in given]


def _checked(given: Any, where: str) -> int:
    if type(given) is not int or not 0 <= given <= LARGEST:
        raise FileError(f"{where} holds {shown(given)}: a whole number from 0 to 2**62 belongs there.")
    return given
