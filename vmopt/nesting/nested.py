"""Nested: containers, flavours of VMs, and hosts, as exact integer columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model import VM, Host, Instance
from vmopt.model.amounts import as_table, in_user_units
from vmopt.nesting.flavor import Flavor
from vmopt.rules import BaseRule
from vmopt.rules.inside import Inside


@dataclass(frozen=True, eq=False)
class Nested:
    """The data of containers in VMs on hosts.

    Attributes
    ----------
    cluster : Instance
        The containers as if they ran on the hosts themselves: their values, and the rules between them and hosts.
    flavors : tuple of Flavor
    demand : (n_containers, n_resources) int64 array
    capacity : (n_hosts, n_resources) int64 array
    inside : (n_flavors, n_resources) int64 array
        What containers in a VM of each flavour may use.
    size : (n_flavors, n_resources) int64 array
        What a VM takes of its host: that and its overhead. All four are in the same unit of each resource.

    Examples
    --------
    >>> import vmopt
    >>> small = vmopt.Flavor("small", {"cpu": 4}, overhead={"cpu": 1})
    >>> nested = vmopt.nest([vmopt.VM("web", {"cpu": 2})], [small], [vmopt.Host("h", {"cpu": 9})]).nested
    >>> nested.inside.tolist(), nested.size.tolist()
    ([[4]], [[5]])
    """

    cluster: Instance
    flavors: tuple[Flavor, ...]
    demand: IntArray
    capacity: IntArray
    inside: IntArray
    size: IntArray

    @classmethod
    def of(
        cls,
        containers: Iterable[VM],
        flavors: Iterable[Flavor],
        hosts: Iterable[Host],
        *,
        rules: Sequence[BaseRule] = (),
    ) -> Nested:
        """Read containers, flavours and hosts.

        Raises
        ------
        InstanceError
            If anything makes no sense, or is not known here: elastic containers, soft rules, and what runs now.

        Examples
        --------
        >>> small = Flavor("small", {"cpu": 4}, overhead={"cpu": 0.5})
        >>> nested = Nested.of([VM("web", {"cpu": 2})], [small], [Host("h", {"cpu": 9})])
        >>> nested.inside.tolist(), nested.size.tolist(), nested.capacity.tolist()
        ([[8]], [[9]], [[18]])
        """
        cluster = Instance.from_rows(hosts, containers, rules=rules)
        if (
            cluster.elastic
            or cluster.current is not None
            or any(rule.penalty is not None for rule in cluster.rules_in_force)
            or any(isinstance(rule, Inside) for rule in cluster.rules)
        ):
            raise InstanceError(
                "nest takes no reservations, no current hosts, no parts of hosts and no soft rules: leave them out."
            )
        kept = _checked(flavors, cluster.resources)
        demand, capacity = (as_table(in_user_units(t, cluster.scale)) for t in (cluster.demand, cluster.capacity))
        inside = amounts_of(kept, cluster.resources, overhead=False)
        size = amounts_of(kept, cluster.resources, overhead=True)
        together = Instance.from_arrays(  # so that amounts of both levels have the same unit
            np.vstack([demand, size]), np.vstack([capacity, inside]), resources=cluster.resources
        )
        n, m = cluster.n_vms, cluster.n_hosts
        asked, offered = together.demand, together.capacity
        return cls(cluster, kept, asked[:n], offered[:m], offered[m:], asked[n:])

    @property
    def cost(self) -> FloatArray:
        """Cost of a VM of each flavour."""
        return np.array([flavor.cost for flavor in self.flavors], dtype=np.float64)


def _checked(flavors: Any, resources: tuple[str, ...]) -> tuple[Flavor, ...]:
    kept = checks.listed(flavors, "flavors", InstanceError, "a list of Flavor")
    names = set[str]()
    for flavor in kept:
        checks.of_kind(flavor, Flavor, "a flavor", "a vmopt.Flavor", InstanceError)
        if flavor.name in names:
            raise InstanceError(f"two flavors are called {flavor.name!r}: give each a name of its own.")
        names.add(flavor.name)
        unknown = next((name for name in {**flavor.capacity, **flavor.overhead} if name not in resources), None)
        if unknown is not None:
            known = ", ".join(resources)
            raise InstanceError(f"flavor {flavor.name!r} names resource {unknown!r}, but hosts have {known}.")
    return tuple(kept)


def require_nested(nested: object) -> Nested:
    """Return `nested`, or say clearly that it is something else."""
    return checks.of_kind(nested, Nested, "nested", "a Nested, such as the one of a NestSolution")


def amounts_of(flavors: Sequence[Flavor], resources: tuple[str, ...], *, overhead: bool) -> Any:
    """Amounts of each flavour, with or without its overhead, added up as the decimals that they print as."""

    def amount(flavor: Flavor, name: str) -> float:
        exact = Fraction(str(flavor.capacity.get(name, 0)))
        return float(exact + (Fraction(str(flavor.overhead.get(name, 0))) if overhead else 0))

    table = [[amount(flavor, name) for name in resources] for flavor in flavors]
    return np.array(table, dtype=np.float64).reshape(len(flavors), len(resources))
