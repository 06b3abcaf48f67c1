"""Servers and VM requests of Huawei Cloud, a data set for topology-aware VM placement.

https://github.com/mdl1104/Dataset-for-topology-aware-VM-placement (CC0), its sheets saved as CSV.
"""

from __future__ import annotations

from typing import Any, Literal

from vmopt import checks
from vmopt.errors import FileError, InstanceError, OptionError
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import PathLike
from vmopt.io.huawei_numa import on_nodes
from vmopt.io.huawei_rules import RACK, huawei_rules
from vmopt.model.amounts import as_column, as_table
from vmopt.model.instance import Instance
from vmopt.rules import BaseRule

RESOURCES = ("cpu", "ram")
NUMA_COLUMNS = (("CPU1", "CPU2"), ("RAM1", "RAM2"))
SERVER_COLUMNS = ("CPU1", "RAM1", "CPU2", "RAM2")
REQUEST_COLUMNS = ("flavor_vcpus", "flavor_ram", "numa", "strategy", "group", "domain")
RULE_COLUMNS = ("numa", "strategy", "group", "domain")
STRATEGIES = {"": (), "affinity": ("group",), "anti-affinity": ("group",), "fault_domain": ("group", "domain")}
"""What a VM of each strategy has to name."""
TOPOLOGY_COLUMNS = ("rack_id",)


def read_huawei(
    servers: PathLike,
    requests: PathLike,
    *,
    topology: PathLike | None = None,
    rules: bool = True,
    numa: Literal["sum", "parts"] = "sum",
) -> Instance:
    r"""Read a list of servers and a list of VM requests: servers are hosts, strategies are rules.

    Resources are cpu in cores and ram in GB, over both NUMA nodes of a server summed. By default it does not matter how
    they are divided between the nodes, nor on how many nodes a VM runs. With ``numa="parts"`` each node is a part of
    its server, and a VM runs on one of them, or half on each: see `vmopt.Inside`. All columns are kept as labels.

    VMs of an anti-affinity group never share a server (`vmopt.Spread`). Affinity groups stay within one server
    (`vmopt.Gather`), and VMs of different fault domains of a group never share one (`vmopt.Apart`); with a topology,
    it is one rack in both. The data say neither, but no server is large enough for most of the affinity groups.

    Parameters
    ----------
    servers : path
        ``PM_res.csv``: what is available, ``CPU1, RAM1, CPU2, RAM2``; plain or gzip.
    requests : path
        ``VM_data_C*.csv``: ``flavor_vcpus, flavor_ram, numa`` (1 or 2 nodes), ``strategy`` (none, affinity,
        anti-affinity or fault_domain), ``group`` within the strategy, ``domain`` (index of the fault domain).
    topology : path, optional
        ``topology_provider.csv``: ``rack_id`` of each host, which becomes the label ``rack``. It lists more hosts than
        there are servers and does not tell which is which: they are taken in order.
    rules : bool
        Whether strategies become rules; with False nothing is demanded beyond capacity, and what nodes have.
    numa : {"sum", "parts"}
        What the NUMA nodes of a server are: one amount, or parts of it.

    Raises
    ------
    FileError
        If a file cannot be read or does not follow the format; file, line and column are named.
    OptionError
        If `numa` is neither.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as directory:
    ...     servers, requests = Path(directory, "PM_res.csv"), Path(directory, "VM_data.csv")
    ...     _ = servers.write_text("CPU1,RAM1,CPU2,RAM2\n16,32,32,64\n")
    ...     _ = requests.write_text("flavor_vcpus,flavor_ram,numa,strategy,group,domain\n8,16,2,affinity,7,\n")
    ...     cluster = read_huawei(servers, requests)
    >>> cluster.demand.tolist(), cluster.capacity.tolist()
    ([[8, 16]], [[48, 96]])
    >>> cluster.vm(0).labels
    {'numa': '2', 'strategy': 'affinity', 'group': '7'}
    >>> [str(rule) for rule in cluster.rules]
    ["Gather(groups=Groups(1 of 1), within='host')"]
    """
    if not isinstance(numa, str) or numa not in ("sum", "parts"):
        given = checks.shown(numa)
        raise OptionError(f"numa is {given}: use 'sum', one amount of a server, or 'parts', each node by itself.")
    hosts, vms = CsvTable(servers), CsvTable(requests)
    hosts.require(SERVER_COLUMNS)
    vms.require(REQUEST_COLUMNS)
    _check_rules(vms)
    demand = as_table([vms.numbers("flavor_vcpus"), vms.numbers("flavor_ram")])
    capacity = as_table([_sum(hosts, nodes) for nodes in NUMA_COLUMNS])
    host_labels = _labels(hosts, SERVER_COLUMNS)
    if topology is not None:
        _add_racks(host_labels, topology)
    stated = _rules(vms, "host" if topology is None else RACK) if rules else []
    if numa == "parts":
        stated = [*stated, _inside(hosts, vms)]
    try:
        return Instance.from_arrays(
            demand,
            capacity,
            resources=RESOURCES,
            vm_labels=_labels(vms, RULE_COLUMNS),
            host_labels=host_labels,
            rules=stated,
        )
    except InstanceError as error:
        raise InstanceError(f"{servers} and {requests}: {error}") from None


def _rules(vms: CsvTable, domains: str) -> list[BaseRule]:
    strategy, group, domain = (vms.columns[name] for name in ("strategy", "group", "domain"))
    return huawei_rules(strategy, group, domain, domains)


def _inside(hosts: CsvTable, vms: CsvTable) -> BaseRule:
    cpu, ram = (vms.numbers(name).tolist() for name in ("flavor_vcpus", "flavor_ram"))
    first, second = ([hosts.numbers(name[n]).tolist() for name in NUMA_COLUMNS] for n in (0, 1))
    return on_nodes(cpu, ram, vms.columns["numa"], first, second)


def _add_racks(host_labels: list[dict[str, str]], path: PathLike) -> None:
    """Label each server with the rack of the host in the same place of the topology."""
    topology = CsvTable(path)
    topology.require(TOPOLOGY_COLUMNS)
    racks = topology.columns["rack_id"]
    if len(racks) < len(host_labels):
        raise FileError(f"{path} lists {len(racks)} hosts for {len(host_labels)} servers: give one for each.")
    for row, labels in enumerate(host_labels):
        if not racks[row]:
            topology.fail(row, "rack_id", "it is empty: name the rack")
        labels[RACK] = racks[row]


def _sum(hosts: CsvTable, names: tuple[str, str]) -> Any:
    """Add up two columns as Python numbers, which do not overflow."""
    first, second = (hosts.numbers(name).tolist() for name in names)
    return as_column([a + b for a, b in zip(first, second, strict=True)])


def _check_rules(vms: CsvTable) -> None:
    """Refuse a request on other than 1 or 2 nodes, an unknown strategy, and one without its group or domain."""
    vms.one_of("numa", ("1", "2"))
    for row, strategy in enumerate(vms.one_of("strategy", STRATEGIES)):
        for name in STRATEGIES[strategy]:
            if not vms.columns[name][row]:
                vms.fail(row, name, f"it is empty, but the strategy is {strategy}: name the {name}")


def _labels(table: CsvTable, names: tuple[str, ...]) -> list[dict[str, str]]:
    """Return the cells of each row that are not empty, by the name of their column."""
    cells = zip(*(table.columns[name] for name in names), strict=True)
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell} for row in cells]
