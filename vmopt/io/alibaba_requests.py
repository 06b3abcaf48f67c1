"""The Alibaba GPU cluster trace of 2023 as it happened: pods come, run and leave.

Weng et al., Beware of Fragmentation, USENIX ATC 2023; see `vmopt.io.alibaba_gpu` for what a pod asks for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from vmopt.errors import OptionError
from vmopt.io.alibaba_gpu import cluster_of
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import PathLike
from vmopt.model.instance import Instance
from vmopt.model.requests import Requests

SHORTEST = 1.0
"""Seconds; the clock of the trace ticks in seconds, and a pod that is gone within one ran for a part of it."""


def read_alibaba_requests(
    nodes: PathLike,
    pods: PathLike,
    *,
    hosts: int | None = None,
    priorities: Mapping[str, float] | Sequence[float] | None = None,
    gpus: Literal["sum", "parts"] = "sum",
) -> tuple[Instance, Requests]:
    r"""Read pods with the times at which they were created and deleted.

    A pod asks to run at its ``creation_time`` and stays for ``deletion_time - creation_time``, at least a second;
    without a ``deletion_time`` it stays until the end. (The durations are those of the real cluster, its own queue
    included.)

    Parameters
    ----------
    nodes, pods : path
        ``openb_node_list_*.csv`` and ``openb_pod_list_*.csv``, plain or gzip, of a pod list that has times.
    hosts : int, optional
        Take the first nodes only.
    priorities : mapping or sequence, optional
        As for `read_alibaba_gpu`.
    gpus : {"sum", "parts"}
        As for `read_alibaba_gpu`: with ``"parts"`` a pod keeps the GPUs that it starts on until it leaves.

    Returns
    -------
    hosts : Instance
        The nodes, and all pods as if they came at once.
    requests : Requests

    Raises
    ------
    FileError
        If a file cannot be read or does not follow the format; file, line and column are named.
    OptionError
        If `hosts` is not between 1 and the number of nodes.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos,creation_time,deletion_time"
    >>> with TemporaryDirectory() as directory:
    ...     nodes, pods = Path(directory, "nodes.csv"), Path(directory, "pods.csv")
    ...     _ = nodes.write_text("sn,cpu_milli,memory_mib,gpu,model\nn1,32000,262144,2,T4\n")
    ...     _ = pods.write_text(f"{header}\np1,6000,12288,1,460,LS,100,700\n")
    ...     _, requests = read_alibaba_requests(nodes, pods)
    >>> requests.arrival.tolist(), requests.duration.tolist()
    ([100.0], [600.0])
    """
    listed, times = CsvTable(nodes), CsvTable(pods)
    cluster = cluster_of(listed if hosts is None else _first(listed, hosts), times, priorities, gpus)
    times.require(("creation_time", "deletion_time"))
    created = np.asarray(times.numbers("creation_time"), dtype=np.float64)
    requests = Requests.from_arrays(
        created,
        cluster.as_columns()["demand"],
        duration=_durations(times, created),
        priority=cluster.priority,
        resources=cluster.resources,
        vm_names=tuple(cluster.vm_names),
        rules=cluster.rules,
    )
    return cluster, requests


def _durations(times: CsvTable, created: Any) -> Any:
    cells = times.columns["deletion_time"]
    deleted = np.asarray(times.numbers("deletion_time", empty="0"), dtype=np.float64)
    ends = np.array([bool(cell) for cell in cells])
    early = ends & (deleted < created)
    if early.any():
        times.fail(int(np.argmax(early)), "deletion_time", "it is before creation_time")
    return np.where(ends, np.maximum(deleted - created, SHORTEST), np.inf)


def _first(nodes: CsvTable, hosts: int) -> CsvTable:
    nodes.require(("sn",))
    there = len(nodes.columns["sn"])
    if isinstance(hosts, bool) or not isinstance(hosts, int) or not 1 <= hosts <= there:
        raise OptionError(f"hosts is {hosts!r}: give a number from 1 to {there}, the nodes in the list.")
    return nodes.first(hosts)
