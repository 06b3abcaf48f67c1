"""Cloud balancing, the example problem of OptaPlanner: computers with a cost, processes to run on them.

https://github.com/apache/incubator-kie-optaplanner, folder optaplanner-examples/data/cloudbalancing (Apache-2.0).
"""

from __future__ import annotations

from typing import Any

from vmopt.errors import FileError, InstanceError
from vmopt.io.files import PathLike
from vmopt.io.json_file import Fields, load_object, shown
from vmopt.model.amounts import as_column, as_table
from vmopt.model.instance import Instance

RESOURCES = ("cpu", "memory", "network")
OFFERED = ("cpuPower", "memory", "networkBandwidth")
ASKED = ("requiredCpuPower", "requiredMemory", "requiredNetworkBandwidth")
Labels = dict[str, str]


def read_cloud_balancing(path: PathLike) -> Instance:
    """Read a problem: computers are hosts, processes are VMs.

    Resources are cpu (GHz), memory (GB) and network (GB per hour). The original goal, to run everything at the least
    cost of the computers in use, is left out: the ``cost`` of a computer is kept as a label, and so is the ``computer``
    of a process in a file that holds a solution.

    Parameters
    ----------
    path : path
        JSON, plain or gzip.

    Raises
    ------
    FileError
        If the file cannot be read or does not follow the format; the computer or process is named.
    InstanceError
        If two computers or two processes have the same id.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> computer = '{"id": 0, "cpuPower": 24, "memory": 96, "networkBandwidth": 16, "cost": 4800}'
    >>> process = '{"id": 0, "requiredCpuPower": 1, "requiredMemory": 2, "requiredNetworkBandwidth": 3}'
    >>> with TemporaryDirectory() as directory:
    ...     path = Path(directory, "1computers-1processes.json")
    ...     _ = path.write_text(f'{{"computerList": [{computer}], "processList": [{process}]}}')
    ...     cluster = read_cloud_balancing(path)
    >>> cluster.demand.tolist(), cluster.capacity.tolist(), cluster.host(0).labels
    ([[1, 2, 3]], [[24, 96, 16]], {'cost': '4800'})
    """
    document = load_object(path)
    computers = _read_list(document, "computerList", OFFERED, {"cost": (int, float)})
    processes = _read_list(document, "processList", ASKED, {"computer": (int, type(None))})
    for left_out in ("id", "score"):
        document.take(left_out, int, str, type(None), default=None)
    document.finish()
    try:
        return Instance.from_arrays(
            processes[1],
            computers[1],
            resources=RESOURCES,
            vm_names=[f"process-{number}" for number in processes[0]],
            host_names=[f"computer-{number}" for number in computers[0]],
            vm_labels=processes[2],
            host_labels=computers[2],
        )
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None


def _read_list(
    document: Fields, key: str, amounts: tuple[str, ...], labels: dict[str, tuple[type, ...]]
) -> tuple[list[int], Any, list[Labels]]:
    """Read the ids, the amounts as a table (n_rows, n_resources), and the labels of a list of objects."""
    rows = document.take(key, list)
    if not rows:
        raise FileError(f"{document.where}: {key} is empty: there is nothing to place.")
    ids: list[int] = []
    columns: list[list[Any]] = [[] for _ in amounts]
    kept: list[Labels] = []
    for position, row in enumerate(rows):
        fields = Fields(row, f"{document.where}, {key}[{position}]")
        ids.append(fields.take("id", int))
        for column, name in zip(columns, amounts, strict=True):
            column.append(_amount(fields, name))
        given = {name: fields.take(name, *kinds, default=None) for name, kinds in labels.items()}
        kept.append({name: str(value) for name, value in given.items() if value is not None})
        fields.finish()
    return ids, as_table([as_column(column) for column in columns]), kept


def _amount(fields: Fields, name: str) -> int | float:
    amount: int | float = fields.take(name, int, float)
    if amount < 0:
        raise FileError(f"{fields.where}: {name} is {shown(amount)}: give a number of at least 0.")
    return amount
