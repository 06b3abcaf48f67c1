"""What other packages bring: methods, backends and policies of their own, found by their entry points."""

from __future__ import annotations

import warnings
from collections.abc import Collection
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from vmopt.errors import OptionError

Group = Literal["vmopt.methods", "vmopt.backends", "vmopt.policies"]


@cache
def entries(group: Group) -> dict[str, EntryPoint]:
    """Return what installed packages offer in a group, by name; of two of one name the first.

    Examples
    --------
    >>> isinstance(entries("vmopt.methods"), dict)
    True
    """
    found: dict[str, EntryPoint] = {}
    for entry in entry_points(group=group):
        found.setdefault(entry.name, entry)
    return found


def load(entry: EntryPoint) -> Any:
    """Import what an entry point names.

    Raises
    ------
    OptionError
        If that fails: the message names the package, which has to be mended or removed.
    """
    try:
        return entry.load()
    except Exception as error:
        package = entry.dist.name if entry.dist is not None else "a package"
        raise OptionError(
            f"{entry.name!r} cannot be used: {package} names {entry.value!r} for it, and loading that fails: "
            f"{type(error).__name__}: {error}."
        ) from error


def others(group: Group, own: Collection[str]) -> dict[str, EntryPoint]:
    """Return the entries of a group but those whose name is taken: these are left out with a warning."""
    found = entries(group)
    for name in sorted(found.keys() & set(own)):
        warnings.warn(f"{found[name].value} is left out: vmopt has {name!r} of its own.", stacklevel=3)
    return {name: entry for name, entry in found.items() if name not in own}
