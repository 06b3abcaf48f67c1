"""Rules that what runs now may already break: what is broken is asked for, what holds is demanded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from vmopt.rules import Apart, Ban, BaseRule, Fence, Gather, Near, Spread

BROKEN = 10.0
"""Penalty of a hard rule that is broken now: more than any that the platform itself calls soft."""
WISH = 1.0
"""Penalty of what the platform calls soft."""
HOST = "host"

Homes = Mapping[str, str | None]
Labels = Mapping[str, Mapping[str, str]]
Groups = Iterable[list[str]]
Pairs = Iterable[tuple[list[str], list[str]]]
T = TypeVar("T")


class Today:
    """Rules for VMs by where they run now.

    A platform checks its rules when a VM comes; afterwards hosts change, and so do rules. A hard rule that is broken
    now would have running VMs stopped where it cannot be mended; so it is soft for these VMs, at `BROKEN`, and hard for
    all others, also towards them. What runs now thus keeps all hard rules, and who waits breaks none.

    Parameters
    ----------
    homes : mapping of VM name to host name or None
    labels : mapping of host name to labels, optional
        Domains other than single hosts; hosts without the label are in none.

    Attributes
    ----------
    n_broken : int
        How often a VM was found to break a rule.

    Examples
    --------
    >>> today = Today({"a": "h1", "b": "h1", "c": "h2", "d": None})
    >>> for rule in today.spread([["a", "b", "d"]]):
    ...     print(rule)
    Spread(groups=Groups(['a', 'b']), over='host', most=1, penalty=10.0)
    Apart(a=Groups(['d']), b=Groups(['a', 'b']), over='host', most=0)
    >>> today.n_broken
    2
    """

    def __init__(self, homes: Homes, labels: Labels | None = None) -> None:
        self.homes = homes
        self.n_broken = 0
        self._labels = {} if labels is None else labels

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

    def spread(self, groups: Groups, most: int = 1, over: str = HOST) -> list[BaseRule]:
        """At most so many of each group in one domain; the groups have no common member."""
        kept, loose, met = list[list[str]](), list[list[str]](), list[tuple[list[str], list[str]]]()
        for group in groups:
            crowded = {place for place, n in self._places(group, over).items() if n > most}
            rest, broken = self._parted(group, over, crowded)
            kept += [rest] if len(rest) > most else []
            loose += [broken] if broken else []
            met += [(rest, broken)] if rest and broken else []
        rules: list[BaseRule] = [Spread(kept, over, most)] if kept else []
        rules += [Spread(loose, over, most, penalty=BROKEN)] if loose else []
        return rules + ([_of_pairs(Apart, met, over, most=most - 1)] if met else [])

    def apart(self, pairs: Pairs, over: str = HOST) -> list[BaseRule]:
        """No VM of the first side of a pair in a domain with one of the second; first sides have no common member."""
        kept, towards, loose = (list[tuple[list[str], list[str]]]() for _ in range(3))
        for a, b in pairs:
            met = self._places(a, over).keys() & self._places(b, over).keys()
            rest_a, broken_a = self._parted(a, over, met)
            rest_b = [vm for vm in b if self.place(vm, over) not in met]
            kept += [(rest_a, b)] if rest_a else []
            towards += [(broken_a, rest_b)] if broken_a and rest_b else []
            loose += [(broken_a, [vm for vm in b if self.place(vm, over) in met])] if broken_a else []
        rules = [_of_pairs(Apart, some, over) for some in (kept, towards) if some]
        return rules + ([_of_pairs(Apart, loose, over, penalty=BROKEN)] if loose else [])

    def near(self, pairs: Pairs, over: str = HOST) -> list[BaseRule]:
        """Each VM of the first side of a pair in a domain with one of the second."""
        kept, loose = list[tuple[list[str], list[str]]](), list[tuple[list[str], list[str]]]()
        for a, b in pairs:
            served = self._places(b, over).keys()
            broken = [vm for vm in a if self.homes[vm] is not None and self.place(vm, over) not in served]
            rest = _without(a, broken)
            self.n_broken += len(broken)
            kept += [(rest, b)] if rest else []
            loose += [(broken, b)] if broken else []
        rules = [_of_pairs(Near, kept, over)] if kept else []
        return rules + ([_of_pairs(Near, loose, over, penalty=BROKEN)] if loose else [])

    def gather(self, groups: Groups, over: str = HOST, *, brought_together: bool = True) -> list[BaseRule]:
        """Each group in one domain; where it runs in several now, who waits goes to one of these.

        What runs in several is to come together, or, where the platform would not move it, stays in these.
        """
        whole, torn = list[list[str]](), list[list[str]]()
        for group in groups:
            places = {self.place(vm, over) for vm in group if self.homes[vm] is not None}
            (torn if len(places) > 1 or None in places else whole).append(group)
        run = [[vm for vm in group if self.homes[vm] is not None] for group in torn]
        self.n_broken += sum(map(len, run))
        whole = [group for group in whole if len(group) > 1]
        rules: list[BaseRule] = [Gather(whole, over)] if whole else []
        if brought_together:
            rules += [Gather(run, over, penalty=BROKEN)] if run else []
        else:
            rules += [fence for some in run for fence in self.within(some, over)]
        near = [(waits, some) for group, some in zip(torn, run, strict=True) if (waits := _without(group, some))]
        return rules + ([_of_pairs(Near, near, over)] if near else [])

    def within(self, run: list[str], over: str) -> list[BaseRule]:
        """Keep VMs to the domains that they are in now; those in none may go anywhere."""
        places = self._places(run, over)
        inside = [vm for vm in run if self.place(vm, over) is not None]
        hosts = [host for host in self._labels if self._domain(host, over) in places]
        return [Fence(inside, hosts)] if inside else []

    def _parted(self, group: list[str], over: str, broken: Collection[str]) -> tuple[list[str], list[str]]:
        """Those of a group who keep a rule, and those in domains where it is broken."""
        loose = [vm for vm in group if self.place(vm, over) in broken]
        self.n_broken += len(loose)
        return _without(group, loose), loose

    def _places(self, group: Iterable[str], over: str) -> Counter[str]:
        return Counter(place for vm in group if (place := self.place(vm, over)) is not None)

    def place(self, vm: str, over: str) -> str | None:
        """The domain that a VM runs in."""
        home = self.homes[vm]
        return None if home is None else self._domain(home, over)

    def _domain(self, host: str, over: str) -> str | None:
        return host if over == HOST else self._labels[host].get(over)

    def _both(
        self, asked: list[str], broken: list[str], rule: Callable[[list[str], float | None], BaseRule]
    ) -> list[BaseRule]:
        self.n_broken += len(broken)
        kept = _without(asked, broken)
        return [rule(whom, penalty) for whom, penalty in ((kept, None), (broken, BROKEN)) if whom]


def apart(groups: Iterable[list[str]]) -> list[list[list[str]]]:
    """Deal groups into layers, each of groups without a common member.

    Examples
    --------
    >>> apart([["a", "b"], ["c", "d"], ["b", "c"]])
    [[['a', 'b'], ['c', 'd']], [['b', 'c']]]
    """
    return _dealt(groups, lambda group: (group,))


def pairs_apart(pairs: Pairs) -> list[list[tuple[list[str], list[str]]]]:
    """Deal pairs into layers in which neither the first sides nor the second have a common member.

    Examples
    --------
    >>> pairs_apart([(["a"], ["b"]), (["b"], ["a"]), (["c"], ["b"])])
    [[(['a'], ['b']), (['b'], ['a'])], [(['c'], ['b'])]]
    """
    return _dealt(pairs, lambda pair: pair)


def _dealt(given: Iterable[T], sides_of: Callable[[T], tuple[list[str], ...]]) -> list[list[T]]:
    layers: list[tuple[tuple[set[str], ...], list[T]]] = []
    for one in given:
        sides = sides_of(one)
        free = next((layer for layer in layers if all(map(set.isdisjoint, layer[0], sides))), None)
        if free is None:
            free = (tuple(set() for _ in sides), [])
            layers.append(free)
        for members, side in zip(free[0], sides, strict=True):
            members.update(side)
        free[1].append(one)
    return [dealt for _, dealt in layers]


def _of_pairs(rule: Any, pairs: Sequence[tuple[list[str], list[str]]], over: str, **more: float) -> BaseRule:
    made: BaseRule = rule([a for a, _ in pairs], [b for _, b in pairs], over, **more)
    return made


def _without(group: list[str], others: Collection[str]) -> list[str]:
    gone = set(others)
    return [vm for vm in group if vm not in gone] if gone else group
