"""What every rule is: a declaration, a checker of placements, a translation into rows, and one answer for greedy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model.names import Names
from vmopt.rules.arguments import check_arguments
from vmopt.rules.breach import SHOWN, Breach
from vmopt.rules.domains import HOST, domains_of
from vmopt.rules.in_force import InForce
from vmopt.rules.limits import LARGEST_LIMIT, UNLIMITED, PerGroup, per_group, whole_numbers
from vmopt.rules.members import groups_in, hosts_in, vms_in
from vmopt.rules.narrowed import Labels, narrowed, whom
from vmopt.rules.program import Cells, RuleRows
from vmopt.rules.selection import Grouping, Groups
from vmopt.rules.taken import Taken

LARGEST_PENALTY = 1e100
"""Penalties beyond are nothing that could be added up."""


@dataclass(frozen=True, eq=False)
class BaseRule(ABC):
    """A rule as it is stated: see `vmopt.rules` for what all of them have in common.

    A new rule is a file with a subclass that says four things: `find_breaches` checks a placement, from counts and
    nothing else; `violation` measures how much of it is broken; `translate` writes the rule as rows of a program;
    `allows` tells greedy where one more VM may go. Checks and translation share no code, so that they can disagree.

    Attributes
    ----------
    penalty : float or None
        What a unit of violation takes off the objective: the rule is soft. None: it is hard.
    """

    name: ClassVar[str]
    gathers: ClassVar[bool] = False
    """Whether the first VM of a group decides on the domain of all others."""
    needs: ClassVar[bool] = False
    """Whether a VM of a group needs one of the other group in its domain."""
    waits: ClassVar[bool] = False
    """Whether VMs that may go nowhere may go somewhere once others are placed."""
    lasts: ClassVar[bool] = True
    """Whether it still holds when any of the VMs leave: only such rules can be kept while VMs come and go."""
    fixed: ClassVar[bool] = False
    """Whether it allows a VM the same hosts whoever else runs."""

    room_says_all: ClassVar[bool] = False
    """Whether a domain has `room` just where it `allows` a VM to be, and hosts that are in none are open to all."""
    domains_alike: ClassVar[bool] = False
    """Whether what it forbids asks only whether a host is in a domain, whichever it is."""

    penalty: float | None = field(default=None, kw_only=True)

    def __new__(cls, *given: Any, **named: Any) -> Self:
        """Check which arguments are given; a copy is made without any."""
        if given or named:
            check_arguments(cls, given, named)
        return super().__new__(cls)

    def __post_init__(self) -> None:
        if self.penalty is None:
            return
        penalty = checks.as_float(self.penalty)
        if not 0 <= penalty <= LARGEST_PENALTY:
            raise InstanceError(
                f"penalty of {type(self).__name__} is {checks.shown(self.penalty)}: give a number from 0 to "
                f"{LARGEST_PENALTY:g} for each unit of violation, or None for a hard rule."
            )
        object.__setattr__(self, "penalty", penalty)

    def on(self, instance: Any) -> InForce:
        """Find whom it speaks of in an instance.

        Raises
        ------
        InstanceError
            If a name or a label is not there.
        """
        return InForce(self, instance, *self.find(instance))

    @abstractmethod
    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """Find the groups of VMs, the domains of hosts, and the other groups of VMs where there are any."""

    @abstractmethod
    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find where a placement breaks it."""

    @abstractmethod
    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Measure how much a placement breaks it, in the unit that its docstring states; 0 where it keeps it."""

    @abstractmethod
    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """Write it as rows over the cells, given the VMs that stay outside of them."""

    @abstractmethod
    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Which hosts may take this VM, one that it concerns, unplaced so far, ``(n_hosts,)``, the capacity apart."""

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """By how much `violation` grows when this VM, unplaced so far, is placed on each host, ``(n_hosts,)``.

        Measured host by host here; rules that know it from counts say so themselves.
        """
        now, there = taken.host_index, taken.host_index.copy()
        grown = np.empty(len(here.domain.of))
        for host in range(len(grown)):
            there[vm] = host
            grown[host] = self.violation(here, there)
        return grown - self.violation(here, now)

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """How many more like this VM each domain that allows it may take, whatever others take, ``(n_domains,)``.

        None where a VM in one domain changes what the others may take: they are placed one by one.
        """
        return np.full(len(here.domain), UNLIMITED)

    def wanted(self, here: InForce) -> IntArray | None:
        """How many of each group run if any of them do; None where a rule does not ask for that."""
        return None

    def most_alike(self, here: InForce) -> IntArray | None:
        """How many VMs like each one a host may run, ``(n_vms,)``; None for any number."""
        return None

    def most_in_domain(self, here: InForce) -> IntArray | None:
        """What the weights of a group's VMs in one domain add up to at most, ``(n_groups,)``; None for no such limit.

        Bounds are made of it: it may leave out some of what the rule demands, and must not demand more.
        """
        return None

    def implied(self, here: InForce) -> tuple[InForce, ...]:
        """Limits that follow from it, for bounds to price; whoever checks placements need not know them."""
        return ()

    def forbids(self, here: InForce, vm: IntArray, host: IntArray) -> BoolArray | None:
        """Which of these VMs may run on none of which of these hosts, whatever others do, ``(len(vm), len(host))``.

        All hosts in a domain are alike to it, and all in none. None where it forbids nothing of the sort.
        """
        return None

    def units_per(self, instance: Any) -> int:
        """Into how many units of weight the unit is divided in which its limit is stated."""
        return 1

    def urgent(self, here: InForce) -> BoolArray | None:
        """Which VMs have to run, ``(n_vms,)``; None for none."""
        return None

    def freed(self, here: InForce, host: int) -> BoolArray:
        """Hosts that may be allowed to more VMs when one leaves this host, ``(n_hosts,)``: those of its domain."""
        mine = int(here.domain.of[host])
        return np.asarray((here.domain.of == mine) & (mine >= 0))

    def narrowed(self, names: Names, labels: Labels | None, kept: IntArray) -> Self | None:
        """Return the rule for some of the VMs with these names and labels, None if it speaks of none of them.

        Parameters
        ----------
        kept : (n_kept,) int array
            Their positions.
        """
        return narrowed(self, names, labels, kept)

    @property
    def of_some(self) -> bool:
        """Whether it speaks of some VMs; else of hosts, and of whatever VMs there are."""
        return any(getattr(self, name) is not None for name in whom(self))

    def weights(self, instance: Any) -> IntArray:
        """What each VM counts for."""
        return np.broadcast_to(np.int64(1), instance.n_vms)  # one number, however many rules there are

    def concerns(self, here: InForce) -> BoolArray:
        """Which VMs may not go everywhere, ``(n_vms,)``."""
        others = here.group.inside if here.other is None else here.other.inside
        return np.asarray(here.group.inside | others)

    @classmethod
    def by_label(cls, label: str, *arguments: Any, **named: Any) -> Self:
        """Make the rule for all VMs with a label: those of each of its values are a group."""
        made: Any = cls
        return made(Groups.labelled(label), *arguments, **named)  # type: ignore[no-any-return]

    def stated(self) -> dict[str, Any]:
        """Its parameters by name, the penalty last."""
        named = sorted(fields(self), key=lambda parameter: bool(parameter.kw_only))
        return {parameter.name: getattr(self, parameter.name) for parameter in named}

    def __str__(self) -> str:
        return self._written(_shown)

    def __repr__(self) -> str:
        return self._written(repr)

    def _written(self, form: Callable[[Any], str]) -> str:
        said = {key: value for key, value in self.stated().items() if key != "penalty" or value is not None}
        return f"{type(self).__name__}({', '.join(f'{key}={form(value)}' for key, value in said.items())})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        mine, theirs = self.stated(), other.stated()
        return all(_same(mine[key], theirs[key]) for key in mine)

    __hash__ = None  # type: ignore[assignment]


def _shown(given: Any) -> str:
    return f"<{len(given):,} numbers>" if isinstance(given, np.ndarray) and len(given) > SHOWN else repr(given)


def _same(mine: Any, theirs: Any) -> bool:
    if isinstance(mine, Groups) and isinstance(theirs, Groups):
        told = ("names", "label", "value", "rows", "called")
        return _same(mine.column, theirs.column) and all(getattr(mine, name) == getattr(theirs, name) for name in told)
    if isinstance(mine, np.ndarray) or isinstance(theirs, np.ndarray):
        return np.array_equal(np.asarray(mine), np.asarray(theirs))
    return bool(mine == theirs)


__all__ = [
    "HOST",
    "LARGEST_LIMIT",
    "UNLIMITED",
    "BaseRule",
    "InForce",
    "PerGroup",
    "domains_of",
    "groups_in",
    "hosts_in",
    "per_group",
    "vms_in",
    "whole_numbers",
]
