"""VMs that must run: who else must with them, and whether they can all."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.amounts import in_own_unit
from vmopt.rules.alone import Alone
from vmopt.rules.apart import Apart
from vmopt.rules.base import InForce, per_group
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.limits import quota_room
from vmopt.rules.contradictions.usable_domains import UsableDomains, over_of, room_in_cluster
from vmopt.rules.most_moves import MostMoves
from vmopt.rules.near import Near
from vmopt.rules.quota import Quota
from vmopt.rules.whole import Whole

MOST_KINDS = 256
MEND_MOVES = "Let more of them move, fewer have to run, or some stay."
MEND = "Let fewer VMs have to run, or make room for them."


def close_under_demand(case: Case) -> None:
    """Make run what must run with VMs that must: the rest of a Whole, the only partner of a Near."""
    needs = [(number, here, _the_rest) for number, here in case.of_type(Whole)]
    needs += [(number, here, _the_only_partner) for number, here in case.of_type(Near)]
    news = bool(case.must.any())
    while news:
        news = False
        for number, here, need in needs:
            groups = np.unique(here.group.of[here.group.inside & case.must])
            vms = need(here, groups)
            by = case.causes(np.flatnonzero(here.group.inside & case.must), must=True) if vms.size else ()
            news |= case.demand(vms, (*by, number))


def _the_rest(here: InForce, groups: IntArray) -> IntArray:
    assert isinstance(here.rule, Whole)
    whole = np.append(here.rule.wanted(here) == here.sizes, False)
    wanted = np.zeros(len(whole), dtype=bool)
    wanted[groups] = True
    return np.flatnonzero((whole & wanted)[here.group.of])


def _the_only_partner(here: InForce, groups: IntArray) -> IntArray:
    assert here.other is not None
    partners = np.bincount(here.other.of[here.other.inside], minlength=len(here.other))
    wanted = np.zeros(len(partners) + 1, dtype=bool)
    wanted[groups] = partners[groups] == 1
    return np.flatnonzero(wanted[here.other.of])


def check_demand(case: Case) -> None:
    """Report VMs that must run and cannot all."""
    if not case.must.any():
        return
    _check_capacity(case)
    room_for = room_in_cluster(case)
    for number, here in case.of_type(Quota):
        _check_quota(case, number, here, room_for)
    for number, here in case.of_type(Alone):
        _check_alone(case, number, here)
    for number, here in case.of_type(Apart):
        _check_apart(case, number, here)
    for number, here in case.of_type(MostMoves):
        _check_moves(case, number, here)


def _check_capacity(case: Case) -> None:
    """Compare what VMs must get with the hosts open to them: for each kind, all VMs that reach no other hosts."""
    kinds = np.unique(case.places.vms.of[case.must])
    opened = case.places.open[kinds]
    every = np.broadcast_to(True, (1, opened.shape[1]))
    for hosts in np.concatenate([every, opened if len(kinds) <= MOST_KINDS else opened[:0]]):
        within = np.zeros(len(case.places.vms), dtype=bool)
        within[kinds] = ~(opened & ~hosts).any(axis=1)
        vms = np.flatnonzero(case.must & ~case.never & within[case.places.vms.of])
        needed = case.instance.reserved[vms].sum(axis=0)
        there = case.instance.capacity[hosts[case.places.hosts.of]].sum(axis=0)
        short = np.flatnonzero(needed > there)
        if short.size:
            k = int(short[0])
            asked, offered = (in_own_unit(int(amount[k]), int(case.instance.scale[k])) for amount in (needed, there))
            bars = () if hosts.all() else case.places.bars_of(vms)
            why = "{vms} must run, and need " + f"{asked:,.12g} of {case.instance.resources[k]} together: "
            why += f"all hosts that they may use have {offered:,.12g}"
            case.report(vms, bars, why, MEND)
            return


def _check_quota(case: Case, number: int, here: InForce, room_for: Callable[[InForce], UsableDomains]) -> None:
    room = room_for(here)
    vms = np.flatnonzero(here.group.inside & case.must)
    needed = np.zeros(len(here.group), dtype=np.int64)
    np.add.at(needed, here.group.of[vms], here.weight[vms])
    over = np.flatnonzero((needed > quota_room(here, room.number)) & ~room.free)
    for g in over[:1].tolist():
        mine = vms[here.group.of[vms] == g]
        rules = (number, *(case.places.bars_of(mine) if room.narrowed[g] else ()))
        case.report(mine, rules, "{vms} must run, and ask for more than the quota together", MEND)


def _check_alone(case: Case, number: int, here: InForce) -> None:
    """Every group that must run takes a domain, and so do all others together."""
    if (here.domain.of < 0).any():
        return
    groups = np.unique(here.group.of[case.must])
    reach = case.places.reach(over_of(here), here.domain)
    kinds = np.unique(case.places.vms.of[case.must])
    domains = int(reach.number[reach.sorts[kinds].any(axis=0)].sum())
    if len(groups) > domains:
        vms = np.flatnonzero(case.must)
        rules = (number, *(case.places.bars_of(vms) if domains < len(here.domain) else ()))
        why = f"{{vms}} must run, and need {len(groups)} domains of their own: they can use only {domains}"
        case.report(vms, rules, why, MEND)


def _check_apart(case: Case, number: int, here: InForce) -> None:
    """Two that keep apart cannot both run where there is one domain only."""
    assert here.other is not None
    if len(here.domain) > 1 or (here.domain.of < 0).any():
        return
    a = np.bincount(here.group.of[here.group.inside & case.must], minlength=len(here.group))
    b = np.bincount(here.other.of[here.other.inside & case.must], minlength=len(here.other))
    most = per_group(here.rule.most, here.group, "most")  # type: ignore[attr-defined]
    for g in np.flatnonzero((a > 0) & (b > most))[:1].tolist():
        vms = np.flatnonzero(case.must & ((here.group.of == g) | (here.other.of == g)))
        case.report(vms, (number,), "{vms} must run, and have only one domain, which they may not share", MEND)


def _check_moves(case: Case, number: int, here: InForce) -> None:
    """Who must run and is barred from where it runs now has to move."""
    rule, home, places = here.rule, here.group.of, case.places
    assert isinstance(rule, MostMoves)
    vms = np.flatnonzero(case.must & ~case.never & (home >= 0))
    vms = vms[~places.open[places.vms.of[vms], places.hosts.of[home[vms]]]]
    crowds = [(vms, rule.most)]
    if rule.most_out is not None:
        crowds += [(vms[home[vms] == host], rule.most_out) for host in np.unique(home[vms])]
    for some, most in crowds:
        if most is not None and len(some) > most:
            why = f"{{vms}} must run, and cannot stay where they run now: {len(some)} have to move, {most} may"
            case.report(some, (number, *places.bars_of(some)), why, MEND_MOVES)
            return
