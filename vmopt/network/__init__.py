"""What a placement means for traffic between VMs, and placements that keep talkative VMs close.

>>> import vmopt
>>> from vmopt import network
>>> cluster = vmopt.generate("flavor", hosts=8, vms=60, seed=1)
>>> links = network.leaf_spine(cluster, hosts_per_rack=4)
>>> traffic = network.generate_traffic(cluster, seed=1)
>>> solution = vmopt.solve(cluster, method="greedy-priority")
>>> closer = network.localise(solution, links, traffic, time_limit=5)
>>> closer.objective == solution.objective and closer.bound == solution.bound
True
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from vmopt.network.builders import fat_tree, from_networkx, leaf_spine, star
from vmopt.network.generate import generate_traffic
from vmopt.network.latency import Latency
from vmopt.network.network import Network
from vmopt.network.traffic import Traffic

__all__ = [
    "Latency",
    "Network",
    "Traffic",
    "concurrent_flow",
    "fat_tree",
    "from_networkx",
    "generate_traffic",
    "leaf_spine",
    "localise",
    "star",
]

_HOMES = {
    "concurrent_flow": "vmopt.indicators.flow",
    "localise": "vmopt.methods.locality.localise",
}
"""What works on solutions or asks a backend lives above this package, and is loaded when it is first used."""


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'vmopt.network' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
