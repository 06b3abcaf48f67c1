"""Limits of rules: one integer, or one for each group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.index_labels import has_index
from vmopt.model.named_table import plain_column
from vmopt.rules.selection import Grouping

UNLIMITED = np.iinfo(np.int64).max // 4
"""More than there are of anything."""
PerGroup = Any
"""A limit: one integer, or one for each group; whatever `whole_numbers` reads."""
LARGEST_LIMIT = 2**31
"""Limits beyond are as good as this one: no group has as many VMs."""


def whole_numbers(given: Any, what: str, least: int) -> int | IntArray:
    """Check a limit: one integer, or one for each group, in a list, an array, or a Series whose rows are counted."""
    given = _in_order(given, what)
    if isinstance(given, list | tuple) or (isinstance(given, np.ndarray) and given.ndim):
        if not all(checks.is_integer(number) and number >= least for number in given):
            shown = checks.shown(given)
            raise InstanceError(f"{what} is {shown}: give an integer of at least {least}, or one for each group.")
        return np.array([min(int(number), UNLIMITED) for number in given], dtype=np.int64)
    return min(checks.integer(given, what, least, error=InstanceError), UNLIMITED)


def _in_order(given: Any, what: str) -> Any:
    """Return a column as an array."""
    counted = not has_index(given) or np.array_equal(np.asarray(given.index), np.arange(len(given)))
    if not counted or isinstance(given, Mapping):
        raise InstanceError(
            f"{what} is {checks.shown(given)}, which labels its rows: limits come in the order of the groups (of a "
            "label or of strings, that of their sorted values); give a list in this order."
        )
    return plain_column(given)


def per_group(given: int | IntArray, groups: Grouping, what: str) -> IntArray:
    """Return a limit for each group, at most `LARGEST_LIMIT`."""
    if np.ndim(given) and np.size(given) != len(groups):
        raise InstanceError(f"{what} has {np.size(given)} numbers for {len(groups)} groups: give one for each.")
    limit = np.minimum(given, LARGEST_LIMIT) if np.ndim(given) else min(int(given), LARGEST_LIMIT)
    return np.broadcast_to(np.asarray(limit, dtype=np.int64), (len(groups),))


def most_of(here: Any) -> IntArray:
    """Return the limit `most` of a rule in force for each group, made once: greedy asks for it at every step."""
    return here.once(_most_of)  # type: ignore[no-any-return]


def _most_of(here: Any) -> IntArray:
    return per_group(here.rule.most, here.group, "most")
