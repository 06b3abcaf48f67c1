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
from vmopt.io.roadef_goals import now_and_costs
from vmopt.io.roadef_rules import LOCATION, NEIGHBORHOOD, roadef_rules
from vmopt.model.instance import Instance
from vmopt.rules import BaseRule


def read_roadef(model_path: PathLike, assignment_path: PathLike | None = None, *, rules: bool = True) -> Instance:
    """Read a ``model_*.txt`` file: machines are hosts, processes are VMs, services are under rules.

    Kept are capacities and requirements, as labels the location and neighbourhood of a machine and the service of a
    process, and what services demand. Processes of a service never share a machine (conflict, `vmopt.Spread`), use a
    least number of locations (spread, `vmopt.Reach`), and run in neighbourhoods of the services that theirs depends on
    (dependency, `vmopt.Near`).

    With an ``assignment_*.txt`` file it is the whole problem: processes run now where it says, all have to run, moves
    need room at both ends in resources that are transient (`vmopt.rules.Transient`), and the objective is the cost of
    the challenge: loads above safety capacities, balance, and moves by process, service and machine. Without it the
    costs are left out.

    Parameters
    ----------
    model_path : path
    assignment_path : path, optional
        Where processes run now.
    rules : bool
        Whether conflict, spread and dependency are kept; with False nothing is demanded beyond capacity.

    Raises
    ------
    FileError
        If a file cannot be read or does not follow the format.
    InstanceError
        If it speaks of services or machines that it does not list, or amounts are negative.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import vmopt
    >>> model = "1 0 1  2  0 0 8 6 0 5  0 0 9 7 5 0  1 1 0  2  0 3 1  0 4 1  0  1 1 1"
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "model.txt").write_text(model)
    ...     cluster = vmopt.io.read_roadef(f"{folder}/model.txt")
    >>> cluster.demand.ravel().tolist(), cluster.capacity.ravel().tolist()
    ([3, 4], [8, 9])
    """
    stream = NumberStream.of(model_path)
    resources = stream.integers(2 * stream.count("number of resources"), "resources").reshape(-1, 2)
    machines = _read_machines(stream, len(resources))
    spread, needs = _read_services(stream)
    width = len(resources) + 2
    processes = stream.integers(stream.count("number of processes") * width, "processes").reshape(-1, width)
    balance = stream.integers(stream.count("number of balance costs", least=0) * 4, "balance costs").reshape(-1, 4)
    weights = stream.integers(3, "cost weights")
    stream.finish()
    try:
        stated = roadef_rules(processes[:, 0], spread, needs, len(machines)) if rules else []
        if assignment_path is None:
            return _instance(machines, processes, len(resources), stated)
        current = _read_assignment(assignment_path, len(processes), len(machines))
        now = now_and_costs(resources, machines, processes, balance, weights, current)
        return _instance(machines, processes, len(resources), [*stated, *now.pop("rules")], **now)
    except InstanceError as error:
        raise InstanceError(f"{model_path}: {error}") from None


def _read_assignment(path: PathLike, n_processes: int, n_machines: int) -> IntArray:
    """Take the machine of each process."""
    stream = NumberStream.of(path)
    current = stream.integers(n_processes, "machines of processes")
    stream.finish()
    wrong = current[(current < 0) | (current >= n_machines)]
    if wrong.size:
        raise InstanceError(f"{path} speaks of machine {wrong[0]}, but there are {n_machines}: number them from 0.")
    return current


def _read_services(stream: NumberStream) -> tuple[IntArray, list[tuple[int, int]]]:
    """Take the services: how many locations each uses at least, and pairs of one and another that it depends on."""
    spread, needs = [], []
    for service in range(stream.count("number of services")):
        spread.append(int(stream.integers(1, "spread of a service")[0]))
        others = stream.integers(stream.count("number of dependencies", least=0), "dependencies")
        needs += [(service, other) for other in others.tolist()]
    return np.array(spread, dtype=np.int64), needs


def _read_machines(stream: NumberStream, n_resources: int) -> IntArray:
    """Take the machines: neighbourhood, location, capacities, safety capacities, what moves to each other cost."""
    count = stream.count("number of machines")
    width = 2 + 2 * n_resources + count
    return stream.integers(count * width, "machines").reshape(count, width)


def _instance(machines: IntArray, processes: IntArray, n_resources: int, rules: list[BaseRule], **now: Any) -> Instance:
    kinds = (NEIGHBORHOOD, LOCATION)
    host_labels = [dict(zip(kinds, map(str, row), strict=True)) for row in machines[:, :2].tolist()]
    vm_labels = [{"service": str(service)} for service in processes[:, 0].tolist()]
    return Instance.from_arrays(
        np.ascontiguousarray(processes[:, 1 : 1 + n_resources]),
        np.ascontiguousarray(machines[:, 2 : 2 + n_resources]),
        vm_labels=vm_labels,
        host_labels=host_labels,
        rules=rules,
        **now,
    )
