"""Scene: a placement as one more VM finds it, what hosts have left and what rules say."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import OptionError
from vmopt.methods.ruled.rules_by_vm import RulesByVM
from vmopt.model.classes import members_of
from vmopt.model.dominance import largest
from vmopt.model.instance import Instance
from vmopt.model.loads import loads
from vmopt.model.parts import OneOf
from vmopt.rules.base import InForce
from vmopt.rules.inside import Inside, InsideInForce
from vmopt.rules.taken import Taken
from vmopt.rules.text import shown_rule
from vmopt.rules.whole import Whole
from vmopt.summary.inside import pieces_in_words

NO_RULE = -1
MOST_COMPARED = 10_000
"""Names up to which one that is like a wrong one is looked for."""


class Scene:
    """What one more VM finds.

    Parameters
    ----------
    instance : Instance
    host_index : (n_vms,) int64 array
        A placement that keeps all hard rules.

    Attributes
    ----------
    free : (n_hosts, n_resources) int64 array
        What hosts have left, when elastic VMs get what they must.
    hard : tuple of (int, InForce)
        The hard rules, with their positions.
    inside : int
        The position of the rule about parts of hosts, -1 where there is none.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[8], [2]], rules=[vmopt.Spread("vm-*")])
    >>> scene = Scene(cluster, np.array([0, -1]))
    >>> scene.free.ravel().tolist(), scene.allowed(1).tolist(), scene.takes(1).tolist()
    ([4, 2], [False, True], [False, False])
    """

    def __init__(self, instance: Instance, host_index: IntArray) -> None:
        self.instance, self.host_index = instance, host_index
        self.free = instance.capacity - loads(instance.reserved, host_index, instance.n_hosts)
        every = enumerate(instance.rules_in_force)
        self.hard = tuple((n, here) for n, here in every if here.penalty is None and isinstance(here, InForce))
        self._counted: dict[int, Taken] = {}
        self._number = {id(here): number for number, here in self.hard}
        self._asked = RulesByVM([here for _, here in self.hard], host_index)
        self.inside = next((n for n, here in self.hard if isinstance(here, InsideInForce)), NO_RULE)
        self._wholes = [(number, here) for number, here in self.hard if isinstance(here.rule, Whole)]

    @cached_property
    def residents(self) -> list[IntArray]:
        """The VMs on each host."""
        return members_of(self.host_index, self.instance.n_hosts)

    @cached_property
    def roomiest(self) -> IntArray:
        """Hosts such that none has more left of everything than one of them: one is nearest to taking any VM."""
        return largest(self.free, np.arange(self.instance.n_hosts))

    def fits(self, vm: int, *, empty: bool = False) -> BoolArray:
        """Which hosts have room for it now, or when they are empty."""
        room = self.instance.capacity if empty else self.free
        return np.asarray((self.instance.reserved[vm] <= room).all(axis=1))

    def masks(self, vm: int) -> list[tuple[int, BoolArray]]:
        """Which hosts each hard rule that concerns an unplaced VM lets it run on, beside what runs."""
        pairs = self._asked.concerning(vm)
        found = [(self._number[id(here)], here.allows(vm, taken)) for here, taken in pairs]
        for number, here in self._wholes:
            group = int(here.group.of[vm])
            if group >= 0 and here.n_placed(self.host_index)[group] + 1 < here.rule.wanted(here)[group]:  # type: ignore[index]
                found.append((number, np.zeros(self.instance.n_hosts, dtype=bool)))
        return sorted(found, key=lambda pair: pair[0])

    def barred(self, vm: int) -> list[tuple[int, BoolArray]]:
        """Which hosts each hard rule forbids it, whoever else runs."""
        one, every = np.array([vm]), np.arange(self.instance.n_hosts)
        found = [(number, here.forbids(one, every)) for number, here in self.hard if here.concerns[vm]]
        return [(number, mask[0]) for number, mask in found if mask is not None and mask.any()]

    def allowed(self, vm: int) -> BoolArray:
        """Which hosts all hard rules let an unplaced VM run on, beside what runs."""
        allowed = np.ones(self.instance.n_hosts, dtype=bool)
        for _, mask in self.masks(vm):
            allowed &= mask
        return allowed

    def counted(self, here: InForce) -> Taken:
        """What a rule counts of what runs, counted once."""
        if id(here) not in self._counted:
            self._counted[id(here)] = here.counting(self.host_index)
        return self._counted[id(here)]

    def takes(self, vm: int) -> BoolArray:
        """Which hosts take an unplaced VM beside what runs."""
        return np.asarray(self.fits(vm) & self.allowed(vm))

    def with_vm(self, vm: int, host: int) -> IntArray:
        """Return the placement with a VM on a host."""
        changed = self.host_index.copy()
        changed[vm] = host
        return changed

    def rule(self, number: int) -> str:
        """Return a rule as it was stated; what parts of hosts have room for is no rule to people."""
        rule = self.instance.rules[number]
        return f"room on parts ({', '.join(parts_in(rule))})" if isinstance(rule, Inside) else shown_rule(rule)

    def pieces(self, vm: int, hosts: IntArray, *, empty: bool) -> list[str]:
        """Say what a VM asks of those kinds of parts that each of these hosts is short of, as it is or when empty."""
        here: Any = self.instance.rules_in_force[self.inside]
        held = np.full_like(self.host_index, -1) if empty else self.host_index
        lacking, ask = here.lacking(vm, hosts, held), here.pieces_at(vm)
        words = {kinds: pieces_in_words(_of_kinds(ask, kinds)) for kinds in {*lacking}}
        return [words[kinds] for kinds in lacking]

    def own(self, units: Any, k: int) -> float:
        """Return an amount in the user's own unit of a resource."""
        scale = int(self.instance.scale[k])
        return int(units) if scale == 1 else int(units) / scale


def _of_kinds(ask: OneOf, kinds: Collection[str]) -> OneOf:
    """What a VM asks for of some kinds of parts, alternative by alternative."""
    return OneOf(*([piece for piece in one if piece.kind in kinds] for one in ask))


def parts_in(rule: Inside) -> list[str]:
    """Return the kinds of parts that hosts have.

    Examples
    --------
    >>> import vmopt
    >>> parts_in(Inside([None], {}, ["two"], {"two": {"gpu": [{"milli": 1000}] * 2}}))
    ['gpu']
    """
    return sorted({kind for of_host in rule.parts.values() for kind in of_host})


def vm_at(instance: Instance, vm: Any) -> int:
    """Find a VM by name or by position.

    Raises
    ------
    OptionError
        If it is not there.

    Examples
    --------
    >>> vm_at(Instance.from_arrays([[1], [2]], [[8]]), "vm-1")
    1
    """
    return position(vm, instance.vm_names, "VM")


def position(given: Any, names: Any, what: str) -> int:
    """Find a VM or a host by name or by position.

    Raises
    ------
    OptionError
        If it is not there.
    """
    if isinstance(given, str):
        if given not in names.index_of:
            close = get_close_matches(given, names, 1) if len(names) <= MOST_COMPARED else []
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise OptionError(f"there is no {what} {given!r}{hint}: give the name of one, or its position.")
        return int(names.index_of[given])
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or not -len(names) <= given < len(names):
        raise OptionError(f"there is no {what} {given!r}: give a name, or a position from 0 to {len(names) - 1}.")
    return int(given) % len(names)
