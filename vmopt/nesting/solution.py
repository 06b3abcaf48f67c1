"""NestSolution: which VMs are open where, what runs in them, and how good that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vmopt.arrays import IntArray
from vmopt.gap import relative_gap
from vmopt.nesting.nested import Nested
from vmopt.nesting.prices import NestPrices
from vmopt.plurals import count
from vmopt.status import Limit, Status


@dataclass(frozen=True)
class NestLevel:
    """What an answer has of one level, and a bound on what any that is as good in the level above could have.

    Attributes
    ----------
    goal : str
        ``utilisation``, which is maximised, or ``cost`` of the VMs, which is minimised.
    value, bound : float
    status : Status

    Examples
    --------
    >>> import vmopt
    >>> containers = [vmopt.VM("web", {"cpu": 2}), vmopt.VM("db", {"cpu": 3})]
    >>> found = vmopt.nest(containers, [vmopt.Flavor("small", {"cpu": 4})], [vmopt.Host("h", {"cpu": 8})])
    >>> [(level.goal, level.value, level.bound, level.status.value) for level in found.levels]
    [('utilisation', 0.625, 0.625, 'optimal'), ('cost', 2.0, 2.0, 'optimal')]
    """

    goal: str
    value: float
    bound: float
    status: Status

    @property
    def gap(self) -> float:
        """How far apart value and bound are, as a part of the larger one."""
        low, high = sorted((self.value, self.bound))
        return relative_gap(low, high)


@dataclass(frozen=True, eq=False, repr=False)
class NestSolution:
    """A verified answer of `vmopt.nest`.

    Attributes
    ----------
    nested : Nested
    vms : tuple of (int, int)
        Flavour and host of each VM that is open, by position.
    vm_of : (n_containers,) int64 array
        VM of each container, -1 where it does not run.
    levels : tuple of NestLevel
        Utilisation, then the cost of VMs, whose bound holds for every answer with at least this utilisation. Of what
        prices prove and what the backend claims, where one program was searched, the better one.
    status : Status
    limit : Limit or None
        Why the search stopped early.
    backend : str
    seconds : float
    prices : tuple of NestPrices
        What proves bounds from the data alone: `price_bound` says how.

    Examples
    --------
    >>> import vmopt
    >>> containers = [vmopt.VM("web", {"cpu": 2}), vmopt.VM("db", {"cpu": 3})]
    >>> found = vmopt.nest(containers, [vmopt.Flavor("small", {"cpu": 4})], [vmopt.Host("h", {"cpu": 8})])
    >>> found.vms, sorted(found.vm_of.tolist()), found.status.value
    (((0, 0), (0, 0)), [0, 1], 'optimal')
    """

    nested: Nested
    vms: tuple[tuple[int, int], ...]
    vm_of: IntArray
    levels: tuple[NestLevel, ...]
    status: Status
    limit: Limit | None
    backend: str
    seconds: float
    prices: tuple[NestPrices, ...] = ()

    @property
    def placement(self) -> dict[str, int]:
        """VM of each container that runs: a position in `vms`."""
        names = self.nested.cluster.vm_names
        return {names[i]: vm for i, vm in enumerate(self.vm_of.tolist()) if vm >= 0}

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Names of the containers that do not run."""
        names = self.nested.cluster.vm_names
        return tuple(names[i] for i, vm in enumerate(self.vm_of.tolist()) if vm < 0)

    def document(self) -> dict[str, Any]:
        """Return the answer as an object of JSON."""
        hosts, flavors = self.nested.cluster.host_names, self.nested.flavors
        return {
            "format": "vmopt-nest-solution",
            "version": 1,
            "status": self.status.value,
            "limit": None if self.limit is None else self.limit.value,
            "levels": [
                {"goal": v.goal, "value": v.value, "bound": v.bound, "status": v.status.value} for v in self.levels
            ],
            "vms": [{"flavor": flavors[f].name, "host": hosts[h]} for f, h in self.vms],
            "placement": self.placement,
            "prices": [
                {"inside": row.inside.tolist(), "vms": row.vms.tolist(), "worth": row.worth, "costs": row.costs}
                for row in self.prices
            ],
        }

    def summary(self) -> str:
        """Return what was found, in a few lines."""
        rows = [f"{v.goal}: {v.value:.6g}, bound {v.bound:.6g} ({v.status.value})" for v in self.levels]
        return "\n".join([f"{self.status.value}: {self._placed}", *rows])

    def __repr__(self) -> str:
        rows = [f"{v.goal} {v.value:.6g}, bound {v.bound:.6g}" for v in self.levels]
        return f"NestSolution({'; '.join([self.status.value, *rows, self._placed])})"

    @property
    def _placed(self) -> str:
        return f"{count(len(self.placement), 'container')} in {count(len(self.vms), 'VM')}"
