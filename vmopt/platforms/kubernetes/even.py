"""Groups of pods that are to be even over domains, and are not now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.model.instance import Instance
from vmopt.platforms.kubernetes.account import SPREAD
from vmopt.platforms.kubernetes.bars import Bar, Step
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN
from vmopt.rules import BaseRule, Fence, Skew
from vmopt.rules.in_force import InForce


def softened(instance: Instance, why: dict[int, str], bars: Mapping[str, list[Bar]], tally: FeatureTally) -> Instance:
    """Make the rule soft for groups that are uneven now, and keep those that wait to where one may come today.

    Kubernetes looks at topology spread when a pod comes, and evicts nobody for it. It counts domains for that pod, with
    its own selectors and tolerations: where others of the group have other ones, the group may be even for it and not
    for them. What new rules are for is added to `why`.
    """
    today = {name: bar.meets for name, own in bars.items() for bar in own if bar.step is Step.SPREAD}
    now = np.asarray(instance.current)
    rules: list[BaseRule] = []
    n_broken = 0
    for rule in instance.rules:
        assert isinstance(rule, BaseRule)
        if not isinstance(rule, Skew) or rule.penalty is not None:
            rules.append(rule)
            continue
        here = rule.on(instance)
        uneven = {int(here.group.of[breach.vms[0]]) for breach in rule.find_breaches(here, now)}
        broken = sorted(uneven | set(_too_strict(here, now, today)))
        n_broken += len(broken)
        made = [*_parted(rule, set(broken)), *_entrances(here, broken, now, today)] if broken else [rule]
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


def _too_strict(here: InForce, now: IntArray, today: Mapping[str, BoolArray]) -> Iterator[int]:
    """Yield groups that close a host to one that waits, and that takes it as things are."""
    taken = here.counting(now)
    looked_at = set[tuple[int, int]]()
    for vm in np.flatnonzero((here.group.of >= 0) & (now < 0)).tolist():
        meets, group = today.get(here.instance.vm_names[vm]), int(here.group.of[vm])
        if meets is not None and (group, id(meets)) not in looked_at:
            looked_at.add((group, id(meets)))
            if (meets & ~here.allows(vm, taken)).any():
                yield group


def _entrances(here: InForce, broken: list[int], now: IntArray, today: Mapping[str, BoolArray]) -> Iterator[BaseRule]:
    """Yield the hosts where those of such groups that wait may come as things are, one rule for all with the same."""
    alike: dict[bytes, tuple[BoolArray, list[str]]] = {}
    for vm in np.flatnonzero(np.isin(here.group.of, broken) & (now < 0)).tolist():
        name = here.instance.vm_names[vm]
        if name in today:
            alike.setdefault(today[name].tobytes(), (today[name], []))[1].append(name)
    for meets, names in alike.values():
        yield Fence(names, meets)
