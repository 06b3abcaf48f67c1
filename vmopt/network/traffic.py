"""Traffic: which VMs exchange data, and how much, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.checks import listed, of_kind, text
from vmopt.errors import InstanceError, NetworkError
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.names import Names
from vmopt.network import checks
from vmopt.plurals import count

if TYPE_CHECKING:
    import networkx as nx

VMs = Instance | Names | Sequence[str]
"""Whose traffic it is: an instance, or the names of its VMs in their order."""


@dataclass(frozen=True, eq=False, repr=False)
class Traffic:
    """Pairs of VMs, each with the rate at which the first sends to the second. Frozen; millions of pairs are normal.

    A pair that is given several times is one pair with the sum of the rates; pairs are in order of source, then
    target. The two directions are two pairs.

    Attributes
    ----------
    vm_names : Names
    source, target : (n_pairs,) int64 arrays
        Positions in `vm_names`.
    rate : (n_pairs,) float64 array
        Bit/s.

    Examples
    --------
    >>> traffic = Traffic.from_edges(["web", "db"], [("web", "db", 1e6), ("db", "web", 5e6), ("web", "db", 1e6)])
    >>> traffic.source.tolist(), traffic.target.tolist(), traffic.rate.tolist()
    ([0, 1], [1, 0], [2000000.0, 5000000.0])
    """

    vm_names: Names
    source: IntArray
    target: IntArray
    rate: FloatArray

    @classmethod
    def from_arrays(cls, vms: VMs, source: Any, target: Any, rate: Any) -> Traffic:
        """Make traffic from columns.

        Parameters
        ----------
        vms : Instance, Names or sequence of str
        source, target : (n_pairs,) int array-likes
            Positions of VMs.
        rate : (n_pairs,) array-like
            Bit/s, at least 0; pairs of rate 0 are left out.

        Raises
        ------
        NetworkError
            If a VM is unknown or paired with itself, or a rate is negative, NaN or infinite.
        """
        names = names_of(vms)
        source, target, rate = checks.aligned({"source": source, "target": target, "rate": rate})
        if np.shape(source) != np.shape(target):
            raise NetworkError(f"there are {np.size(source)} sources but {np.size(target)} targets: give one each.")
        pairs = checks.positions(np.column_stack([np.asarray(source), np.asarray(target)]), len(names), "pair", "VM")
        rates = checks.amounts(rate, pairs, names, "rate", positive=False)
        selves = pairs[:, 0] == pairs[:, 1]
        if selves.any():
            name = names[int(pairs[np.argmax(selves), 0])]
            raise NetworkError(f"VM {name!r} is paired with itself: remove the pair, it never leaves the VM.")
        return cls._merged(names, pairs[rates > 0], rates[rates > 0])

    @classmethod
    def from_edges(cls, vms: VMs, edges: Iterable[tuple[str, str, float]]) -> Traffic:
        """Make traffic from triples (source, target, rate) of VM names and bit/s.

        Raises
        ------
        NetworkError
            As for `from_arrays`.
        """
        try:
            source, target, rate = zip(*edges, strict=True)
        except TypeError as error:
            raise NetworkError(f"the edges are no triples (source, target, rate): {error}.") from None
        except ValueError as error:
            if "unpack" not in str(error) or "got 0" not in str(error):
                raise NetworkError(f"the edges are no triples (source, target, rate): {error}.") from None
            source, target, rate = (), (), ()
        return cls.from_columns(vms, source, target, rate)

    @classmethod
    def from_columns(cls, vms: VMs, source: Sequence[str], target: Sequence[str], rate: Any) -> Traffic:
        """Make traffic from columns of VM names; otherwise as `from_arrays`."""
        names = names_of(vms)
        source, target, rate = checks.aligned({"source": source, "target": target, "rate": rate})
        ends = _positions(names, source, "source"), _positions(names, target, "target")
        return cls.from_arrays(names, *ends, rate)

    @classmethod
    def from_networkx(cls, vms: VMs, graph: nx.Graph, *, rate: str = "rate") -> Traffic:
        """Make traffic from a graph of VM names whose edges have a rate in bit/s.

        An edge of an undirected graph stands for half its rate in each direction.

        Raises
        ------
        NetworkError
            If an edge has no such attribute, or as for `from_arrays`.
        """
        checks.require_graph(graph)
        text(rate, "rate, the name of an attribute,", NetworkError)
        missing = [(a, b) for a, b, data in graph.edges(data=True) if rate not in data]
        if missing:
            edge = f"{missing[0][0]!r} - {missing[0][1]!r}"
            raise NetworkError(f"edge {edge} has no {rate!r}, which is to be its rate: give it one, in bit/s.")
        edges = list(graph.edges(data=rate))
        if not graph.is_directed():
            edges = [(*ends, bits / 2) for a, b, bits in edges for ends in ((a, b), (b, a))]
        return cls.from_edges(vms, edges)

    @classmethod
    def _merged(cls, names: Names, pairs: IntArray, rate: FloatArray) -> Traffic:
        key, of = np.unique(pairs[:, 0] * len(names) + pairs[:, 1], return_inverse=True)
        source, target = np.divmod(key, max(1, len(names)))
        total = np.bincount(of, rate, len(key)).astype(np.float64)
        return cls(names, frozen(source), frozen(target), frozen(total))

    @property
    def n_pairs(self) -> int:
        """Number of pairs."""
        return len(self.rate)

    @property
    def total(self) -> float:
        """Sum of the rates, bit/s."""
        return float(self.rate.sum())

    def to_networkx(self) -> nx.DiGraph:
        """Return a directed graph of VM names with `rate` on its edges; VMs without traffic are in it too."""
        import networkx as nx

        names = list(self.vm_names)
        graph = nx.DiGraph()
        graph.add_nodes_from(names)
        columns = zip(self.source.tolist(), self.target.tolist(), self.rate.tolist(), strict=True)
        graph.add_weighted_edges_from(((names[a], names[b], bits) for a, b, bits in columns), weight="rate")
        return graph

    def require_of(self, instance: Instance) -> None:
        """Refuse an instance with other VMs than those whose traffic this is.

        Raises
        ------
        NetworkError
        """
        same = self.vm_names is instance.vm_names or self.vm_names == instance.vm_names
        if not same:
            raise NetworkError(
                f"the traffic is between {len(self.vm_names):,} VMs that are not the {instance.n_vms:,} of the "
                "instance, by name and order: make it with Traffic.from_...(instance, ...)."
            )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Traffic):
            return NotImplemented
        same = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in ("source", "target", "rate"))
        return same and self.vm_names == other.vm_names

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Traffic({count(self.n_pairs, 'pair')} among {count(len(self.vm_names), 'VM')}, {self.total:.4g} bit/s)"


def require_traffic(traffic: object) -> Traffic:
    """Return `traffic`, or say clearly that it is something else."""
    give = "Traffic, as Traffic.from_arrays, from_edges, from_networkx and vmopt.io.read_traffic make it"
    return of_kind(traffic, Traffic, "traffic", give, NetworkError)


def names_of(vms: VMs) -> Names:
    """Names of the VMs whose traffic it is."""
    if isinstance(vms, Instance):
        return vms.vm_names
    if isinstance(vms, Names):
        return vms
    given = listed(vms, "vms", NetworkError, "an Instance, or a list of names of VMs")
    try:
        return Names.given(given, len(given), "VM")
    except InstanceError as error:
        raise NetworkError(f"vms, whose traffic it is: {error}") from None


def _positions(names: Names, given: Sequence[str], what: str) -> IntArray:
    known = names.index_of
    given = listed(given, what, NetworkError, "a list of VM names")
    found = np.array([known.get(name, -1) if isinstance(name, str) else -1 for name in given], dtype=np.int64)
    if (found < 0).any():
        name = given[int(np.argmax(found < 0))]
        raise NetworkError(f"the traffic names VM {name!r}, which is unknown: correct it, or leave its pairs out.")
    return found
