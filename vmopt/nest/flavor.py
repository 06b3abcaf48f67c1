"""Flavor: a size in which VMs are opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vmopt import checks
from vmopt.errors import InstanceError


@dataclass(frozen=True)
class Flavor:
    """A size in which VMs are opened to run containers.

    Parameters
    ----------
    name : str
    capacity : mapping of str to int or float
        What containers inside may use, in the units of the hosts.
    overhead : mapping of str to int or float, optional
        What the VM takes of its host beside that.
    cost : float, default 1
        What an open VM costs, at least 0: with 1 for each, the fewest VMs are the cheapest.
    most : int, optional
        VMs of the flavour that may be opened; default: any number.

    Examples
    --------
    >>> Flavor("small", {"cpu": 4}, overhead={"cpu": 1}).cost
    1.0
    """

    name: str
    capacity: Mapping[str, float]
    overhead: Mapping[str, float] = field(default_factory=dict)
    cost: float = 1.0
    most: int | None = None

    def __post_init__(self) -> None:
        checks.text(self.name, "the name of a flavor", InstanceError)
        for what in ("capacity", "overhead"):
            _check_amounts(getattr(self, what), f"{what} of flavor {self.name!r}")
        if not checks.finite(self.cost) or self.cost < 0:
            given = checks.shown(self.cost)
            raise InstanceError(f"cost of flavor {self.name!r} is {given}: give a finite number of at least 0.")
        object.__setattr__(self, "cost", float(self.cost))
        if self.most is not None:
            checks.integer(self.most, f"most of flavor {self.name!r}", error=InstanceError)


def _check_amounts(amounts: Any, name: str) -> None:
    if not isinstance(amounts, Mapping):
        raise InstanceError(f"{name} is {checks.shown(amounts)}: give a mapping of resource to amount.")
    for resource, amount in amounts.items():
        if not checks.finite(amount) or amount < 0:
            raise InstanceError(f"{name} has {checks.shown(amount)} of {resource}: give a finite number of at least 0.")
