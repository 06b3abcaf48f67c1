"""VMs that need a partner in their domain which another rule keeps out of it: a Near of an Apart, or of an Alone."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.alone import Alone
from vmopt.rules.apart import Apart
from vmopt.rules.base import InForce, per_group
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.company import MOST_PAIRS
from vmopt.rules.contradictions.usable_domains import nesting
from vmopt.rules.near import Near

MEND = "Let one of them hold over smaller domains, or take the VMs out of one of them."
MIXED = -2


def rule_out_unwelcome(case: Case, number: int, here: InForce) -> bool:
    """Rule out VMs that may not share a domain with any of their partners; tell whether that is news."""
    assert here.other is not None
    news, others = False, case.of_type(Apart | Alone)
    if len(case.of_type(Near)) * len(others) > MOST_PAIRS:
        return False
    for other, there in others:
        if nesting(case, here, there) != (1, False):
            continue
        clash = (_apart if isinstance(there.rule, Apart) else _alone)(case, here, there)
        vms = np.flatnonzero(clash & here.group.inside & ~case.never)
        gone = np.flatnonzero(here.other.inside & case.never & np.isin(here.other.of, here.group.of[vms]))
        why = "{vms} need a partner in their domain, and may not share it with any"
        news |= case.rule_out(vms, (number, other, *case.causes(gone)), why, MEND)
    return news


def _apart(case: Case, here: InForce, there: InForce) -> BoolArray:
    """Which VMs are on the other side of an Apart from all of their partners."""
    assert there.other is not None
    strict = np.append(per_group(there.rule.most, there.group, "most") == 0, False)  # type: ignore[attr-defined]
    a, b = there.group.of, there.other.of
    first = (a >= 0) & (a == _of_partners(case, here, b)) & strict[a]
    second = (b >= 0) & (b == _of_partners(case, here, a)) & strict[b]
    return np.asarray(first | second)


def _alone(case: Case, here: InForce, there: InForce) -> BoolArray:
    """Which VMs are in another group of an Alone, or in none, than all of their partners."""
    theirs = _of_partners(case, here, there.group.of)
    return np.asarray((theirs != MIXED) & (theirs != there.group.of))


def _of_partners(case: Case, here: InForce, of: IntArray) -> IntArray:
    """The group that all partners of each VM are in; MIXED where they are in several, or there are none."""
    assert here.other is not None
    partners = np.flatnonzero(here.other.inside & ~case.never)
    lowest, highest = np.full(len(here.other) + 1, len(of)), np.full(len(here.other) + 1, MIXED)
    np.minimum.at(lowest, here.other.of[partners], of[partners])
    np.maximum.at(highest, here.other.of[partners], of[partners])
    common = np.where(lowest == highest, lowest, MIXED)
    return np.asarray(np.where(here.group.inside, common[here.group.of], MIXED))
