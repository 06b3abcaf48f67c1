"""Relaxation: what fractions of VMs would reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vmopt.arrays import FloatArray
from vmopt.model.instance import Instance

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False, repr=False)
class Relaxation:
    """The class relaxation of an instance: what fractions of VMs would reach, and what capacity is worth.

    Attributes
    ----------
    bound : float
        No placement is worth more: recomputed from `prices`, whatever tolerance the backend had.
    prices : (n_host_classes, n_resources) array
        What one more unit of each resource in a host of each class would be worth, at most.
    placement : (n_vm_classes, n_host_classes) csr_array
        How many VMs of each class run on hosts of each class, fractions allowed.
    objective : float
        Value of the fractional placement.
    backend : str
        Name and version of the backend that solved it.
    seconds : float
    """

    instance: Instance
    bound: float
    prices: FloatArray
    placement: csr_array
    objective: float
    backend: str
    seconds: float

    def summary(self) -> str:
        """Return the bound, what is scarce, and the prices, in a few lines of plain text."""
        from vmopt import summary

        return summary.relaxation_text(self)

    def __repr__(self) -> str:
        return f"Relaxation(bound {self.bound:.6g}; {self.backend})"

    def _repr_html_(self) -> str:
        from vmopt import summary

        return summary.relaxation_html(self)
