"""The JSON Schemas of our formats."""

from __future__ import annotations

from importlib import resources
from typing import Any, Literal

import orjson

from vmopt.errors import OptionError

KINDS = ("instance", "solution", "network", "traffic")


def schema(kind: Literal["instance", "solution", "network", "traffic"]) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of one of our formats.

    A schema says what a file may look like. The readers check more: that names are unique, columns of equal length, a
    placement fits.

    Raises
    ------
    OptionError
        If there is no such schema.

    Examples
    --------
    >>> schema("instance")["title"]
    'vmopt instance, version 1'
    """
    if not isinstance(kind, str) or kind not in KINDS:
        raise OptionError(f"there is no schema of {kind!r}: use {' or '.join(map(repr, KINDS))}.")
    text = resources.files("vmopt.io").joinpath("schema", f"{kind}.schema.json").read_bytes()
    found: dict[str, Any] = orjson.loads(text)
    return found
