"""What the strategies of Huawei Cloud's VM requests demand, as rules by column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules import Apart, BaseRule, Gather, Spread

RACK = "rack"
MOST_DIGITS = 18
"""Decimal digits that 64 bits hold whatever they are."""


def huawei_rules(strategy: Sequence[str], group: Sequence[str], domain: Sequence[str], domains: str) -> list[BaseRule]:
    """Make the rules of requests: one for affinity, one for anti-affinity, and one less than there are fault domains.

    Parameters
    ----------
    strategy, group, domain : sequences of str
        Of each VM; `group` and `domain` are empty where the strategy does not need them.
    domains : str
        Where an affinity group stays, and what fault domains do not share: ``"host"`` or a label.

    Examples
    --------
    >>> strategy, group = ["fault_domain"] * 3 + ["anti-affinity"], ["7", "7", "7", "7"]
    >>> apart = huawei_rules(strategy, group, ["0", "1", "1", ""], "rack")[1]
    >>> apart.a.column.tolist(), apart.b.column.tolist()
    ([7, -1, -1, -1], [-1, 7, 7, -1])
    """
    of = np.array(strategy)
    rules: list[BaseRule] = []
    if (members := of == "affinity").any():
        rules.append(Gather(_column(members, group), within=domains))
    if (members := of == "anti-affinity").any():
        rules.append(Spread(_column(members, group)))
    if (members := of == "fault_domain").any():
        rules += _fault_domains(_column(members, group), _column(members, domain), domains)
    return rules


def _fault_domains(group: IntArray, domain: IntArray, over: str) -> list[BaseRule]:
    """Set the first domain of each group against all others of it, the second against those after it, and so on."""
    place = _place_within(group, domain)
    rules: list[BaseRule] = []
    for first in range(int(place.max())):
        after = np.where(place > first, group, -1)
        one = np.where((place == first) & np.isin(group, after), group, -1)
        rules.append(Apart(one, after, over=over))
    return rules


def _place_within(group: IntArray, domain: IntArray) -> IntArray:
    """Number the domains of each group from 0, in order; -1 for VMs of no group.

    Examples
    --------
    >>> _place_within(np.array([4, 4, -1, 5, 4]), np.array([2, 9, -1, 9, 2])).tolist()
    [0, 1, -1, 0, 0]
    """
    place = np.full(len(group), -1, dtype=np.int64)
    inside = np.flatnonzero(group >= 0)
    pairs, of = np.unique(np.stack([group[inside], domain[inside]]), axis=1, return_inverse=True)
    place[inside] = (np.arange(pairs.shape[1]) - np.searchsorted(pairs[0], pairs[0]))[of.ravel()]
    return place


def _column(members: BoolArray, cells: Sequence[str]) -> IntArray:
    """Number what members name, -1 for all others: by its own number where it has one."""
    column = np.full(len(cells), -1, dtype=np.int64)
    named = np.array(cells)[members]
    if all(cell.isascii() and cell.isdigit() and len(cell) <= MOST_DIGITS for cell in named.tolist()):
        column[members] = named.astype(np.int64)
    else:
        column[members] = np.unique(named, return_inverse=True)[1].ravel()
    return column
