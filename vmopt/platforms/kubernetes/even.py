"""Groups of pods that are to be even over domains, and are not now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.platforms.kubernetes.account import SPREAD
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN
from vmopt.rules import BaseRule, Fence, Skew
from vmopt.rules.in_force import InForce
from vmopt.rules.open_to import domains_open_to


def softened(instance: Instance, why: dict[int, str], tally: FeatureTally) -> Instance:
    """Make the rule soft for groups that are uneven now, and keep those that wait to where one may come today.

    Kubernetes looks at topology spread when a pod comes, and evicts nobody for it. What new rules are for is added to
    `why`.
    """
    now = np.asarray(instance.current)
    rules: list[BaseRule] = []
    n_broken = 0
    for rule in instance.rules:
        assert isinstance(rule, BaseRule)
        if not isinstance(rule, Skew) or rule.penalty is not None:
            rules.append(rule)
            continue
        here = rule.on(instance)
        broken = sorted({int(here.group.of[breach.vms[0]]) for breach in rule.find_breaches(here, now)})
        n_broken += len(broken)
        made = [*_parted(rule, set(broken)), *_entrances(rule, here, broken, now)] if broken else [rule]
        why |= {id(one): SPREAD for one in made}
        rules += made
    how = f"asked for at a penalty of {BROKEN:g}; pods that wait come to domains that take one today"
    tally.add("topology spread that is uneven now", "approximated", "groups of pods", how, n_broken)
    return replace(instance, rules=tuple(rules)) if n_broken else instance


def _parted(rule: Skew, broken: set[int]) -> Iterator[BaseRule]:
    """Yield the rule for those groups that keep it, and as a wish for the others."""
    groups = rule.groups.names or ()
    most = np.broadcast_to(rule.most, len(groups))
    for penalty, wanted in ((None, False), (BROKEN, True)):
        chosen = [at for at in range(len(groups)) if (at in broken) is wanted]
        if chosen:
            named, limits = [list(groups[at]) for at in chosen], [int(most[at]) for at in chosen]
            yield Skew(named, rule.over, limits, rule.least_domains, penalty=penalty)


def _entrances(rule: Skew, here: InForce, broken: list[int], now: IntArray) -> Iterator[BaseRule]:
    """Yield, for each such group, the hosts where one that waits may come as things are."""
    open_to, most = here.once(domains_open_to), np.broadcast_to(rule.most, len(here.group))
    for g in broken:
        waits = np.flatnonzero((here.group.of == g) & (now < 0))
        taken = here.by_domain(now, here.placed(now, g))
        usable = open_to.of(g)
        lowest = int(taken[usable].min()) if usable.sum() >= max(rule.least_domains, 1) else 0
        takes = np.append(usable & (taken + 1 - lowest <= most[g]), False)
        if len(waits):
            yield Fence([here.instance.vm_names[vm] for vm in waits.tolist()], takes[here.domain.of])
