"""VMs that need a partner in their domain, and cannot have one."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.barred_pairs import MOST_ENTRIES
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.contradiction import group_named
from vmopt.rules.contradictions.report import vms_of

MEND = "Let a partner run where they may, or take them out of Near."


def rule_out_lonely(case: Case, number: int, here: InForce) -> bool:
    """Rule out VMs all of whose partners never run; tell whether that is news."""
    assert here.other is not None
    partners = np.bincount(here.other.of[here.other.inside & ~case.never], minlength=len(here.other))
    left = np.unique(here.group.of[here.group.inside & ~case.never])
    gone, alike = _first_gone(case, here), dict[tuple[int, ...], list[int]]()
    for g in left[partners[left] == 0].tolist():
        alike.setdefault(case.causes(gone[[g]]) if gone[g] >= 0 else (), []).append(g)
    for rules, groups in alike.items():
        why = f"{group_named(here.group.names[groups[0]], len(groups))} never runs, for none of its partners can"
        case.rule_out(vms_of(here, np.array(groups)), (number, *rules), why, MEND)
    return bool(alike)


def rule_out_far(case: Case, number: int, here: InForce) -> bool:
    """Rule out VMs that reach no domain which any of their partners reaches; tell whether that is news."""
    assert here.other is not None
    reach = case.places.reach(here.rule.over, here.domain).sorts  # type: ignore[attr-defined]
    partners = case.places.mix(here.other.of, len(here.other), ~case.never)
    pairs = case.places.mix(here.group.of, len(here.group), ~case.never).tocoo()
    if max(len(here.group), len(pairs.row)) * reach.shape[1] > MOST_ENTRIES:
        return False
    meeting = ((partners @ reach.astype(np.int64))[pairs.row] > 0) & reach[pairs.col]
    apart, alike = np.flatnonzero(~meeting.any(axis=1)), dict[tuple[int, tuple[int, ...]], list[int]]()
    gone, kinds = _first_gone(case, here), case.places.vms
    for g, kind in zip(pairs.row[apart].tolist(), pairs.col[apart].tolist(), strict=True):
        theirs = [rule for k in partners.indices[partners.indptr[g] : partners.indptr[g + 1]] for rule in kinds.sets[k]]
        causes = case.causes(gone[[g]]) if gone[g] >= 0 else ()
        alike.setdefault((kind, tuple(dict.fromkeys([*kinds.sets[kind], *theirs, *causes]))), []).append(g)
    for (kind, rules), groups in alike.items():
        vms = vms_of(here, np.array(groups))
        case.rule_out(vms[kinds.of[vms] == kind], (number, *rules), _why(here, groups), MEND)
    return bool(alike)


def _first_gone(case: Case, here: InForce) -> IntArray:
    """A partner of each group that never runs, -1 where all can."""
    assert here.other is not None
    never = np.flatnonzero(here.other.inside & case.never)[::-1]
    first = np.full(len(here.other), -1)
    first[here.other.of[never]] = never
    return first


def _why(here: InForce, groups: list[int]) -> str:
    over = here.rule.over  # type: ignore[attr-defined]
    group = group_named(here.group.names[groups[0]], len(groups))
    return f"no {over} is open both to {{vms}} of {group} and to a partner that can run"
