"""Say which groups can run in part only, and that VMs which must run cannot all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.rules.base import InForce
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.contradiction import group_named
from vmopt.rules.contradictions.limits import RunLimit

MEND = "Take VMs out of the group, or loosen one of these rules."


def report_limits(case: Case, limits: Sequence[RunLimit]) -> None:
    """Report the groups of which not all VMs can run, and those of which too many must."""
    for limit in limits:
        here = case.rules[limit.rule]
        size = _sizes(here, ~case.never)
        bound = _sizes(here, case.must)
        _report_all(case, limit, here, np.flatnonzero(bound > limit.most), size, must=bound)
        _report_all(case, limit, here, np.flatnonzero((size > limit.most) & (bound <= limit.most)), size)


def _report_all(
    case: Case, limit: RunLimit, here: InForce, groups: IntArray, size: IntArray, must: IntArray | None = None
) -> None:
    for rules, alike in by_rules(case, limit, groups):
        first = int(alike[0])
        vms = vms_of(here, alike)
        group = group_named(here.group.names[first], len(alike))
        why = f"at most {limit.most[first]} of the {size[first]} VMs of {group} can run: {limit.reason}"
        if must is not None:
            why += f", and {must[first]} of them must run"
        elif not limit.most[alike].any():
            case.rule_out(vms, rules, why, MEND)
            continue
        case.report(vms, rules, why, MEND, must is not None)


def by_rules(case: Case, limit: RunLimit, groups: IntArray) -> Iterator[tuple[tuple[int, ...], IntArray]]:
    """Sort groups of a limit by the rules that have a part in it."""
    alike: dict[tuple[int, ...], list[int]] = {}
    here = case.rules[limit.rule]
    narrowed = bool(limit.narrowed[groups].any())
    mix = case.places.mix(here.group.of, len(here.group)).tocsr() if narrowed else None
    for g in groups.tolist():
        partner = [int(limit.partner[g])] if limit.partner[g] >= 0 else []
        kinds = mix.indices[mix.indptr[g] : mix.indptr[g + 1]].tolist() if mix is not None and limit.narrowed[g] else ()
        bars = sorted({rule for kind in kinds for rule in case.places.vms.sets[kind]})
        alike.setdefault(tuple(dict.fromkeys([limit.rule, *partner, *bars])), []).append(g)
    for rules, members in alike.items():
        yield rules, np.array(members)


def vms_of(here: InForce, groups: IntArray) -> IntArray:
    """VMs of some groups of a rule."""
    wanted: BoolArray = np.zeros(len(here.group) + 1, dtype=bool)
    wanted[groups] = True
    return np.flatnonzero(wanted[here.group.of])


def _sizes(here: InForce, among: BoolArray) -> IntArray:
    return np.bincount(here.group.of[here.group.inside & among], minlength=len(here.group))
