"""Reads fields of parsed documents: whatever stands there, the answer is of the right kind or one clear error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from vmopt.checks import shown
from vmopt.errors import FileError

PAIR = re.compile(r"([^\s,=]+)='([^']*)'")
NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{0,30})?([eE][-+]?[0-9]{1,2})?")
LARGEST = 2**62
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", "", "none"}


class Row:
    """An object of a document, whose keys count without case and with blanks as underscores.

    Parameters
    ----------
    given : mapping
    source : str
        The file, for messages.

    Examples
    --------
    >>> row = Row({"vCPUs Used": 3, "Name": "web", "Properties": "a='1', b='x y'"}, "list.json")
    >>> row.whole("vcpus_used"), row.text("name"), row.texts_by_name("properties"), row.text("host")
    (3, 'web', {'a': '1', 'b': 'x y'}, None)
    """

    __slots__ = ("fields", "source")

    def __init__(self, given: Mapping[Any, Any], source: str) -> None:
        self.fields = {str(key).lower().replace(" ", "_"): value for key, value in given.items()}
        self.source = source

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def given(self, *names: str) -> Any:
        """What stands under the first of these names that is there and not empty."""
        return next((self.fields[name] for name in names if self.fields.get(name) not in (None, "")), None)

    def text(self, *names: str) -> str | None:
        """Return a string; numbers are written out."""
        value = self.given(*names)
        if value is None or (isinstance(value, str) and value.lower() in {"none", "n/a"}):
            return None
        if isinstance(value, dict | list):
            raise self._wrong(names, value, "a text")
        return str(value)

    def needed(self, *names: str) -> str:
        """Return a string that must be there."""
        value = self.text(*names)
        if value is None:
            raise FileError(f"{self.source}: an object has no {names[0]!r}, and cannot be told apart without it.")
        return value

    def whole(self, *names: str) -> int | None:
        """Return a whole number of at least 0."""
        value = self.given(*names)
        return None if value is None else whole(value, names[0], self.source)

    def fraction(self, name: str, otherwise: int) -> Fraction:
        """Return a number of at least 0, exactly as it is written."""
        value = self.given(name)
        return Fraction(otherwise) if value is None else exact(value, name, self.source)

    def flag(self, *names: str) -> bool | None:
        """Return a truth value, which is written in many ways."""
        value = self.given(*names)
        if value is None or isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word not in TRUE | FALSE:
            raise self._wrong(names, value, "a truth value")
        return word in TRUE

    def listed(self, *names: str) -> list[Any]:
        """Return a list; text is split at commas."""
        value = self.given(*names)
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        if value is not None and not isinstance(value, list):
            raise self._wrong(names, value, "a list")
        return value or []

    def texts(self, *names: str) -> list[str]:
        """Return a list of strings."""
        found = self.listed(*names)
        if any(isinstance(one, dict | list) for one in found):
            raise self._wrong(names, found, "a list of texts")
        return [str(one) for one in found]

    def rows(self, *names: str) -> list[Row]:
        """Return a list of objects; what is no object is left out."""
        return [Row(one, self.source) for one in self.listed(*names) if isinstance(one, dict)]

    def mapping(self, *names: str) -> dict[str, Any]:
        """Return an object; text such as ``a='1', b='2'`` is read as one."""
        value = self.given(*names)
        if isinstance(value, str):
            return dict(PAIR.findall(value))
        if isinstance(value, list) and not value:
            return {}
        if value is not None and not isinstance(value, dict):
            raise self._wrong(names, value, "an object")
        return value or {}

    def texts_by_name(self, *names: str) -> dict[str, str]:
        """Return an object of strings."""
        return {str(key): as_text(value) for key, value in self.mapping(*names).items()}

    def _wrong(self, names: tuple[str, ...], value: Any, wanted: str) -> FileError:
        return wrong(f"{self.source}: {names[0]}", value, wanted)


def wrong(where: str, value: Any, wanted: str) -> FileError:
    """Make the error that says what stands at a place, and what belongs there."""
    return FileError(f"{where} is {shown(value)}: {wanted} belongs there.")


def as_text(value: Any) -> str:
    """Write a value of a label or a property.

    Examples
    --------
    >>> as_text(True), as_text(None), as_text(3)
    ('true', '', '3')
    """
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def exact(value: Any, name: str, source: str) -> Fraction:
    """Return the number that is written, at least 0.

    Examples
    --------
    >>> exact(1.1, "allocation_ratio", "dump.json")
    Fraction(11, 10)
    """
    text = str(value).strip()
    number = Fraction(text) if NUMBER.fullmatch(text) else None
    if number is None or isinstance(value, bool) or not 0 <= number <= LARGEST:
        raise wrong(f"{source}: {name}", value, "a number from 0 to 2**62")
    return number


def whole(value: Any, name: str, source: str) -> int:
    """Return the whole number that is written, at least 0.

    Examples
    --------
    >>> whole("16", "vcpus", "dump.json"), whole(2048.0, "memory_mb", "dump.json")
    (16, 2048)
    """
    number = exact(value, name, source)
    if number.denominator != 1:
        raise wrong(f"{source}: {name}", value, "a whole number")
    return int(number)
