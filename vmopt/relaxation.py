"""Relaxation: what fractions of VMs would reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vmopt.arrays import FloatArray
from vmopt.bounds import Prices, RulePrice, RulePrices
from vmopt.model.instance import Instance

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False, repr=False)
class Relaxation:
    """The class relaxation of an instance: what fractions of VMs would reach, and what capacity is worth.

    Of rules it knows who may run where, who has to run, and what `Spread`, `Quota` and `Skew` let groups add up to.

    Attributes
    ----------
    bound : float
        No placement is worth more: recomputed from `prices` and `rule_prices`, whatever tolerance the backend had.
    prices : (n_host_classes, n_resources) array
        What one more unit of each resource in a host of each class would be worth, at most.
    placement : (n_vm_classes, n_host_classes) csr_array
        How many VMs of each class run on hosts of each class, fractions allowed.
    objective : float
        Value of the fractional placement.
    backend : str
        Name and version of the backend that solved it.
    seconds : float
    rule_prices : RulePrices or None
        What one more unit of each limit would be worth, at most; None where none costs anything. `rule_table` says it
        in words.

    Examples
    --------
    A quota of 5 cpus for two VMs, and what the sixth would add:

    >>> import vmopt
    >>> def bounded(most):
    ...     quota = vmopt.Quota(most, resource="cpu", of=["vm-0", "vm-1"])
    ...     named = {"value": [8, 4, 1], "resources": ["cpu"], "rules": [quota]}
    ...     return vmopt.relax(vmopt.Instance.from_arrays([[4], [4], [2]], [[20]], **named))
    >>> relaxation = bounded(5)
    >>> round(relaxation.rule_table[0].price, 6), round(bounded(6).bound - relaxation.bound, 6)
    (1.0, 1.0)
    """

    instance: Instance
    bound: float
    prices: FloatArray
    placement: csr_array
    objective: float
    backend: str
    seconds: float
    rule_prices: RulePrices | None = None

    @property
    def proof(self) -> Prices:
        """What proves the bound."""
        return Prices(self.prices, self.rule_prices)

    @property
    def rule_table(self) -> list[RulePrice]:
        """The prices of rules: rule, group, domain, limit and price, in your own units."""
        return [] if self.rule_prices is None else self.rule_prices.table(self.instance)

    def summary(self) -> str:
        """Return the bound, what is scarce, and the prices, in a few lines of plain text."""
        from vmopt import summary

        return summary.relaxation_text(self)

    def __repr__(self) -> str:
        return f"Relaxation(bound {self.bound:.6g}; {self.backend})"

    def _repr_html_(self) -> str:
        from vmopt import summary

        return summary.relaxation_html(self)
