"""Joined: many rules of one pair each, said by a few of many pairs; many fences, said by one table.

Whoever states a rule for each pair has thousands of them, and every step of a search would ask each one. Pairs whose
groups share no VM on either side are one rule with a column for each side, and mean the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.rule import RuleInForce
from vmopt.rules.apart import Apart
from vmopt.rules.in_force import InForce
from vmopt.rules.openings import in_one_table, is_bar
from vmopt.rules.selection import Grouping

FEW = 8
"""Rules of a kind up to which each may be asked."""
FEW_BARS = 62
"""Fences and bans up to which each may be asked: as many as one integer has bits, by which some methods judge them."""
MOST_JOINED = 64
"""Rules that are made of them at most: pairs that fit into none stay by themselves."""


def joined(instance: Any) -> tuple[RuleInForce, ...]:
    """Return the rules in force, those that set one pair of groups apart joined where they are many, and fences.

    Examples
    --------
    >>> import vmopt
    >>> pairs = [vmopt.Apart(f"vm-{n}", f"vm-{n + 1}") for n in range(9)]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 10, [[4]] * 3, rules=pairs)
    >>> len(cluster.rules_in_force), len(joined(cluster))
    (9, 1)
    """
    return instance.once(_joined)  # type: ignore[no-any-return]


def _joined(instance: Any) -> tuple[RuleInForce, ...]:
    rules: tuple[RuleInForce, ...] = instance.rules_in_force
    alike: dict[tuple[str, float | None], list[InForce]] = {}
    for here in rules:
        if type(here) is InForce and isinstance(here.rule, Apart) and len(here.group) == 1:
            alike.setdefault((here.rule.over, here.penalty), []).append(here)
    many = [some for some in alike.values() if len(some) > FEW]
    there = {id(here) for some in many for here in some}
    kept = [here for here in rules if id(here) not in there]
    return _with_one_table((*kept, *(one for some in many for one in _together(some))) if many else rules)


def _with_one_table(rules: tuple[RuleInForce, ...]) -> tuple[RuleInForce, ...]:
    bars: list[Any] = [here for here in rules if is_bar(here)]
    if len(bars) <= FEW_BARS:
        return rules
    return (*(here for here in rules if not is_bar(here)), in_one_table(bars))


def _together(some: list[InForce]) -> list[InForce]:
    """Put each pair into the first rule none of whose groups shares a VM with it on its side."""
    made: list[_Pairs] = []
    alone = []
    for here in some:
        assert here.other is not None
        a, b = np.flatnonzero(here.group.of >= 0), np.flatnonzero(here.other.of >= 0)
        for pairs in made:
            if pairs.take(here, a, b):
                break
        else:
            if len(made) < MOST_JOINED:
                made.append(_Pairs(len(here.group.of)))
                made[-1].take(here, a, b)
            else:
                alone.append(here)
    return [pairs.rule() for pairs in made] + alone


class _Pairs:
    """Pairs of one rule, with the number of the pair of each VM on either side."""

    def __init__(self, n_vms: int) -> None:
        self._a, self._b = np.full(n_vms, -1, dtype=np.int64), np.full(n_vms, -1, dtype=np.int64)
        self._taken: list[InForce] = []

    def take(self, here: InForce, a: IntArray, b: IntArray) -> bool:
        """Add a pair unless one of its VMs is in another on the same side; tell whether it was added."""
        if (self._a[a] >= 0).any() or (self._b[b] >= 0).any():
            return False
        self._a[a] = self._b[b] = len(self._taken)
        self._taken.append(here)
        return True

    def rule(self) -> InForce:
        """Return the rule of all pairs."""
        first = self._taken[0]
        most = np.array([int(np.max(here.rule.stated()["most"])) for here in self._taken])
        names = (tuple(here.group.names[0] for here in self._taken), tuple(_other(here) for here in self._taken))
        stated = Apart(self._a, self._b, first.rule.stated()["over"], most, penalty=first.penalty)
        sides = Grouping(self._a, names[0]), Grouping(self._b, names[1])
        return InForce(stated, first.instance, sides[0], first.domain, sides[1])


def _other(here: InForce) -> str:
    assert here.other is not None
    return here.other.names[0]
