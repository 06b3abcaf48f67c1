"""JSON files: parsed strictly, and errors that say where."""

from __future__ import annotations

import io
import json
from collections.abc import Collection
from typing import Any

import orjson

from vmopt.errors import FileError
from vmopt.io.files import PathLike, as_utf8, read_bytes, write_bytes
from vmopt.io.foreign import way_in
from vmopt.io.json_text import parsed

CHECKED_BYTES = 1 << 24
"""Files up to this size are searched for keys given twice."""
REQUIRED: Any = object()
OPTIONS = orjson.OPT_SERIALIZE_NUMPY
NOT_JSON = ("NaN", "Infinity", "-Infinity", "nan", "inf", "-inf")
KINDS = {dict: "an object", list: "an array", str: "a string", int: "an integer", float: "a number", bool: "a boolean"}


def load(path: PathLike, format_name: str, *versions: int) -> Fields:
    """Read a JSON file of one of our formats, plain or gzip.

    Raises
    ------
    FileError
        If the file cannot be read, is not JSON, or is of another format or version.
    """
    fields = load_object(path)
    if not fields.holds("format") and (hint := way_in(fields.rest(), path)):
        raise FileError(hint)
    if not fields.holds("format"):
        begin = f'"format": "{format_name}", "version": {versions[0]}'
        raise FileError(f"{path}: key 'format' is missing: it says what the file is, as in {{{begin}, ...}}.")
    given = fields.take("format", str)
    if given != format_name:
        raise FileError(f"{path} is a {given!r} file: expected {format_name!r}.")
    number = fields.take("version", int)
    if number not in versions:
        known = " and ".join(map(str, versions))
        raise FileError(f"{path} has version {number} of {format_name}: this vmopt reads version {known} only.")
    return fields


def load_object(path: PathLike) -> Fields:
    """Read a JSON file that holds one object, plain or gzip.

    Raises
    ------
    FileError
        If the file cannot be read, is not JSON, holds something else, or a key twice.
    """
    data = as_utf8(read_bytes(path), path)
    try:
        document = parsed(data, path)
    except orjson.JSONDecodeError as error:
        where = f"{path}, line {error.lineno}, column {error.colno}"
        raise FileError(f"{where}: not valid JSON: {error.msg}{_hint(error)}.") from None
    if len(data) <= CHECKED_BYTES:
        refuse_repeated_keys(data, path)
    return Fields(document, str(path))


def save(path: PathLike, document: dict[str, Any], by_line: Collection[str]) -> None:
    """Write an object as JSON: a line per key; a line per entry where the key is in `by_line`.

    The value of such a key may be a generator, so that a million rows are never there all at once.

    Raises
    ------
    FileError
        If the file cannot be written, or a name is not valid Unicode.
    """
    try:
        data = encoded(document, by_line)
    except TypeError as error:
        raise FileError(f"cannot write {path}: {error}; names and labels must be valid Unicode.") from None
    write_bytes(path, data)


def encoded(document: dict[str, Any], by_line: Collection[str]) -> bytes:
    """Return what `save` writes."""
    out = io.BytesIO()
    for number, (key, value) in enumerate(document.items()):
        out.write(b",\n  " if number else b"{\n  ")
        out.write(orjson.dumps(key) + b": ")
        _encode(value, key in by_line, out)
    out.write(b"\n}\n")
    return out.getvalue()


class Fields:
    """The keys of one JSON object, taken one by one.

    Parameters
    ----------
    given : object
        What the JSON holds where an object is expected.
    where : str
        The file, and the path to the object in it, for error messages.

    Examples
    --------
    >>> fields = Fields({"seed": 3}, "run.json")
    >>> fields.take("seed", int), fields.take("note", str, default="")
    (3, '')
    >>> fields.finish()
    """

    def __init__(self, given: object, where: str) -> None:
        if not isinstance(given, dict):
            raise FileError(f"{where} is {shown(given)}: expected an object.")
        self.where = where
        self._left = dict(given)

    def take(self, key: str, *kinds: type, default: Any = REQUIRED) -> Any:
        """Return the value of a key, which must be of one of the kinds; numbers are not booleans."""
        if key not in self._left:
            if default is REQUIRED:
                raise FileError(f"{self.where}: key {key!r} is missing.")
            return default
        value = self._left.pop(key)
        if type(value) not in kinds:
            expected = " or ".join("null" if kind is type(None) else KINDS[kind] for kind in kinds)
            raise FileError(f"{self.where}: {key} is {shown(value)}: expected {expected}.")
        return value

    def holds(self, key: str) -> bool:
        """Whether a key is there that nobody has taken yet."""
        return key in self._left

    def rest(self) -> dict[str, Any]:
        """Take all that is left."""
        left, self._left = self._left, {}
        return left

    def finish(self) -> None:
        """Refuse keys that nobody took."""
        if self._left:
            raise FileError(f"{self.where}: key {next(iter(self._left))!r} is unknown: correct it, or leave it out.")


def shown(value: object) -> str:
    """Return a value as JSON, cut short, for error messages."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _encode(value: Any, by_line: bool, out: io.BytesIO) -> None:
    if not by_line or value in ({}, []):
        out.write(orjson.dumps(value, option=OPTIONS))
        return
    is_object = isinstance(value, dict)
    out.write(b"{" if is_object else b"[")
    separator = b"\n    "
    for entry in value.items() if is_object else value:
        out.write(separator)
        if is_object:
            out.write(orjson.dumps(entry[0]) + b": ")
        out.write(orjson.dumps(entry[1] if is_object else entry, option=OPTIONS))
        separator = b",\n    "
    out.write(b"\n  }" if is_object else b"\n  ]")


def _hint(error: orjson.JSONDecodeError) -> str:
    if error.doc.startswith(NOT_JSON, error.pos):
        return "; NaN and Infinity are no JSON: leave the value out, or write null for no value"
    return ""


def refuse_repeated_keys(data: bytes, path: PathLike) -> None:
    """Refuse JSON that gives a key twice in one object."""

    def check(pairs: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise FileError(f"{path}: key {key!r} is given twice in one object: keep one of them.")
            seen.add(key)

    try:
        json.loads(data, object_pairs_hook=check)
    except RecursionError:
        raise FileError(f"{path}: nested too deeply for an instance or a solution.") from None
