"""NUMA nodes: nested providers of cpus and memory are parts of hosts, and flavors ask for pieces of them.

A server with NUMA nodes of its own (``hw:numa_nodes``) has each of them on another node of its host; pinned cpus
(``hw:cpu_policy``) and huge pages (``hw:mem_page_size``) give it one, unless it asks for more. Of any other server all
of a resource class comes from one provider, as Placement has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vmopt.errors import OptionError
from vmopt.model.parts import Pieces
from vmopt.platforms.openstack.flavors import NovaFlavor
from vmopt.platforms.openstack.hosts import OF_COMPUTE, Compute, numa_nodes_of
from vmopt.platforms.openstack.placement import Amounts, PlacementService
from vmopt.platforms.openstack.servers import Server
from vmopt.platforms.tally import FeatureTally, Outcome

NUMA = "numa"
PAGES = "hw:mem_page_size"
CELL = "hw:numa_"
"""What extra specs about single NUMA nodes of a server begin with."""


@dataclass(frozen=True)
class Cell:
    """A NUMA node of a server: shared cpus, pinned ones, MiB."""

    shared: int
    pinned: int
    memory: int

    @property
    def amounts(self) -> Amounts:
        """By resource class."""
        told = {"VCPU": self.shared, "PCPU": self.pinned, "MEMORY_MB": self.memory}
        return {kind: n for kind, n in told.items() if n}


def cells_of(flavor: NovaFlavor) -> list[Cell]:
    """Return the NUMA nodes that a flavor gives a server; none where it gives it none.

    Raises
    ------
    FileError
        If an extra spec makes no sense.

    Examples
    --------
    >>> cells_of(NovaFlavor("m1", 6, 4096, specs={"hw:numa_nodes": "2", "hw:cpu_policy": "dedicated"}))
    [Cell(shared=0, pinned=3, memory=2048), Cell(shared=0, pinned=3, memory=2048)]
    """
    count = min(flavor.spec_number("hw:numa_nodes") or int(flavor.pins or PAGES in flavor.specs), flavor.vcpus)
    pinned = flavor.pinned
    found = []
    for n in range(count):
        even = range(n * flavor.vcpus // count, (n + 1) * flavor.vcpus // count)
        cpus = flavor.cpus(f"{CELL}cpus.{n}") or set(even)
        memory = flavor.spec_number(f"{CELL}mem.{n}") or -(-flavor.ram // count)
        found.append(Cell(len(cpus - pinned), len(cpus & pinned), memory))
    return found


def state_nodes(
    computes: list[Compute], servers: list[Server], placement: PlacementService, tally: FeatureTally
) -> None:
    """Give hosts their NUMA nodes, and servers their pieces, where the data tell of any."""
    offered = set[str]()
    for compute in computes:
        nodes = numa_nodes_of(compute)
        if nodes:
            compute.found.parts = {NUMA: nodes}
            offered |= {kind for node in nodes for kind in node}
            how = "parts of their host: a server lands on them (Inside)"
            tally.add("NUMA nodes", "modelled", "nested providers", how, len(nodes))
    for server in servers if offered else ():
        server.guest.pieces = [_pieces(server, offered, placement)]
    _tell(servers, tally, known=bool(offered))


def check_overcommit(factors: Mapping[str, object]) -> None:
    """Refuse factors of pinned cpus, of which each server has its own.

    Raises
    ------
    OptionError
        If there are any.
    """
    if "PCPU" in factors:
        raise OptionError("overcommit names PCPU, but pinned cpus are never shared: name VCPU.")


def _pieces(server: Server, offered: set[str], placement: PlacementService) -> list[Pieces]:
    demand = {kind: n for kind, n in server.guest.demand.items() if kind in offered}
    if server.flavor is None:
        return list(_held(server, offered, placement)) or _by_class(demand)
    cells = cells_of(server.flavor)
    apart = {kind: n for kind, n in demand.items() if kind not in OF_COMPUTE} if cells else demand
    return [*_of_cells(cells, offered), *_by_class(apart)]


def _of_cells(cells: list[Cell], offered: set[str]) -> Iterator[Pieces]:
    """Yield a `Pieces` for the cells that are alike, of which each is on a node of its own."""
    for cell, count in Counter(cells).items():
        each = {kind: n for kind, n in cell.amounts.items() if kind in offered}
        if each:
            yield Pieces(NUMA, count, each)


def _by_class(demand: Amounts) -> list[Pieces]:
    return [Pieces(NUMA, 1, {kind: n}) for kind, n in demand.items()]


def _held(server: Server, offered: set[str], placement: PlacementService) -> Iterator[Pieces]:
    """Yield what a consumer holds of single providers."""
    for amounts in placement.held.get(server.uuid, {}).values():
        each = {kind: n for kind, n in amounts.items() if kind in offered}
        if each:
            yield Pieces(NUMA, 1, each)


def _tell(servers: list[Server], tally: FeatureTally, *, known: bool) -> None:
    """Say what became of extra specs about cpus and memory."""
    outcome: Outcome = "modelled" if known else "left out"
    untold = "no NUMA nodes of hosts are in the data: Placement tells them as nested providers"
    for flavor in (server.flavor for server in servers if server.flavor is not None):
        cells = cells_of(flavor)
        if not cells:
            continue
        how = "each NUMA node of a server on another of its host (Inside)" if known else untold
        tally.add("hw:numa_nodes", outcome, "servers", how, "hw:numa_nodes" in flavor.specs)
        spread = ", on as many NUMA nodes as they ask for" if known else " where hosts have any"
        how = f"pinned cpus count as PCPU{spread}"
        tally.add("hw:cpu_policy", "modelled" if known else "approximated", "servers", how, bool(flavor.pins))
        how = "NUMA nodes that differ from each other may land on one of the host" if known else untold
        tally.add(f"{CELL}cpus, {CELL}mem", "approximated", "servers", how, len(set(cells)) > 1)
        how = "they keep to NUMA nodes; how much memory of a host is in pages of that size is not told"
        tally.add(PAGES, "approximated" if known else "left out", "servers", how, PAGES in flavor.specs)
