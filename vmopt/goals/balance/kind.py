"""What the kinds of balance have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, Protocol

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.goals.measure import Measure
from vmopt.goals.minorant import Minorant
from vmopt.goals.whole_units import in_unit
from vmopt.model.loads import loads
from vmopt.model.shapes import Shape
from vmopt.rules.program import Cells, RuleRows


@dataclass(frozen=True)
class Stated:
    """What a balance says of an instance.

    Attributes
    ----------
    of : tuple of int
        Columns of the resources.
    weight : tuple of Fraction
    level : float or tuple of tuples of float
    target : Fraction
    size : float or None
    """

    of: tuple[int, ...]
    weight: tuple[Fraction, ...]
    level: Any
    target: Fraction
    size: float | None

    def levels(self, instance: Any) -> tuple[int, IntArray]:
        """How many parts the instance's unit has, and the level of each host and resource in these."""
        capacity = instance.capacity[:, self.of]
        if isinstance(self.level, float):
            part = Fraction(str(self.level))
            return part.denominator, capacity * part.numerator
        shape = (len(self.level), len(self.level[0]) if self.level else 0)
        if shape != capacity.shape:
            raise InstanceError(f"levels have shape {shape}, expected {capacity.shape}: hosts by resources.")
        scale = [int(instance.scale[k]) for k in self.of]
        exact = [[Fraction(str(x)) * n for x, n in zip(row, scale, strict=True)] for row in self.level]
        parts = lcm(*(x.denominator for row in exact for x in row))
        return parts, np.array([[int(x * parts) for x in row] for row in exact], dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Loads:
    """What the hosts of an instance hold, ``(n_hosts, n_resources)``, in its integer units."""

    instance: Any
    held: IntArray


class BalanceKind(Protocol):
    """A measure of loads: a value, and the same value over the cells of a program."""

    separable: bool

    def value(self, stated: Stated, loads: Loads) -> Fraction:
        """Measure loads, exactly."""

    def added(self, stated: Stated, loads: Loads, demand: IntArray) -> Sequence[Fraction]:
        """By how much the measure grows on each host that holds so much more."""

    def shape(self, stated: Stated, instance: Any) -> Shape:
        """The form of the measure."""

    def host_keys(self, stated: Stated, instance: Any) -> Sequence[IntArray]:
        """Columns in which hosts have to be alike."""

    def translate(self, stated: Stated, instance: Any, cells: Cells, rows: RuleRows) -> Measure:
        """Write it over the cells."""

    def minorant(self, stated: Stated, instance: Any) -> Minorant:
        """What it is at least, by what host classes hold."""


class SumOverHosts(ABC):
    """What the kinds have in common that are sums over hosts, of what each makes of its own load."""

    separable = True

    @abstractmethod
    def by_host(self, stated: Stated, loads: Loads) -> tuple[IntArray, list[Fraction]]:
        """Measure each host, ``(n_hosts, n)``, in whole numbers of a unit for each column."""

    def value(self, stated: Stated, loads: Loads) -> Fraction:
        """Add up."""
        number, units = self.by_host(stated, loads)
        return sum((unit * int(n) for unit, n in zip(units, number.sum(axis=0), strict=True)), Fraction(0))

    def added(self, stated: Stated, loads: Loads, demand: IntArray) -> Sequence[Fraction]:
        """Measure all hosts with it, each by itself."""
        before, units = self.by_host(stated, loads)
        after, _ = self.by_host(stated, Loads(loads.instance, loads.held + demand))
        columns = [in_unit(more, unit) for more, unit in zip((after - before).T, units, strict=True)]
        return [sum(row, Fraction(0)) for row in zip(*columns, strict=True)]


@dataclass(frozen=True, eq=False)
class Asked:
    """What cells ask of the hosts that they are on.

    Attributes
    ----------
    host : (n,) int64 array
        Hosts with cells.
    of : (n_cells,) int64 array
        Which of these hosts each cell is on.
    demand : (n_cells, n_resources) int64 array
    held : (n_hosts, n_resources) int64 array
        What the VMs outside take, on all hosts.
    most : (n, n_resources) int64 array
        What the cells of a host can ask for at most.
    """

    host: IntArray
    of: IntArray
    demand: IntArray
    held: IntArray
    most: IntArray

    @classmethod
    def by(cls, instance: Any, cells: Cells) -> Asked:
        """Add up."""
        host, of = np.unique(cells.host, return_inverse=True)
        demand = instance.demand[cells.vm]
        upper = np.minimum(cells.upper, cells.supply[cells.vm_class])
        most = np.zeros((len(host), demand.shape[1]), dtype=np.int64)
        np.add.at(most, of.ravel(), demand * upper[:, None])
        held = loads(instance.demand, cells.outside, instance.n_hosts)
        return cls(host, of.ravel(), demand, held, np.minimum(most, instance.capacity[host] - held[host]))

    @property
    def elsewhere(self) -> IntArray:
        """Hosts without cells."""
        return np.setdiff1d(np.arange(len(self.held)), self.host)
