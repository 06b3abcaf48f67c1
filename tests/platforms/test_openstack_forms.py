"""OpenStack in all its forms: of the APIs and of the command line, in one file and in many."""

from __future__ import annotations

import json
from hashlib import sha224

import pytest

import vmopt
from tests.platforms.cloud import U, cloud, host, hypervisor, inventory, server
from tests.platforms.test_openstack import column, features, read, solved
from vmopt.errors import FileError
from vmopt.platforms.openstack.reader import from_documents


def test_old_hypervisors_and_the_command_line():
    hypervisors = [
        {"ID": "1", "Hypervisor Hostname": "h1", "State": "up", "vCPUs": 8, "vCPUs Used": 3, "Memory MB": 9000},
        {"ID": "2", "Hypervisor Hostname": "h2", "State": "up", "vCPUs": 8, "vCPUs Used": 0, "Memory MB": 9000},
    ]
    servers = [{"ID": "u1", "Name": "web", "Status": "ACTIVE", "Host": "h1", "Flavor Name": "m1", "Image Name": "x"}]
    flavors = [{"ID": "9", "Name": "m1", "RAM": 1024, "Disk": 0, "Ephemeral": 0, "VCPUs": 2, "Properties": {}}]
    documents = [("h.json", hypervisors), ("s.json", servers), ("f.json", flavors)]
    instance = from_documents(documents).instance
    assert list(instance.vm_names) == ["web", "in use on h1"]
    assert column(instance, instance.demand, "VCPU") == [2, 1]
    assert column(instance, instance.capacity, "VCPU") == [8, 8]


def test_host_of_a_hash():
    hashed = sha224(b"p1compute-2").hexdigest()
    found = read(cloud([server(1, None, hostId=hashed)]))
    assert found.instance.current.tolist() == [2]


def test_files_are_told_apart_by_their_names(tmp_path):
    one = host(0)
    parts = {
        f"inventory-{one['uuid']}.json": {"inventories": one["inventories"], "resource_provider_generation": 1},
        "providers.json": {"resource_providers": [{"uuid": U.format(1000 + i), "name": f"node-{i}"} for i in range(2)]},
        "servers.json": {"servers": [server(1, None, "small", "BUILD")]},
    }
    for name, part in parts.items():
        (tmp_path / name).write_text(json.dumps(part))
    instance = vmopt.platforms.read_openstack(tmp_path).instance
    assert list(instance.host_names) == ["node-0"]


def test_no_capacity_is_said():
    with pytest.raises(FileError, match="no compute host with a capacity"):
        read({"hypervisors": [hypervisor(0)], "servers": [server(1, 0)]})


def test_running_servers_are_not_stopped_for_waiting_ones():
    hosts = [host(0, VCPU=inventory(8))]
    _, placement = solved(cloud([server(1, 0), server(2, None, "big", "BUILD")], hosts, [hypervisor(0)]))
    assert placement == {"vm-1": "node-0"}


def test_placement_of_the_command_line(tmp_path):
    rows = [{"resource_class": kind, **offer, "used": 0} for kind, offer in host(0)["inventories"].items()]
    held = {U.format(1): {"resources": {"VCPU": 2, "MEMORY_MB": 100}}}
    provider = {"uuid": U.format(1000), "name": "node-0", "generation": 4, "root_provider_uuid": U.format(1000)}
    parts = {
        "providers.json": [{**provider, "parent_provider_uuid": None}],
        f"inventory-{U.format(1000)}.json": rows,
        f"allocations-{U.format(1000)}.json": {**provider, "allocations": held},
        f"traits-{U.format(1000)}.json": [{"name": "CUSTOM_FAST"}],
        "servers.json": [{"ID": U.format(1), "Name": "web", "Status": "ACTIVE", "Host": "node-0", "Flavor": "m1 (1)"}],
        "groups.json": [{"ID": "g", "Name": "g", "Policy": "anti-affinity", "Members": f"{U.format(1)}, x"}],
        "aggregates.json": [{"ID": 1, "Name": "a", "Availability Zone": "north", "Hosts": ["node-0"]}],
    }
    for name, part in parts.items():
        (tmp_path / name).write_text(json.dumps(part))
    found = vmopt.platforms.read_openstack(tmp_path)
    instance = found.instance
    assert column(instance, instance.capacity, "VCPU") == [(16 - 2) * 4]
    assert column(instance, instance.demand, "VCPU") == [2]
    assert instance.host_labels[0]["zone"] == "north"
    assert not {"whose they are is not told", "nothing known of OpenStack"} & features(found).keys()


def test_what_nova_said_is_kept():
    fault = {"code": 500, "message": "No valid host was found."}
    found = read(cloud([server(1, 0), server(2, None, status="ERROR", fault=fault), server(3, None, status="ERROR")]))
    assert list(found.instance.vm_names) == ["vm-1", "vm-2"]
    assert found.messages == {"vm-2": "No valid host was found."}


def test_hypervisors_by_their_full_names():
    hypervisors = [{"Hypervisor Hostname": f"h{i}.example.org", "vCPUs": 4, "Memory MB": 4096} for i in range(2)]
    servers = [{"ID": "u1", "Name": "web", "Status": "ACTIVE", "Host": "h1", "Flavor": "m1"}]
    aggregates = [{"ID": 1, "Name": "a", "Availability Zone": "north", "Hosts": ["h0"]}]
    flavors = [{"ID": "9", "Name": "m1", "RAM": 1024, "Disk": 0, "VCPUs": 2}]
    lists = (hypervisors, servers, flavors, aggregates)
    instance = from_documents([(f"{i}.json", one) for i, one in enumerate(lists)]).instance
    assert instance.current.tolist() == [1]
    assert [labels["zone"] for labels in instance.host_labels] == ["north", "nova"]
