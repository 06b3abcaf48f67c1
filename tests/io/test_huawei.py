"""Servers and VM requests of Huawei Cloud: small files of our own, and the published ones where they are here."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.io.data import published
from vmopt.errors import FileError, OptionError
from vmopt.io import read, read_huawei, write
from vmopt.model.instance import Instance
from vmopt.model.parts import OneOf
from vmopt.rules import Apart, Gather, Spread
from vmopt.verify import verify

SERVERS = "CPU1,RAM1,CPU2,RAM2\n16,32,32,64\n34,68,36,72\n"
REQUESTS = """flavor_vcpus,flavor_ram,numa,strategy,group,domain
8,16,1,fault_domain,0,1
32,64,2,anti-affinity,3,
4,32,1,affinity,0,
1,2,1,,,
"""


RULED_SERVERS = "CPU1,RAM1,CPU2,RAM2\n" + "9,9,9,9\n" * 4
RULED = """flavor_vcpus,flavor_ram,numa,strategy,group,domain
1,1,1,affinity,4,
1,1,1,affinity,4,
1,1,1,anti-affinity,4,
1,1,1,anti-affinity,4,
1,1,1,fault_domain,4,0
1,1,1,fault_domain,4,0
1,1,1,fault_domain,4,1
1,1,1,fault_domain,4,2
1,1,1,fault_domain,5,2
1,1,1,,,
"""
TOPOLOGY = "host_id,rack_id\na,0\nb,0\nc,1\nd,2\ne,2\n"


def read_text(directory: Path, servers: str = SERVERS, requests: str = REQUESTS) -> Instance:
    (directory / "pm.csv").write_text(servers)
    (directory / "vm.csv").write_text(requests)
    return read_huawei(directory / "pm.csv", directory / "vm.csv")


def test_servers_and_requests(tmp_path: Path) -> None:
    """Tests that hosts offer both NUMA nodes together, and that nodes, strategy, group and domain are kept."""
    instance = read_text(tmp_path)
    assert instance.resources == ("cpu", "ram")
    assert instance.capacity.tolist() == [[48, 96], [70, 140]]
    assert instance.demand.tolist() == [[8, 16], [32, 64], [4, 32], [1, 2]]
    assert instance.vm(0).labels == {"numa": "1", "strategy": "fault_domain", "group": "0", "domain": "1"}
    assert instance.vm(1).labels == {"numa": "2", "strategy": "anti-affinity", "group": "3"}
    assert instance.vm(3).labels == {"numa": "1"}
    assert instance.host(1).labels == {"CPU1": "34", "RAM1": "68", "CPU2": "36", "RAM2": "72"}


def test_fractions_stay_exact(tmp_path: Path) -> None:
    """Tests that decimals become integers without loss, in both files alike."""
    instance = read_text(tmp_path, servers="CPU1,RAM1,CPU2,RAM2\n1.5,32,2.25,64\n", requests=REQUESTS)
    assert (instance.capacity / instance.scale).tolist() == [[3.75, 96]]
    assert (instance.demand / instance.scale).tolist() == [[8, 16], [32, 64], [4, 32], [1, 2]]


@pytest.mark.parametrize(
    ("servers", "requests", "why"),
    [
        (SERVERS.replace("CPU2", "CPU"), REQUESTS, r"pm\.csv, line 1: there is no column 'CPU2'"),
        (SERVERS, REQUESTS.replace("numa", "nodes"), r"vm\.csv, line 1: there is no column 'numa'"),
        (SERVERS.replace("34", "many"), REQUESTS, r"pm\.csv, line 3, column 'CPU1': 'many' is not a number"),
        (SERVERS.replace("36", "-36"), REQUESTS, r"pm\.csv, line 3, column 'CPU2': -36 is not a finite number of at"),
        (SERVERS, REQUESTS.replace("4,32,1", "4,32,3"), r"vm\.csv, line 4, column 'numa': '3' is unknown: use 1, 2"),
        (SERVERS, REQUESTS.replace("anti-", "no-"), r"vm\.csv, line 3, column 'strategy': 'no-affinity' is unknown"),
        (SERVERS, REQUESTS.replace("y,3", "y,"), r"vm\.csv, line 3, column 'group': it is empty, .* name the group"),
        (SERVERS, REQUESTS.replace("0,1", "0,"), r"vm\.csv, line 2, column 'domain': it is empty, .* name the domain"),
        (SERVERS, REQUESTS.replace("1,,,", "1,,"), r"vm\.csv, line 5: 5 cells, but the header has 6"),
        (SERVERS, "flavor_vcpus,flavor_ram,numa,strategy,group,domain\n", r"vm\.csv has a header but no row below it"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, servers: str, requests: str, why: str) -> None:
    """Tests that what makes no sense gives one error with file, line and column."""
    with pytest.raises(FileError, match=why):
        read_text(tmp_path, servers, requests)


@pytest.mark.parametrize(("requests", "asked"), [("C1", [64_616, 164_748]), ("C2", [62_520, 170_704])])
def test_published_requests(tmp_path: Path, requests: str, asked: list[int]) -> None:
    """Tests counts and totals of the published files, and that nothing is lost through JSON."""
    servers = published("huawei_topology_vm", "PM_res.csv")
    instance = read_huawei(servers, published("huawei_topology_vm", f"VM_data_{requests}.csv"))
    assert (instance.n_vms, instance.n_hosts) == (4998, 1710)
    assert instance.total.tolist() == [141_856, 262_504]
    assert instance.demand.sum(axis=0).tolist() == asked
    write(instance, tmp_path / "huawei.json.gz")
    assert read(tmp_path / "huawei.json.gz") == instance


def ruled(directory: Path, *, racks: bool, rules: bool = True, topology: str = TOPOLOGY) -> Instance:
    (directory / "pm.csv").write_text(RULED_SERVERS)
    (directory / "vm.csv").write_text(RULED)
    (directory / "topology.csv").write_text(topology)
    return read_huawei(
        directory / "pm.csv",
        directory / "vm.csv",
        topology=directory / "topology.csv" if racks else None,
        rules=rules,
    )


def broken(instance: Instance, hosts: list[int]) -> list[str]:
    """Names of the rules that a placement breaks, once for each breach."""
    return [breach.rule.partition("(")[0] for breach in verify(instance, np.array(hosts))]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("hosts", "over_hosts", "over_racks"),
    [
        ([0, 0, 0, 1, 0, 0, 2, 3, 0, 0], [], []),
        ([0, 1, 0, 1, 0, 1, 2, 3, 0, 0], ["Gather"], []),
        ([0, 2, 0, 1, 0, 1, 2, 3, 0, 0], ["Gather"], ["Gather"]),
        ([0, 0, 0, 0, 0, 0, 2, 3, 0, 0], ["Spread"], ["Spread"]),
        ([0, 0, 0, 1, 0, 0, 1, 3, 0, 0], [], ["Apart"]),
        ([0, 0, 0, 1, 0, 0, 0, 3, 0, 0], ["Apart"], ["Apart"]),
        ([0, 0, 0, 1, 0, 0, 2, 2, 0, 0], ["Apart"], ["Apart"]),
    ],
)
def test_strategies_are_rules(tmp_path: Path, hosts: list[int], over_hosts: list[str], over_racks: list[str]) -> None:
    """Tests what each strategy forbids, over servers and over racks; groups of one number are others by strategy."""
    for racks, expected in ((False, over_hosts), (True, over_racks)):
        instance = ruled(tmp_path, racks=racks)
        assert broken(instance, hosts) == expected
        assert len(instance.rules) == 4


def test_racks_are_labels(tmp_path: Path) -> None:
    """Tests that servers get the racks of the first hosts of the topology, and that rules can be left out."""
    instance = ruled(tmp_path, racks=True)
    assert [labels["rack"] for labels in instance.host_labels or ()] == ["0", "0", "1", "2"]
    assert instance.without_rules == ruled(tmp_path, racks=True, rules=False) != instance
    assert "rack" not in ruled(tmp_path, racks=False).host(0).labels


@pytest.mark.parametrize(
    ("topology", "why"),
    [
        ("host_id,rack_id\na,0\n", r"topology\.csv lists 1 hosts for 4 servers: give one for each"),
        ("host_id,row\na,0\n", r"topology\.csv, line 1: there is no column 'rack_id'"),
        (TOPOLOGY.replace("c,1", "c,"), r"topology\.csv, line 4, column 'rack_id': it is empty: name the rack"),
    ],
)
def test_bad_topologies_are_refused(tmp_path: Path, topology: str, why: str) -> None:
    """Tests that a topology that is short, or lacks a rack, gives one error."""
    with pytest.raises(FileError, match=why):
        ruled(tmp_path, racks=True, topology=topology)


def test_groups_without_numbers(tmp_path: Path) -> None:
    """Tests that groups may have names."""
    requests = RULED.replace(",4,", ",four,")
    (tmp_path / "pm.csv").write_text(RULED_SERVERS)
    (tmp_path / "vm.csv").write_text(requests)
    instance = read_huawei(tmp_path / "pm.csv", tmp_path / "vm.csv")
    assert verify(instance, np.array([0, 0, 0, 1, 0, 0, 2, 3, 0, 0])) == ()
    assert set(broken(instance, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0])) == {"Gather", "Spread", "Apart"}


def test_published_strategies() -> None:
    """Tests that the published requests ask for nothing impossible over racks."""
    instance = read_huawei(
        published("huawei_topology_vm", "PM_res.csv"),
        published("huawei_topology_vm", "VM_data_C1.csv"),
        topology=published("huawei_topology_vm", "topology_provider.csv"),
    )
    assert [type(rule) for rule in instance.rules] == [Gather, Spread, Apart, Apart]
    assert [len(rule.group) for rule in instance.rules_in_force[:2]] == [74, 50]
    assert len({labels["rack"] for labels in instance.host_labels or ()}) == 100


def test_nodes_are_parts(tmp_path: Path) -> None:
    """Tests that VMs are on one node, or half on both, and that it makes no difference which node is the first."""
    read_text(tmp_path, SERVERS + "36,72,34,68\n")
    instance = read_huawei(tmp_path / "pm.csv", tmp_path / "vm.csv", numa="parts")
    assert instance.demand.tolist() == [[8, 16], [32, 64], [4, 32], [1, 2]]
    assert instance.host_classes.count.tolist() == [2, 1]
    nodes = instance.host(1).parts["numa"]
    assert nodes == instance.host(2).parts["numa"]
    assert [dict(node.capacity) for node in nodes] == [{"cpu": 36, "ram": 72}, {"cpu": 34, "ram": 68}]
    asked = [OneOf.of(instance.vm(n).pieces)[0][0] for n in range(4)]
    assert [(piece.count, dict(piece.each)) for piece in asked[:2]] == [
        (1, {"cpu": 8, "ram": 16}),
        (2, {"cpu": 16, "ram": 32}),
    ]


def test_a_vm_on_two_nodes_needs_both(tmp_path: Path) -> None:
    requests = "flavor_vcpus,flavor_ram,numa,strategy,group,domain\n" + "9,9,2,,,\n" + "9,9,1,,,\n"
    (tmp_path / "pm.csv").write_text("CPU1,RAM1,CPU2,RAM2\n4,99,20,99\n12,99,12,99\n")
    (tmp_path / "vm.csv").write_text(requests)
    instance = read_huawei(tmp_path / "pm.csv", tmp_path / "vm.csv", numa="parts")
    fits = {at for at in product((-1, 0, 1), repeat=2) if not verify(instance, np.array(at))}
    assert fits == {(-1, -1), (-1, 0), (-1, 1), (1, -1), (1, 0)}


def test_nodes_are_amounts_or_parts(tmp_path: Path) -> None:
    read_text(tmp_path)
    with pytest.raises(OptionError, match="numa is 'both'"):
        read_huawei(tmp_path / "pm.csv", tmp_path / "vm.csv", numa="both")  # type: ignore[arg-type]
