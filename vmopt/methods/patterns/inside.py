"""Parts of hosts in patterns: what partial patterns hold, and whether their VMs land on the parts of a host."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds import RulePrices
from vmopt.problem import Problem
from vmopt.rules.eligible import class_members
from vmopt.rules.inside import inside_of
from vmopt.rules.inside.book import Book, Stop

MOST_STATES = 200_000
"""States of a book beyond which the next pricing begins another, at about 3 KB each."""


class Shelf:
    """The book of patterns: their states are many, and nobody needs them once a knapsack is priced."""

    def __init__(self, book: Book) -> None:
        self.book = book.fresh()

    def trim(self) -> None:
        """Begin another book where this one is large; states of before mean nothing then."""
        if len(self.book) > MOST_STATES:
            self.book = self.book.fresh()


@dataclass(frozen=True, eq=False)
class Holding:
    """What hosts of one class can land, one VM after the other: states of `vmopt.rules.inside.book`.

    What VMs leave of a host only shrinks with more of them, so a partial pattern that does not land is given up.

    Attributes
    ----------
    shelf : Shelf
    ask : (n_vm_classes,) int64 array
        What VMs of each class ask for, -1 for nothing.
    kind : int
        Which parts hosts have.
    """

    shelf: Shelf
    ask: IntArray
    kind: int

    @property
    def empty(self) -> int:
        """The state of a host that runs nothing."""
        return self.shelf.book.state(self.kind)

    @property
    def alone(self) -> BoolArray:
        """VMs of which classes land on a host that runs nothing."""
        return self.grown(np.full(len(self.ask), self.empty), np.arange(len(self.ask))) >= 0

    def grown(self, states: IntArray, vm_class: IntArray, stop: Stop | None = None) -> IntArray:
        """Return the states with one VM more each, -1 where it does not land, or is not known to when it is stopped."""
        return self.shelf.book.grown(states, self.ask[vm_class], stop=stop)

    def holding(self, counts: IntArray, *, anew: bool = True, stop: Stop | None = None) -> IntArray:
        """Return the state of a host that runs so many VMs of each class, ``(n,)``; -1 where they do not land.

        Parameters
        ----------
        counts : (n, n_vm_classes) int64 array
        anew : bool
            Whether to search; else they land one beside the other, the largest first, or not.
        stop : function, optional
            As in `grown`.
        """
        states = np.full(len(counts), self.empty)
        book = self.shelf.book
        for g in book.by_size:
            number = counts[:, self.ask == g].sum(axis=1)
            for nth in range(int(number.max(initial=0))):
                some = np.flatnonzero(number > nth)
                states[some] = book.grown(states[some], np.full(len(some), g), anew=anew, stop=stop)
        return states


@dataclass(frozen=True, eq=False)
class PartAmounts:
    """Amounts that follow from pieces, as further columns of demand and capacity: see `vmopt.rules.inside.amounts`.

    Attributes
    ----------
    demand : (n_vm_classes, n_amounts) int64 array
    capacity : (n_host_classes, n_amounts) int64 array
    holding : list of Holding or None
        For each host class.
    first : int
        Number of the first of the amounts among the limits of the instance.
    """

    demand: IntArray
    capacity: IntArray
    holding: list[Holding | None]
    first: int

    @property
    def known(self) -> bool:
        """Whether there are any."""
        return bool(self.capacity.shape[1])

    @classmethod
    def of(cls, problem: Problem) -> PartAmounts:
        """Find them; no columns where hosts have no parts."""
        here, (vm, host) = inside_of(problem.instance), class_members(problem.instance)
        if here is None:
            nothing = np.zeros((1, 0), dtype=np.int64)
            return cls(nothing.repeat(len(vm), axis=0), nothing.repeat(len(host), axis=0), [None] * len(host), 0)
        limits, shelf = here.implied, Shelf(here.book)
        return cls(
            np.column_stack([*(one.weight[vm] for one in limits), np.zeros((len(vm), 0))]).astype(np.int64),
            np.column_stack([*(one.most_at(vm, host) for one in limits), np.zeros((len(host), 0))]).astype(np.int64),
            [Holding(shelf, here.group.of[vm], kind) for kind in here.part_class[host].tolist()],
            next((n for n, one in enumerate(problem.limits) if limits and one is limits[0]), 0),
        )

    def priced(self, prices: FloatArray) -> PartAmounts:
        """Keep the amounts that cost anything anywhere: the others leave the linear relaxation as it is."""
        kept = (prices > 0).any(axis=0)
        return replace(self, demand=self.demand[:, kept], capacity=self.capacity[:, kept])

    def prices(self, of_rules: RulePrices | None) -> FloatArray:
        """Prices of the amounts for each host class, from those of limits, ``(n_host_classes, n_amounts)``."""
        found = np.zeros(self.capacity.shape)
        if of_rules is not None:
            mine = np.flatnonzero((of_rules.rule >= self.first) & (of_rules.rule < self.first + len(found.T)))
            if self.known:
                found[of_rules.domain[mine], of_rules.rule[mine] - self.first] = of_rules.price[mine]
        return found
