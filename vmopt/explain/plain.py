"""Plain: records as lists and dicts, for JSON."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from math import isfinite
from typing import Any


class Record:
    """A frozen record that can be written as JSON."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as plain lists and dicts, None for what is not finite, and its words as ``text``.

        Examples
        --------
        >>> from vmopt.explain import Nearest
        >>> Nearest("h1", (("cpu", 3),), (), 1).to_dict()["text"]
        'h1, where cpu is short by 3'
        """
        return {**_plain(self), "text": str(self)}


def _plain(given: Any) -> Any:
    if isinstance(given, Record):
        told = [part.name for part in fields(given) if part.metadata.get("plain", True)]  # type: ignore[arg-type]
        return {name: _plain(getattr(given, name)) for name in told}
    if isinstance(given, list | tuple):
        return [_plain(value) for value in given]
    if isinstance(given, float) and not isfinite(given):
        return None
    return str(given) if isinstance(given, StrEnum) else given
