"""Machine reassignment problems of the Google ROADEF/EURO Challenge 2012.

https://www.roadef.org/challenge/2012/en/
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.io.files import PathLike
from vmopt.io.number_stream import NumberStream
from vmopt.io.roadef_rules import LOCATION, NEIGHBORHOOD, roadef_rules
from vmopt.model.instance import Instance
from vmopt.rules import BaseRule


def read_roadef(model_path: PathLike, *, rules: bool = True) -> Instance:
    """Read a ``model_*.txt`` file: machines are hosts, processes are VMs, services are under rules.

    Kept are capacities and requirements, as labels the location and neighbourhood of a machine and the service of a
    process, and what services demand. Processes of a service never share a machine (conflict, `vmopt.Spread`), use a
    least number of locations (spread, `vmopt.Reach`), and run in neighbourhoods of the services that theirs depends on
    (dependency, `vmopt.Near`). Left out are the costs (safety capacities, balance, moves), and that some resources are
    transient.

    Parameters
    ----------
    model_path : path
    rules : bool
        Whether conflict, spread and dependency are kept; with False nothing is demanded beyond capacity.

    Raises
    ------
    FileError
        If the file cannot be read or does not follow the format.
    InstanceError
        If it speaks of services that it does not list, or amounts are negative.
    """
    stream = NumberStream.of(model_path)
    n_resources = stream.count("number of resources")
    stream.integers(2 * n_resources, "resources")
    machines = _read_machines(stream, n_resources)
    spread, needs = _read_services(stream)
    processes = stream.integers((n := stream.count("number of processes")) * (n_resources + 2), "processes")
    processes = processes.reshape(n, n_resources + 2)
    stream.integers(stream.count("number of balance costs", least=0) * 4, "balance costs")
    stream.integers(3, "cost weights")
    stream.finish()
    try:
        stated = roadef_rules(processes[:, 0], spread, needs, len(machines)) if rules else []
        return _instance(machines, processes, n_resources, stated)
    except InstanceError as error:
        raise InstanceError(f"{model_path}: {error}") from None


def _read_services(stream: NumberStream) -> tuple[IntArray, list[tuple[int, int]]]:
    """Take the services: how many locations each uses at least, and pairs of one and another that it depends on."""
    spread, needs = [], []
    for service in range(stream.count("number of services")):
        spread.append(int(stream.integers(1, "spread of a service")[0]))
        others = stream.integers(stream.count("number of dependencies", least=0), "dependencies")
        needs += [(service, other) for other in others.tolist()]
    return np.array(spread, dtype=np.int64), needs


def _read_machines(stream: NumberStream, n_resources: int) -> IntArray:
    """Take the machines: neighbourhood, location, capacities (safety capacities and move costs are skipped)."""
    count = stream.count("number of machines")
    width = 2 + 2 * n_resources + count
    table = stream.integers(count * width, "machines").reshape(count, width)
    return table[:, : 2 + n_resources]


def _instance(machines: IntArray, processes: IntArray, n_resources: int, rules: list[BaseRule]) -> Instance:
    kinds = (NEIGHBORHOOD, LOCATION)
    host_labels = [dict(zip(kinds, map(str, row), strict=True)) for row in machines[:, :2].tolist()]
    vm_labels = [{"service": str(service)} for service in processes[:, 0].tolist()]
    return Instance.from_arrays(
        np.ascontiguousarray(processes[:, 1 : 1 + n_resources]),
        np.ascontiguousarray(machines[:, 2:]),
        vm_labels=vm_labels,
        host_labels=host_labels,
        rules=rules,
    )
