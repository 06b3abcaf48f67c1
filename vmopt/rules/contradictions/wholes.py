"""Groups that run whole or not at all, and cannot whole."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.contradiction import group_named
from vmopt.rules.contradictions.fitting import ANY, fitting
from vmopt.rules.contradictions.gathers import MOST_KINDS, one_kind
from vmopt.rules.contradictions.limits import RunLimit
from vmopt.rules.contradictions.meeting import members_of_rule, shortfalls, tight_groups
from vmopt.rules.contradictions.report import by_rules, vms_of
from vmopt.rules.whole import Whole

MEND = "Ask for fewer of the group (`least` of Whole), or loosen the other rule."


def rule_out_parts(case: Case, number: int, here: InForce) -> bool:
    """Rule out the groups of a Whole too many of whose VMs never run; tell whether that is news."""
    wanted, of = _wanted(here), here.group.of
    never = np.flatnonzero(here.group.inside & case.never)
    possible = here.sizes - np.bincount(of[never], minlength=len(wanted))
    groups = np.flatnonzero((possible < wanted) & (possible > 0))
    if not groups.size:
        return False
    first = np.full(len(wanted), -1)
    first[of[never][::-1]] = never[::-1]
    alike: dict[tuple[int, ...], list[int]] = {}
    for g in groups.tolist():
        alike.setdefault(case.causes(first[[g]]), []).append(g)
    for rules, several in alike.items():
        vm = first[[several[0]]]
        why = (
            f"{group_named(here.group.names[several[0]], len(several))} never runs, for it needs "
            f"{wanted[several[0]]} of its VMs and too many, such as {case.name(vm)}, never run"
        )
        case.rule_out(vms_of(here, np.array(several)), (number, *rules), why, MEND)
    return True


def rule_out_limited(case: Case, limits: Sequence[RunLimit]) -> None:
    """Rule out the groups of every Whole that cannot run for a limit of another rule, or for the capacity."""
    wholes = case.of_type(Whole)
    if not wholes:
        return
    tight = tight_groups(case.rules, limits, ~case.never)
    rule = np.array([limit.rule for limit in limits] + [-1])
    for number, here in wholes:
        off, by = shortfalls(members_of_rule(here, ~case.never), tight, np.zeros(len(limits), dtype=bool))
        possible = np.bincount(here.group.of[here.group.inside & ~case.never], minlength=len(here.group))
        no = np.zeros(len(off), dtype=bool)
        _rule_out(case, here, RunLimit(number, possible - off, no, rule[by], "the other rule lets no more of them run"))
        _rule_out(case, here, _by_capacity(case, number, here))


def _by_capacity(case: Case, number: int, here: InForce) -> RunLimit:
    """So many of the smallest fit into all hosts together."""
    kind, whole = one_kind(case, here), case.instance.total
    room = np.broadcast_to(case.places.capacity().sum(axis=0), (len(here.group), len(whole))).copy()
    kinds = np.unique(kind[kind >= 0]).tolist()
    for k in kinds if len(kinds) <= MOST_KINDS else ():
        room[kind == k] = case.places.capacity(k).sum(axis=0)
    most, of = np.full(len(here.group), ANY), np.where(case.never, -1, here.group.of)
    for k in range(len(whole)):
        most = np.minimum(most, fitting(of, case.instance.reserved[:, k], room[:, k]))
    partner = np.full(len(most), -1)
    return RunLimit(number, most, (room < whole).any(axis=1), partner, "the capacity is not enough for more")


def _rule_out(case: Case, here: InForce, limit: RunLimit) -> None:
    wanted = _wanted(here)
    possible = np.bincount(here.group.of[here.group.inside & ~case.never], minlength=len(wanted))
    for rules, groups in by_rules(case, limit, np.flatnonzero((limit.most < wanted) & (possible > 0))):
        first = int(groups[0])
        why = (
            f"{group_named(here.group.names[first], len(groups))} never runs, for it needs {wanted[first]} of its VMs "
            f"and at most {min(limit.most[first], possible[first])} can: {limit.reason}"
        )
        case.rule_out(vms_of(here, groups), rules, why, MEND)


def _wanted(here: InForce) -> IntArray:
    assert isinstance(here.rule, Whole)
    return here.rule.wanted(here)
