"""Shares: how a pool was divided, and how fair that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import floor

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.model.amounts import sums
from vmopt.plurals import count
from vmopt.sharing.pool import Pool
from vmopt.summary.figures import number, percent
from vmopt.summary.layout import Fact, Table, facts_html, facts_text, table_html, table_text

MOST_ROWS = 20
ALMOST = 1e-6
"""A sum of floats within this below an integer counts as that integer."""


@dataclass(frozen=True, eq=False, repr=False)
class Shares:
    """How a pool was divided; what `share` returns.

    Attributes
    ----------
    pool : Pool
        Capacity, demand, reservation and weights, as given.
    policy : str
    allocation : (n_vms, n_resources) float64 array
        What each VM gets, in the unit of the capacity.
    prices : (n_resources,) float64 array
        What one more unit of each resource could add to the weighted utilisation (to the most there can be, whatever
        the policy); 0 where all have what they ask for.
    backend : str or None
        The backend that solved the linear program, None where none did.

    Examples
    --------
    >>> from vmopt.sharing import share
    >>> shares = share(40, [10, 20, 30], weights=[1, 2, 3], policy="proportional")
    >>> shares.satisfaction.round(3).tolist(), round(shares.jain_index, 3)
    ([0.667, 0.667, 0.667], 1.0)
    """

    pool: Pool
    policy: str
    allocation: FloatArray
    prices: FloatArray
    backend: str | None

    @cached_property
    def satisfaction(self) -> FloatArray:
        """Part of its demand that each VM has in every resource, ``min_k a[i,k] / d[i,k]``, ``(n_vms,)``.

        Resources that a VM does not ask for do not count; a VM that asks for nothing is satisfied.
        """
        demand = self.pool.demand
        part = np.divide(self.allocation, demand, out=np.ones_like(demand), where=demand > 0)
        return np.asarray(part.min(axis=1))

    @property
    def jain_index(self) -> float:
        """Jain's index of the satisfactions, ``(sum s)^2 / (n sum s^2)`` (Jain, Chiu and Hawe 1984): 1 is all alike."""
        square = float((self.satisfaction**2).sum())
        return float(self.satisfaction.sum()) ** 2 / (len(self.satisfaction) * square) if square > 0 else 1.0

    @property
    def unused(self) -> FloatArray:
        """What is left of each resource, ``(n_resources,)``."""
        return self.pool.capacity - sums(self.allocation)

    @property
    def utilisation(self) -> float:
        """Mean over the resources of the part that is given out."""
        return float(sums(self.allocation) @ self.pool.worth)

    @property
    def weighted_utilisation(self) -> float:
        """What the policy ``utilization`` maximises, ``sum_i weights[i] mean_k a[i,k] / C[k]``."""
        return float(sums(self.allocation * self.pool.weights[:, None]) @ self.pool.worth)

    def whole_units(self) -> IntArray:
        """Bring the allocation to integers: rounded down, then the units this frees to those who lost most by it.

        Every entry is within one unit of `allocation`, between reservation and demand; together they fit the capacity.

        Raises
        ------
        OptionError
            If capacity, demand and reservation are not all integers.

        Examples
        --------
        >>> from vmopt.sharing import share
        >>> share(10, [9, 9, 9], policy="max-min").whole_units().ravel().tolist()
        [4, 3, 3]
        """
        if not self.pool.in_whole_units:
            raise OptionError("capacity, demand and reservation are not all integers: give them in a smaller unit.")
        whole = np.floor(self.allocation)
        lost = self.allocation - whole
        for k, given in enumerate(sums(self.allocation).tolist()):
            spare = floor(given + ALMOST) - round(float(whole[:, k].sum()))
            whole[np.argsort(-lost[:, k], kind="stable")[:spare], k] += 1
        return whole.astype(np.int64)

    def table(self) -> Table:
        """Tabulate the first VMs: weight, what each asks for and gets, satisfaction."""
        names = self.pool.resources
        header = ("VM", "weight", *(f"{name} {what}" for name in names for what in ("asked", "given")), "satisfaction")
        rows = [self._row(vm) for vm in range(min(len(self.allocation), MOST_ROWS))]
        more = len(self.allocation) - MOST_ROWS
        if more > 0:
            rows.append((f"{more:,} more", *[""] * (len(header) - 1)))
        return Table(header, rows)

    def summary(self) -> str:
        """Return how the pool was divided, as plain text."""
        return f"{facts_text(self._facts())}\n\n{table_text(self.table())}"

    def __repr__(self) -> str:
        return (
            f"Shares({self.policy}; {count(len(self.allocation), 'VM')}; utilisation {self.utilisation:.3%}, "
            f"Jain's index {self.jain_index:.4f})"
        )

    def _repr_html_(self) -> str:
        return facts_html("Shares", self._facts()) + table_html(self.table())

    def _row(self, vm: int) -> tuple[str, ...]:
        pairs = zip(self.pool.demand[vm].tolist(), self.allocation[vm].tolist(), strict=True)
        amounts = (number(amount) for pair in pairs for amount in pair)
        return (f"vm-{vm}", number(float(self.pool.weights[vm])), *amounts, percent(float(self.satisfaction[vm]), 1))

    def _facts(self) -> list[Fact]:
        facts = [
            Fact("policy", self.policy + (f", solved by {self.backend}" if self.backend else "")),
            Fact("utilisation", percent(self.utilisation, 1), self.utilisation),
            Fact("weighted", number(self.weighted_utilisation)),
            Fact("Jain's index", f"{self.jain_index:.4f}"),
        ]
        per_resource = zip(self.pool.resources, self.unused.tolist(), self.prices.tolist(), strict=True)
        return facts + [
            Fact(name, f"{number(rest)} unused, price {number(price, 3)}") for name, rest, price in per_resource
        ]
