"""Homeless VMs: those that no host may take, or none that is large enough."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.classes import members_of
from vmopt.rules.contradictions.case import Case

MOST_TRIALS = 1_000_000_000
"""VMs times hosts that are tried before those left are taken to fit."""


def find_homeless(case: Case) -> None:
    """Rule out every VM that no host may take."""
    for kind, vms in enumerate(members_of(case.places.vms.of, len(case.places.vms))):
        if not case.places.open[kind].any():
            _report_closed(case, kind, vms)
        else:
            _report_too_large(case, kind, vms)


def _report_closed(case: Case, kind: int, vms: IntArray) -> None:
    rules = _needed(case, kind, lambda opened: not opened.any())
    one = "Leave them a host, or take these VMs out of the rule."
    several = "Let the hosts of these rules overlap, or take these VMs out of one of them."
    case.rule_out(vms, rules, "no host is left to {vms}", several if len(rules) > 1 else one)


def _report_too_large(case: Case, kind: int, vms: IntArray) -> None:
    least = case.instance.reserved
    vms = vms[too_large(least[vms], case.places.sizes(case.places.open[kind]))]
    if not vms.size:
        return
    nowhere = too_large(least[vms], case.places.sizes(np.ones(len(case.places.hosts), dtype=bool)))
    mend = "Add a larger host, or ask for less."
    case.rule_out(vms[nowhere], (), "no host is large enough for {vms}", mend)
    vms = vms[~nowhere]
    if vms.size:
        rules = _needed(case, kind, lambda opened: bool(too_large(least[vms], case.places.sizes(opened)).all()))
        mend = "Allow these VMs a larger host, or let them ask for less."
        case.rule_out(vms, rules, "no host that is left to {vms} is large enough", mend)


def _needed(case: Case, kind: int, still: Callable[[BoolArray], bool]) -> tuple[int, ...]:
    """Return as few of the kind's bars as will do: each is left out if it still holds without."""
    rules, without = case.places.vms.sets[kind], list[int]()
    for rule in rules if len(rules) > 1 else ():
        if still(case.places.open_without([kind], [*without, rule])[0]):
            without.append(rule)
    return tuple(rule for rule in rules if rule not in without)


def too_large(least: IntArray, capacity: IntArray) -> BoolArray:
    """Tell which VMs fit on none of the hosts, best the largest first; if that takes too long, those left fit.

    Examples
    --------
    >>> too_large(np.array([[1, 3], [2, 2], [4, 0]]), np.array([[3, 1], [2, 3]])).tolist()
    [False, False, True]
    """
    if not len(capacity):
        return np.ones(len(least), dtype=bool)
    hopeless: BoolArray = np.asarray((least > capacity.max(axis=0)).any(axis=1))
    left = np.flatnonzero(~hopeless)
    trials = 0
    for size in capacity:
        trials += len(left)
        if not left.size or trials > MOST_TRIALS:
            return hopeless
        left = left[(least[left] > size).any(axis=1)]
    hopeless[left] = True
    return hopeless
