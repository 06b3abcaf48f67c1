"""The latency of an objective as JSON: network, traffic and weight, within the instance."""

from __future__ import annotations

from typing import Any

from vmopt.errors import FileError
from vmopt.io.json_file import Fields
from vmopt.io.network_file import COLUMNS as LINK_COLUMNS
from vmopt.io.network_file import network_columns, network_of
from vmopt.io.traffic_file import COLUMNS as PAIR_COLUMNS
from vmopt.io.traffic_file import traffic_columns
from vmopt.model.goal import PlacementGoal
from vmopt.model.names import Names
from vmopt.network.latency import Latency
from vmopt.network.traffic import Traffic


def latency_document(latency: PlacementGoal) -> dict[str, Any]:
    """What a file holds of it: the network as its own files have it, and the pairs of VMs by name."""
    assert isinstance(latency, Latency)
    return {
        "weight": latency.weight,
        "network": network_columns(latency.network),
        "pairs": traffic_columns(latency.traffic),
    }


def read_latency(given: dict[str, Any], where: str, vms: Names) -> Latency:
    """Read it for an instance with these VMs.

    Raises
    ------
    FileError, InstanceError, NetworkError
        If it does not hold what it should, or speaks of other VMs.
    """
    fields = Fields(given, where)
    weight = fields.take("weight", int, float)
    network = Fields(fields.take("network", dict), f"{where}: network")
    pairs = _columns(fields.take("pairs", dict), f"{where}: pairs", PAIR_COLUMNS)
    fields.finish()
    nodes, is_host = network.take("nodes", list), network.take("is_host", list)
    links = _columns(network.take("links", dict), f"{where}: links", LINK_COLUMNS)
    network.finish()
    return Latency(
        network_of(where, nodes, is_host, links),
        Traffic.from_columns(vms, *(pairs[name] for name in PAIR_COLUMNS)),
        weight,
    )


def _columns(given: dict[str, Any], where: str, names: tuple[str, ...]) -> dict[str, list[Any]]:
    fields = Fields(given, where)
    columns: dict[str, list[Any]] = {name: fields.take(name, list) for name in names}
    fields.finish()
    if len({len(column) for column in columns.values()}) > 1:
        raise FileError(f"{where}: the columns {', '.join(names)} differ in length: give each row one of each.")
    return columns
