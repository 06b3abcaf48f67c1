"""NUMA nodes of OpenStack: nested providers hold what servers ask of single nodes."""

from __future__ import annotations

import pytest

import vmopt
from tests.platforms.cloud import U, cloud, host, hypervisor, inventory, server
from vmopt.errors import FileError, OptionError
from vmopt.platforms.openstack.reader import from_documents

DISK = {"DISK_GB": inventory(500)}
TWO = {"hw:numa_nodes": "2"}
DEDICATED = {"hw:cpu_policy": "dedicated"}


def numa_host(number, cpus=8, memory=16384, nodes=2, kind="PCPU", ratio=1.0):
    """A host whose cpus and memory are in its NUMA nodes."""
    root = {**host(number), "inventories": DISK}
    inventories = {kind: inventory(cpus, ratio=ratio), "MEMORY_MB": inventory(memory)}
    below = [
        {
            "uuid": U.format(5000 + 10 * number + n),
            "name": f"node-{number}_numa_{n}",
            "generation": 1,
            "parent_provider_uuid": root["uuid"],
            "inventories": inventories,
        }
        for n in range(nodes)
    ]
    return [root, *below]


def asking(number, vcpus, ram, specs, on=None):
    """A server that waits for a host, or runs."""
    flavor = {"vcpus": vcpus, "ram": ram, "disk": 1, "ephemeral": 0, "swap": 0, "extra_specs": specs}
    made = server(number, on, status="BUILD" if on is None else "ACTIVE")
    return {**made, "flavor": {**flavor, "original_name": f"flavor-{number}"}}


def read(servers, hosts, **options):
    """Read a cloud of these hosts."""
    count = sum("parent_provider_uuid" not in one for one in hosts)
    told = cloud(servers, hosts, [hypervisor(n) for n in range(count)])
    return from_documents([("dump.json", told)], **options)


def placed(found):
    """Names of who runs when as much as possible does."""
    solution = vmopt.solve(found.instance, time_limit=10, threads=1, gap=0)
    assert not vmopt.verify(found.instance, solution)
    assert not vmopt.check_landings(found.instance, solution.host_index, solution.parts)
    return solution


def outcomes(found, name):
    """What became of a feature."""
    return [feature.outcome for feature in found.features if feature.name == name]


@pytest.mark.parametrize(
    ("specs", "vcpus", "runs"),
    [
        (DEDICATED, 8, True),
        (DEDICATED, 10, False),
        ({**DEDICATED, **TWO}, 10, True),
        ({**DEDICATED, "hw:numa_nodes": "3"}, 6, False),
        ({**DEDICATED, **TWO, "hw:numa_cpus.0": "0-8", "hw:numa_cpus.1": "9"}, 10, False),
    ],
)
def test_pinned_cpus_come_from_as_many_nodes_as_asked_for(specs, vcpus, runs):
    found = read([asking(1, vcpus, 1024, specs)], numa_host(0))
    assert (len(placed(found).placement) == 1) is runs


def test_nodes_of_a_server_are_different_nodes_of_its_host():
    found = read([asking(1, 4, 1024, {**DEDICATED, **TWO})], numa_host(0))
    (landing,) = placed(found).parts["vm-1"]
    assert (landing.kind, sorted(landing.parts)) == ("numa", [0, 1])
    assert outcomes(found, "hw:numa_nodes") == outcomes(found, "NUMA nodes") == ["modelled"]


@pytest.mark.parametrize(("ram", "runs"), [(16384, 2), (16385, 0), (9000, 2)])
def test_memory_comes_from_one_node(ram, runs):
    servers = [asking(n, 2, ram, DEDICATED) for n in (1, 2)]
    assert len(placed(read(servers, numa_host(0))).placement) == runs


def test_shared_cpus_count_by_their_ratio_and_pinned_ones_as_they_are():
    shared = [asking(n, 8, 256, TWO) for n in range(1, 5)]
    assert len(placed(read(shared, numa_host(0, kind="VCPU", ratio=2.0))).placement) == 4
    assert len(placed(read(shared, numa_host(0, kind="VCPU"), overcommit={"VCPU": 1.5})).placement) == 3
    pinned = [asking(n, 8, 256, {**TWO, **DEDICATED}) for n in range(1, 5)]
    assert len(placed(read(pinned, numa_host(0))).placement) == 2
    with pytest.raises(OptionError, match="PCPU, but pinned cpus are never shared"):
        read(pinned, numa_host(0), overcommit={"PCPU": 2})


def test_mixed_cpus_are_taken_of_both_classes():
    nodes = numa_host(0, cpus=2)
    for one in nodes[1:]:
        one["inventories"] = {**one["inventories"], "VCPU": inventory(4)}
    specs = {"hw:cpu_policy": "mixed", "hw:cpu_dedicated_mask": "0,4", **TWO}
    found = read([asking(n, 8, 1024, specs) for n in (1, 2)], nodes)
    assert found.instance.demand[:, found.instance.resources.index("PCPU")].tolist() == [2, 2]
    assert len(placed(found).placement) == 1


def test_huge_pages_keep_a_server_to_one_node_and_are_told():
    servers = [asking(1, 2, 20_000, {"hw:mem_page_size": "1GB"}), asking(2, 2, 20_000, {})]
    found = read(servers, numa_host(0, kind="VCPU"))
    assert not placed(found).placement
    assert outcomes(found, "hw:mem_page_size") == ["approximated"]


def test_threads_of_a_core_are_a_trait():
    hosts = [*numa_host(0), *numa_host(1)]
    hosts[0]["traits"] = ["HW_CPU_HYPERTHREADING"]
    require, isolate = ({**DEDICATED, "hw:cpu_thread_policy": policy} for policy in ("require", "isolate"))
    found = read([asking(1, 2, 512, require), asking(2, 2, 512, isolate)], hosts)
    assert dict(placed(found).placement) == {"vm-1": "node-0", "vm-2": "node-1"}


def test_what_runs_beyond_its_nodes_goes_on():
    found = read([asking(1, 10, 1024, DEDICATED, on=0), asking(2, 4, 1024, DEDICATED)], numa_host(0))
    assert "vm-1" in placed(found).placement
    assert outcomes(found, "parts that are exceeded now") == ["approximated"]


def test_hosts_without_nested_providers_are_not_looked_into():
    hosts = [*numa_host(0), host(1, PCPU=inventory(32))]
    found = read([asking(1, 20, 1024, DEDICATED)], hosts)
    assert dict(placed(found).placement) == {"vm-1": "node-1"}
    found = read([asking(1, 20, 1024, {**DEDICATED, **TWO})], [host(0, PCPU=inventory(32))])
    assert len(placed(found).placement) == 1
    assert outcomes(found, "hw:numa_nodes") == ["left out"]
    assert outcomes(found, "hw:cpu_policy") == ["approximated"]


@pytest.mark.parametrize("specs", [{"hw:numa_nodes": "two"}, {**TWO, "hw:numa_cpus.0": "a-b"}])
def test_extra_specs_that_make_no_sense_are_refused(specs):
    with pytest.raises(FileError, match="flavor flavor-1"):
        read([asking(1, 2, 512, specs)], numa_host(0))
