"""Names and labels that are looked up, and what those are told who look for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from itertools import islice
from typing import NoReturn

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.names import Names

WILD = frozenset("*?[")
LOOKED_AT, SHOWN = 5_000, 8
"""Names among which close ones are sought, and names that are shown."""


def matching(name: str, names: Names, what: str) -> IntArray:
    """Position of a name; of all that match, where it is a pattern and nobody is called so.

    Examples
    --------
    >>> matching("vm-*", Names.counted("vm", 3), "VM").tolist(), matching("vm-1", Names.counted("vm", 3), "VM").tolist()
    ([0, 1, 2], [1])
    """
    matches = called(name, names)
    if not matches.size:
        meant = "matches the pattern" if WILD & set(name) else "is called"
        raise InstanceError(
            f"a rule speaks of {what} {name!r}, but no {what} {meant} so{hint(name, names)}: correct it, "
            "or leave it out."
        )
    return matches


def called(name: str, names: Names) -> IntArray:
    """Position of a name; of all that match, where it is a pattern and nobody is called so; there may be none."""
    position = names.index_of.get(name)
    if position is not None:
        return np.array([position])
    matches = [i for i, other in enumerate(names) if fnmatchcase(other, name)] if WILD & set(name) else []
    return np.array(matches, dtype=np.int64)


def positions(rows: Sequence[str], names: Names, what: str) -> IntArray:
    """Positions of the names that label rows, none of them a pattern.

    Raises
    ------
    InstanceError
        If nobody is called so.
    """
    unknown = [row for row in rows if row not in names.index_of]
    if unknown:
        raise InstanceError(
            f"a rule speaks of a column with a row labelled {unknown[0]!r}, but no {what} is called "
            f"so{hint(unknown[0], names)}: label rows by the names of {what}s, or give an array in their order "
            "(.to_numpy())."
        )
    return np.array([names.index_of[row] for row in rows], dtype=np.int64)


def refuse_label(
    label: str, value: str | None, labels: Sequence[Mapping[str, str]] | None, names: Names, what: str
) -> NoReturn:
    """Say that nobody has a label, or this value of it, and what there is.

    Raises
    ------
    InstanceError
    """
    wanted = label if value is None else f"{label}={value}"
    if wanted in names.index_of:
        known = f"; for the {what} of that name say [{wanted}]"
    else:
        known = f": {labels_there(label, value, labels, what)}"
    raise InstanceError(f"a rule speaks of {what}s labelled {wanted!r}, but no {what} has that label{known}.")


def labels_there(label: str, value: str | None, labels: Sequence[Mapping[str, str]] | None, what: str) -> str:
    """Say what there is instead of a label, or of a value of one, that nobody has.

    Examples
    --------
    >>> labels_there("rak", "r1", [{"rack": "r1"}], "host"), labels_there("rack", "r9", [{"rack": "r1"}], "host")
    ("hosts have rack (did you mean 'rack'?)", "'rack' is r1")
    """
    rows = labels or ()
    values = sorted({row[label] for row in rows if label in row})
    if values and value is not None:
        return f"{label!r} is {few(values)}{meant(value, values)}"
    keys = sorted({key for row in rows for key in row})
    return f"{what}s have {f'{few(keys)}{meant(label, keys)}' if keys else 'no labels at all'}"


def hint(wanted: str, known: Sequence[str]) -> str:
    """Return what is called almost so, in brackets; else the first names.

    Examples
    --------
    >>> hint("wbe-1", ["web-1", "db"]), hint("mail", ["web-1", "db"])
    (" (did you mean 'web-1'?)", ' (there are web-1, db)')
    """
    close = meant(wanted, known)
    shown = ", ".join(islice(known, 3)) + (", ..." if len(known) > 3 else "")
    return close or (f" (there are {shown})" if len(known) else "")


def few(items: Sequence[str]) -> str:
    """Show names, the first of many."""
    return ", ".join(items[:SHOWN]) + (f", ... ({len(items):,} in all)" if len(items) > SHOWN else "")


def meant(wanted: str, known: Iterable[str]) -> str:
    """Return what is called almost so, in brackets, or nothing."""
    looked_at = {name.lower(): name for name in islice(known, LOOKED_AT)}
    close = get_close_matches(wanted.lower(), looked_at, 1)
    return f" (did you mean {looked_at[close[0]]!r}?)" if close else ""
