"""Machine reassignment problems of the Google ROADEF/EURO Challenge 2012.

https://www.roadef.org/challenge/2012/en/
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.io.files import PathLike
from vmopt.io.number_stream import NumberStream
from vmopt.model.instance import Instance


def read_roadef(model_path: PathLike) -> Instance:
    """Read a ``model_*.txt`` file: machines are hosts, processes are VMs.

    Kept are capacities and requirements, and as labels the location and neighbourhood of a machine and the service of a
    process. Left out are the costs (safety capacities, balance, moves), that some resources are transient, and what the
    challenge demands of services (conflict, spread, dependency).

    Raises
    ------
    FileError
        If the file cannot be read or does not follow the format.
    """
    stream = NumberStream.of(model_path)
    n_resources = stream.count("number of resources")
    stream.integers(2 * n_resources, "resources")
    machines = _read_machines(stream, n_resources)
    n_services = stream.count("number of services")
    for _ in range(n_services):
        stream.integers(1, "spread of a service")
        stream.integers(stream.count("number of dependencies", least=0), "dependencies")
    processes = stream.integers((n := stream.count("number of processes")) * (n_resources + 2), "processes")
    processes = processes.reshape(n, n_resources + 2)
    stream.integers(stream.count("number of balance costs", least=0) * 4, "balance costs")
    stream.integers(3, "cost weights")
    stream.finish()
    return _instance(machines, processes, n_resources, model_path)


def _read_machines(stream: NumberStream, n_resources: int) -> IntArray:
    """Take the machines: neighbourhood, location, capacities (safety capacities and move costs are skipped)."""
    count = stream.count("number of machines")
    width = 2 + 2 * n_resources + count
    table = stream.integers(count * width, "machines").reshape(count, width)
    return table[:, : 2 + n_resources]


def _instance(machines: IntArray, processes: IntArray, n_resources: int, path: Any) -> Instance:
    kinds = ("neighborhood", "location")
    host_labels = [dict(zip(kinds, map(str, row), strict=True)) for row in machines[:, :2].tolist()]
    vm_labels = [{"service": str(service)} for service in processes[:, 0].tolist()]
    try:
        return Instance.from_arrays(
            np.ascontiguousarray(processes[:, 1 : 1 + n_resources]),
            np.ascontiguousarray(machines[:, 2:]),
            vm_labels=vm_labels,
            host_labels=host_labels,
        )
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None
