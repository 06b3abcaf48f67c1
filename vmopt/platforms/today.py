"""Rules that what runs now may already break: what is broken is asked for, what holds is demanded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from vmopt.rules import Apart, Ban, BaseRule, Fence, Gather, Near, Spread

BROKEN = 10.0
"""Penalty of a hard rule that is broken now: more than any that the platform itself calls soft."""
WISH = 1.0
"""Penalty of what the platform calls soft."""

Homes = Mapping[str, str | None]


class Today:
    """Rules for VMs by where they run now.

    A platform checks its rules when a VM comes; afterwards hosts change, and so do rules. A hard rule that is broken
    now would have running VMs stopped where it cannot be mended; so it is soft for these VMs, at `BROKEN`, and hard for
    all others, also towards them. What runs now thus keeps all hard rules, and who waits breaks none.

    Parameters
    ----------
    homes : mapping of VM name to host name or None

    Examples
    --------
    >>> today = Today({"a": "h1", "b": "h1", "c": "h2", "d": None})
    >>> for rule in today.spread([["a", "b", "d"]]):
    ...     print(rule)
    Spread(groups=Groups(['a', 'b']), over='host', most=1, penalty=10.0)
    Apart(a=Groups(['d']), b=Groups(['a', 'b']), over='host', most=0)
    >>> today.n_broken
    1
    """

    def __init__(self, homes: Homes) -> None:
        self.homes = homes
        self.n_broken = 0

    def fence(self, vms: Iterable[str], hosts: Iterable[str]) -> list[BaseRule]:
        """These VMs on these hosts only."""
        vms, hosts = list(vms), sorted(set(hosts))
        inside = set(hosts)
        broken = [vm for vm in vms if self.homes[vm] is not None and self.homes[vm] not in inside]
        return self._both(vms, broken, lambda whom, penalty: Fence(whom, hosts, penalty=penalty))

    def ban(self, vms: Iterable[str], hosts: Iterable[str]) -> list[BaseRule]:
        """These VMs on none of these hosts."""
        vms, hosts = list(vms), sorted(set(hosts))
        inside = set(hosts)
        if not hosts:
            return []
        broken = [vm for vm in vms if self.homes[vm] in inside]
        return self._both(vms, broken, lambda whom, penalty: Ban(whom, hosts, penalty=penalty))

    def spread(self, groups: Iterable[list[str]], most: int = 1) -> list[BaseRule]:
        """At most so many of each group on one host."""
        kept, loose, met = list[list[str]](), list[list[str]](), list[tuple[list[str], list[str]]]()
        for group in groups:
            crowded = {home for home, n in self._on_hosts(group).items() if n > most}
            broken = [vm for vm in group if self.homes[vm] in crowded]
            rest = [vm for vm in group if self.homes[vm] not in crowded]
            kept += [rest] if len(rest) > most else []
            loose += [broken] if broken else []
            met += [(rest, broken)] if rest and broken else []
        self.n_broken += len(loose)
        rules: list[BaseRule] = [Spread(kept, most=most)] if kept else []
        rules += [Spread(loose, most=most, penalty=BROKEN)] if loose else []
        return rules + ([Apart([a for a, _ in met], [b for _, b in met], most=most - 1)] if met else [])

    def gather(self, groups: Iterable[list[str]]) -> list[BaseRule]:
        """Each group on one host; where it runs on several now, who waits goes to one of these."""
        groups = [group for group in groups if len(group) > 1]
        torn = [group for group in groups if len(self._on_hosts(group)) > 1]
        self.n_broken += len(torn)
        whole = [group for group in groups if group not in torn]
        run = [[vm for vm in group if self.homes[vm] is not None] for group in torn]
        waits = [[vm for vm in group if self.homes[vm] is None] for group in torn]
        rules: list[BaseRule] = [Gather(whole)] if whole else []
        rules += [Gather(run, penalty=BROKEN)] if run else []
        near = [(a, b) for a, b in zip(waits, run, strict=True) if a]
        return rules + ([Near([a for a, _ in near], [b for _, b in near], "host")] if near else [])

    def _on_hosts(self, group: Iterable[str]) -> Counter[str]:
        return Counter(home for home in (self.homes[vm] for vm in group) if home is not None)

    def _both(self, asked: list[str], broken: list[str], rule: Any) -> list[BaseRule]:
        self.n_broken += len(broken)
        loose = set(broken)
        kept = [vm for vm in asked if vm not in loose]
        return [rule(whom, penalty) for whom, penalty in ((kept, None), (broken, BROKEN)) if whom]


def apart(groups: list[list[str]]) -> list[list[list[str]]]:
    """Deal groups into layers, each of groups without a common member.

    Examples
    --------
    >>> apart([["a", "b"], ["c", "d"], ["b", "c"]])
    [[['a', 'b'], ['c', 'd']], [['b', 'c']]]
    """
    layers: list[tuple[set[str], list[list[str]]]] = []
    for group in groups:
        free = next((layer for layer in layers if layer[0].isdisjoint(group)), None)
        if free is None:
            free = (set(), [])
            layers.append(free)
        free[0].update(group)
        free[1].append(group)
    return [dealt for _, dealt in layers]
