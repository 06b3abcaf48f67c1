"""The Alibaba GPU cluster trace of 2023: a production cluster, its pods and its nodes.

Weng et al., Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation Gradient Descent, USENIX ATC
2023; https://github.com/alibaba/clusterdata, folder cluster-trace-gpu-v2023.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from vmopt import checks
from vmopt.errors import InstanceError, OptionError
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import PathLike
from vmopt.model.amounts import as_column, as_table
from vmopt.model.instance import Instance
from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.model.rule import Rule
from vmopt.rules.fence import Fence
from vmopt.rules.inside import Inside

RESOURCES = ("cpu_milli", "memory_mib", "gpu_milli")
KIND, MILLI = "gpu", "gpu_milli"
GPU = 1000
"""Milli-GPUs of one GPU."""
QOS_PRIORITY = {"LS": 3.0, "Guaranteed": 3.0, "Burstable": 2.0, "BE": 1.0, "": 1.0}


def read_alibaba_gpu(
    nodes: PathLike,
    pods: PathLike,
    *,
    priorities: Mapping[str, float] | Sequence[float] | None = None,
    gpus: Literal["sum", "parts"] = "sum",
) -> Instance:
    r"""Read a list of nodes and a list of pods: nodes are hosts, pods are containers.

    Resources are cpu in millicores, memory in MiB, gpu in thousandths of a GPU; a pod asks for ``num_gpu * gpu_milli``,
    a node has 1000 for each of its GPUs. By default the GPUs of a node count as one amount (three pods of 0.6 fit on
    two), and ``gpu_spec``, the GPU models that a pod accepts, is not heeded. With ``gpus="parts"`` each GPU is a part
    of its node, a pod asks for ``num_gpu`` different ones and ``gpu_milli`` of each, and runs on the models that it
    accepts: see `vmopt.Inside` and `vmopt.Fence`. Both models are kept as labels.

    Parameters
    ----------
    nodes, pods : path
        ``openb_node_list_*.csv`` and ``openb_pod_list_*.csv``, plain or gzip.
    priorities : mapping of str to float, or sequence of float, optional
        Priority by QoS class, or one for each pod. Default: LS and Guaranteed 3, Burstable 2, BE 1, and 1 for all pods
        in a list without QoS.
    gpus : {"sum", "parts"}
        What GPUs are: one amount of their node, or parts of it.

    Raises
    ------
    FileError
        If a file cannot be read or does not follow the format; file, line and column are named.
    OptionError
        If `priorities` names a QoS class that does not occur, or `gpus` is neither.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     nodes, pods = Path(directory, "nodes.csv"), Path(directory, "pods.csv")
    ...     _ = nodes.write_text("sn,cpu_milli,memory_mib,gpu,model\nn1,32000,262144,2,T4\n")
    ...     _ = pods.write_text("name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos\np1,6000,12288,1,460,LS\n")
    ...     cluster = read_alibaba_gpu(nodes, pods)
    >>> cluster.demand.tolist(), cluster.capacity.tolist(), cluster.priority.tolist()
    ([[6000, 12288, 460]], [[32000, 262144, 2000]], [3.0])
    """
    return cluster_of(CsvTable(nodes), CsvTable(pods), priorities, gpus)


def cluster_of(
    hosts: CsvTable,
    vms: CsvTable,
    priorities: Mapping[str, float] | Sequence[float] | None,
    gpus: Literal["sum", "parts"],
) -> Instance:
    """Make the instance of `read_alibaba_gpu` from its tables."""
    if not isinstance(gpus, str) or gpus not in ("sum", "parts"):
        given = checks.shown(gpus)
        raise OptionError(f"gpus is {given}: use 'sum', one amount of a node, or 'parts', each GPU by itself.")
    hosts.require(("sn", "cpu_milli", "memory_mib", "gpu"))
    vms.require(("name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"))
    n_pods = len(vms.columns["name"])
    priority = _priorities(vms, priorities)
    try:
        return Instance.from_arrays(
            as_table([*_cpu_and_memory(vms), _times(vms.numbers("num_gpu"), vms.numbers("gpu_milli"))]),
            as_table([*_cpu_and_memory(hosts), _times(hosts.numbers("gpu"), np.full(len(hosts.columns["sn"]), GPU))]),
            priority=priority,
            resources=RESOURCES,
            vm_names=vms.columns["name"],
            host_names=hosts.columns["sn"],
            is_container=np.ones(n_pods, dtype=bool),
            vm_labels=_labels(vms, {"qos": "qos", "gpu_spec": "gpu_spec"}, n_pods),
            host_labels=_labels(hosts, {"model": "gpu_model"}, len(hosts.columns["sn"])),
            rules=[*_inside(hosts, vms), *_fences(hosts, vms)] if gpus == "parts" else (),
        )
    except InstanceError as error:
        raise InstanceError(f"{hosts.path} and {vms.path}: {error}") from None


def _cpu_and_memory(table: CsvTable) -> tuple[Any, Any]:
    return table.numbers("cpu_milli"), table.numbers("memory_mib")


def _times(count: Any, each: Any) -> Any:
    return as_column([a * b for a, b in zip(count.tolist(), each.tolist(), strict=True)])


def _inside(hosts: CsvTable, vms: CsvTable) -> list[Rule]:
    """GPUs as parts of nodes, and how many of them a pod asks for; nothing where no pod asks for any, or none is."""
    cards = hosts.numbers("gpu").tolist()
    asked = list(zip(vms.numbers("num_gpu").tolist(), vms.numbers("gpu_milli").tolist(), strict=True))
    different = [one for one in dict.fromkeys(asked) if all(one)]
    pieces = {f"{n} x {milli}": OneOf([Pieces(KIND, n, {MILLI: milli})]) for n, milli in different}
    parts = {f"{n} GPUs": {KIND: (Part({MILLI: GPU}),) * n} for n in dict.fromkeys(cards) if n}
    of_vm = [f"{n} x {milli}" if n and milli else None for n, milli in asked]
    return [Inside(of_vm, pieces, [f"{n} GPUs" if n else None for n in cards], parts)] if pieces and parts else []


def _fences(hosts: CsvTable, vms: CsvTable) -> list[Rule]:
    """Pods on the GPU models that they accept, a rule for each list of these; pods without a list run anywhere."""
    specs, models = vms.columns.get("gpu_spec", ()), hosts.columns.get("model", [""] * len(hosts.columns["sn"]))
    return [
        Fence(np.array([one == spec for one in specs]), np.array([model in spec.split("|") for model in models]))
        for spec in dict.fromkeys(specs)
        if spec
    ]


def _priorities(vms: CsvTable, given: Mapping[str, float] | Sequence[float] | None) -> Any:
    if given is not None and not isinstance(given, Mapping):
        return given
    if "qos" not in vms.columns:
        if given is not None:
            raise OptionError(f"priorities by QoS class are given, but {vms.path} has no column qos: leave them out.")
        return None
    present = set(vms.columns["qos"])
    for qos in given or ():
        if qos not in present | QOS_PRIORITY.keys():
            raise OptionError(f"priorities names QoS class {qos!r}, but those of {vms.path} are {sorted(present)}.")
    priority = {**QOS_PRIORITY, **(given or {})}
    return [priority[qos] for qos in vms.one_of("qos", priority)]


def _labels(table: CsvTable, keys: dict[str, str], count: int) -> list[dict[str, str]]:
    """Return the labels of each row: cells that are not empty, by the name that they shall have."""
    columns = {label: table.columns[name] for name, label in keys.items() if name in table.columns}
    return [{label: cells[i] for label, cells in columns.items() if cells[i]} for i in range(count)]
