"""Reads documents of JSON and YAML, plain or packed, of any number of files and folders, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from vmopt.errors import FileError, OptionError
from vmopt.io.files import MAX_BYTES, STDIN, as_utf8, read_bytes
from vmopt.io.foreign import way_in
from vmopt.io.json_text import parsed
from vmopt.io.yaml_text import yaml_documents
from vmopt.platforms.imported import Imported

LONGEST = 1_000_000
"""Length of a text, such as a name, beyond which it is refused."""
DEEPEST = 100
YAML = (".yaml", ".yml", ".yaml.gz", ".yml.gz")
SUFFIXES = (".json", ".json.gz", *YAML)
WANTED = "give what kubectl -o json, openstack -f json or pvesh --output-format json prints, or YAML in a .yaml"


class NothingFoundError(FileError):
    """Nothing in the documents is of the platform."""


def read_by(
    reader: Callable[[Iterable[tuple[str, Any]]], Imported], platform: str, documents: Iterable[tuple[str, Any]]
) -> Imported:
    """Read documents of one platform; where nothing in them is of it, say whose they seem to be."""
    hints: list[str] = []

    def looked_at() -> Iterator[tuple[str, Any]]:
        for name, document in documents:
            hints.append(way_in(document, name, platform))
            yield name, document

    try:
        return reader(looked_at())
    except NothingFoundError as error:
        hint = next(filter(None, hints), "")
        raise FileError(f"{error} {hint}".strip()) from None


def read_documents(paths: Any, *, most_bytes: int = MAX_BYTES) -> Iterator[tuple[str, Any]]:
    """Yield each document with the name of its file.

    Parameters
    ----------
    paths : path or iterable of paths
        Files, folders (all files of JSON and YAML below them), or ``-`` for standard input.
    most_bytes : int
        Size of a file, unpacked, above which it is refused.

    Raises
    ------
    FileError
        If a file cannot be read, is neither JSON nor YAML, too large, too deep, or holds a text that is too long.
    """
    for path in files_of(paths, SUFFIXES):
        given = as_utf8(read_bytes(STDIN if str(path) == "-" else path, most_bytes), path)
        for document in yaml_documents(given, str(path)) if path.name.endswith(YAML) else [_json(given, path)]:
            _check(document, str(path))
            yield str(path), document


def _json(given: bytes, path: Path) -> Any:
    try:
        return parsed(given, path)
    except orjson.JSONDecodeError as error:
        raise FileError(f"{path} is not JSON: {error}; {WANTED}.") from None


def files_of(paths: Any, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the files that are named, and those with such suffixes in folders that are.

    Raises
    ------
    OptionError, FileError
        If no path is given, or one is not there.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths) if isinstance(paths, Iterable) else []
    if not given or not all(isinstance(path, str | Path) for path in given):
        raise OptionError("paths are the files or folders to read: give at least one.")
    found: list[Path] = []
    for path in map(Path, given):
        if path.is_dir():
            found += sorted(one for one in path.rglob("*") if one.name.endswith(suffixes) and one.is_file())
        elif path.exists() or str(path) == "-":
            found.append(path)
        else:
            raise FileError(f"{path} is not there: name a file or a folder that is.")
    return found


def _check(document: Any, name: str) -> None:
    """Refuse texts that are too long, and what is too deep."""
    level, depth = [document], 0
    while level:
        if depth > DEEPEST:
            raise FileError(f"{name} is nested more than {DEEPEST} deep: that is no dump of a platform.")
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.values()
                below += one
            elif isinstance(one, list):
                below += one
            elif isinstance(one, str) and len(one) > LONGEST:
                raise FileError(f"{name} holds a text of {len(one):,} characters: {LONGEST:,} are the most.")
        level, depth = below, depth + 1
