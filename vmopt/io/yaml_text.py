"""Documents of YAML, within bounds: nothing in them refers to anything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from vmopt.errors import FileError

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 100
MOST_ENTRIES = 2_000_000
"""Lines and such that are read: YAML takes minutes where JSON takes a second."""
MOST_DOCUMENTS = 100_000
LONGEST_NUMBER = 100
"""In characters: what YAML reads of numbers such as 1:30:00 takes the square of their length."""
NUMERALS = frozenset("0123456789:_.+-")


def yaml_documents(given: bytes, name: str) -> Iterator[Any]:
    r"""Yield what each document of a text holds; empty ones are passed over.

    Anchors and aliases, by which a short text can stand for an endless one, are refused: no platform writes them.

    Parameters
    ----------
    given : bytes
    name : str
        Of the file, for errors.

    Raises
    ------
    FileError
        If it is no YAML, refers to parts of itself, or is nested too deep.

    Examples
    --------
    >>> list(yaml_documents(b"a: 1\n---\n---\nb: [x]", "two.yaml"))
    [{'a': 1}, {'b': ['x']}]
    """
    entries = sum(map(given.count, (b"\n", b",", b"{", b"[")))
    if entries > MOST_ENTRIES:
        raise FileError(f"{name} holds {entries:,} entries, {MOST_ENTRIES:,} are the most in YAML: write it as JSON.")
    try:
        _look_through(given, name)
        yield from (document for document in yaml.load_all(given, Loader=Loader) if document is not None)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, FileError):
            raise
        told = " ".join(str(error).split())[:200]
        raise FileError(f"{name} is not YAML: {told}.") from None


def _look_through(given: bytes, name: str) -> None:
    depth = documents = 0
    for event in yaml.parse(given, Loader=Loader):
        documents += isinstance(event, yaml.DocumentStartEvent)
        if documents > MOST_DOCUMENTS:
            raise FileError(f"{name} holds more than {MOST_DOCUMENTS:,} documents: write them as one list, in JSON.")
        if getattr(event, "anchor", None) is not None:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise FileError(f"{name} refers to parts of itself ({sign}{event.anchor}): write them out.")
        if isinstance(event, yaml.ScalarEvent) and event.implicit[0] and _is_long_number(event.value):
            raise FileError(f"{name} holds a number of {len(event.value):,} characters: put it in quotes as a text.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise FileError(f"{name} is nested more than {DEEPEST} deep: nobody writes that by hand or by program.")


def _is_long_number(text: str) -> bool:
    return len(text) > LONGEST_NUMBER and NUMERALS.issuperset(text)
