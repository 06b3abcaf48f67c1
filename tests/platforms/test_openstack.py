"""OpenStack: amounts as summed here from the raw numbers, and rules by the placements that they leave."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest

import vmopt
from tests.platforms.cloud import FLAVORS, U, cloud, host, hypervisor, inventory, server
from vmopt.platforms.openstack.reader import from_documents


def read(document, name="dump.json"):
    return from_documents([(name, document)])


def solved(document):
    found = read(document)
    solution = vmopt.solve(found.instance, time_limit=10)
    assert vmopt.verify(found.instance, solution.placement) == ()
    return found, dict(solution.placement)


def features(found):
    return {feature.name: feature for feature in found.features}


def column(instance, table, kind):
    return [int(amount) for amount in table[:, instance.resources.index(kind)]]


def test_amounts_are_those_of_the_raw_numbers():
    hosts = [host(0), host(1, MEMORY_MB=inventory(5825, 512, 1.5)), host(2, VCPU=inventory(7, 1, 16.0))]
    flavors = ["big", "small", "pinned"]
    hosts[0]["inventories"]["PCPU"] = inventory(8)
    found = read(cloud([server(i, i, flavor) for i, flavor in enumerate(flavors)], hosts=hosts))
    for kind in ("VCPU", "MEMORY_MB", "DISK_GB"):
        raw = [one["inventories"][kind] for one in hosts]
        sums = [floor((one["total"] - one["reserved"]) * Fraction(str(one["allocation_ratio"]))) for one in raw]
        assert column(found.instance, found.instance.capacity, kind) == sums
    demand = found.instance.demand
    assert column(found.instance, demand, "VCPU") == [8, 1, 0]
    assert column(found.instance, demand, "PCPU") == [0, 0, 2]
    assert column(found.instance, demand, "MEMORY_MB") == [FLAVORS[flavor]["ram"] for flavor in flavors]
    assert column(found.instance, demand, "DISK_GB") == [FLAVORS[flavor]["disk"] for flavor in flavors]
    assert found.instance.current.tolist() == [0, 1, 2]


def test_what_placement_holds_counts_more_than_flavors():
    held = {U.format(1001): {"allocations": {U.format(1): {"resources": {"VCPU": 3, "MEMORY_MB": 700}}}}}
    found = read(cloud([server(1, 1)], allocations={U.format(1001): held[U.format(1001)]["allocations"]}))
    assert column(found.instance, found.instance.demand, "VCPU") == [3]
    assert column(found.instance, found.instance.demand, "MEMORY_MB") == [700]


def test_leftovers_and_migrations_keep_what_they_hold():
    held = {U.format(77): {"resources": {"VCPU": 5}}, U.format(1): {"resources": {"VCPU": 1}}}
    found = read(cloud([server(1, 0)], allocations={U.format(1000): held}))
    assert list(found.instance.vm_names) == ["vm-1", U.format(77)]
    assert column(found.instance, found.instance.demand, "VCPU") == [1, 5]
    assert any(rule.name == "keep" for rule in found.instance.rules)


@pytest.mark.parametrize(
    ("changes", "disk"),
    [({"image": ""}, 0), ({"image": {"id": "x"}}, 10), ({"image": None, "Image Name": "N/A (booted from volume)"}, 0)],
)
def test_disk_of_volumes_is_not_the_hosts(changes, disk):
    found = read(cloud([server(1, 0, **changes)]))
    kinds = found.instance.resources
    assert found.instance.demand[0, kinds.index("DISK_GB")] == disk


@pytest.mark.parametrize(
    ("group", "most", "n_hosts"),
    [
        ({"policy": "anti-affinity", "rules": {"max_server_per_host": 2}}, 2, {2}),
        ({"policies": ["anti-affinity"], "metadata": {}}, 1, {3}),
        ({"policy": "affinity", "rules": {}}, 3, {1}),
        ({"policy": "soft-affinity"}, 3, {1}),
        ({"policies": ["soft-anti-affinity"]}, 1, {3}),
    ],
)
def test_server_groups_of_both_generations(group, most, n_hosts):
    members = [U.format(i) for i in range(3)]
    together = "anti" not in str(group)
    servers = [server(i, i if together else 0) for i in range(3)]
    group = {"id": "g", "name": "g", "members": members, **group}
    found, placement = solved(cloud(servers, server_groups=[group]))
    on = list(placement.values())
    assert len(on) == 3
    assert max(map(on.count, on)) <= most
    assert len(set(on)) in n_hosts
    assert features(found)[f"policy {group.get('policy') or group['policies'][0]}"].outcome == "modelled"


def test_a_broken_group_stops_nobody():
    group = {"id": "g", "name": "g", "policy": "anti-affinity", "rules": {}, "members": [U.format(1), U.format(2)]}
    found, placement = solved(cloud([server(1, 0, locked=True), server(2, 0, locked=True)], server_groups=[group]))
    assert len(placement) == 2
    assert vmopt.verify(found.instance, {"vm-1": "node-0", "vm-2": "node-0"}) == ()
    _, mended = solved(cloud([server(1, 0), server(2, 0)], server_groups=[group]))
    assert len(set(mended.values())) == 2


def test_hosts_of_aggregates_take_so_many_servers():
    aggregates = [
        {"name": "few", "hosts": ["compute-0"], "metadata": {"max_instances_per_host": "2"}},
        {"name": "fewer", "hosts": ["compute-0", "compute-1"], "metadata": {"max_instances_per_host": "1"}},
        {"name": "many", "hosts": ["compute-2"], "metadata": {"max_instances_per_host": "many"}},
    ]
    given = cloud([server(1, 0), server(2, 0), server(3, None, status="BUILD")], n=2, aggregates=aggregates)
    found, placement = solved(given)
    assert sorted(placement.values()) == ["node-0", "node-0", "node-1"]
    assert found.instance.capacity[:, found.instance.resources.index("instances")].tolist() == [2, 1]
    assert found.instance.value.tolist()[0] == read(cloud([server(1, 0)], n=2)).instance.value.tolist()[0]
    assert "instances" not in read(cloud([server(1, 0)], n=2)).instance.resources


def test_extra_specs_without_a_scope_are_matched_where_aggregates_know_them():
    aggregates = [{"name": "a", "hosts": ["compute-2"], "metadata": {"disk": "ssd"}}]
    flavor = {
        "vcpus": 1,
        "ram": 512,
        "disk": 5,
        "ephemeral": 0,
        "swap": 0,
        "extra_specs": {"disk": "ssd", "nic": "fast"},
    }
    given = cloud([server(1, None, status="BUILD") | {"flavor": flavor}], aggregates=aggregates)
    found, placement = solved(given)
    assert placement == {"vm-1": "node-2"}
    assert features(found)["extra spec nic"].outcome == "left out"


def test_traits_and_aggregates_tell_hosts():
    hosts = [host(0), host(1), host(2)]
    hosts[1]["traits"] = ["CUSTOM_FAST"]
    aggregates = [{"name": "a", "hosts": ["compute-2"], "metadata": {"disk": "ssd,nvme"}, "availability_zone": None}]
    servers = [server(1, None, "fast", "BUILD"), server(2, None, "ssd", "BUILD")]
    _, placement = solved(cloud(servers, hosts=hosts, aggregates=aggregates))
    assert placement == {"vm-1": "node-1", "vm-2": "node-2"}


def test_zones_bind_those_who_asked():
    aggregates = [{"name": "z", "hosts": ["compute-1"], "metadata": {"availability_zone": "north"}}]
    pinned = server(1, None, status="BUILD", pinned_availability_zone="north")
    _, placement = solved(cloud([pinned], aggregates=aggregates))
    assert placement == {"vm-1": "node-1"}
    told = server(2, 1, **{"OS-EXT-AZ:availability_zone": "north"})
    del told["pinned_availability_zone"]
    assert features(read(cloud([told], aggregates=aggregates)))["availability zone"].outcome == "approximated"


def test_units_keep_servers_off():
    hosts = [host(0, VCPU=inventory(16, 0, 1.0, most=4)), host(1, VCPU=inventory(16, 0, 1.0, step=3)), host(2)]
    _, placement = solved(cloud([server(1, None, "big", "BUILD")], hosts=hosts))
    assert placement == {"vm-1": "node-2"}


@pytest.mark.parametrize("how", ["hypervisor", "service", "trait"])
def test_disabled_hosts_take_nothing_new_and_keep_what_they_have(how):
    hosts, hypervisors = [host(0), host(1)], [hypervisor(0), hypervisor(1)]
    parts = {}
    if how == "hypervisor":
        hypervisors[0]["status"] = "disabled"
    elif how == "service":
        parts["services"] = [{"binary": "nova-compute", "host": "compute-0", "status": "disabled", "state": "up"}]
    else:
        hosts[0]["traits"] = ["COMPUTE_STATUS_DISABLED"]
    _, placement = solved(cloud([server(1, 0), server(2, None, status="BUILD")], hosts, hypervisors, **parts))
    assert placement == {"vm-1": "node-0", "vm-2": "node-1"}


def test_servers_leave_hosts_that_are_down():
    hypervisors = [hypervisor(0, state="down"), hypervisor(1), hypervisor(2)]
    found = read(cloud([server(1, 0)], hypervisors=hypervisors))
    plan = vmopt.plan(vmopt.solve(found.instance, time_limit=10))
    assert plan.shell("openstack")[1].startswith("openstack server evacuate --host compute-")
    assert plan.shell("openstack")[1].endswith(f"--wait -- {U.format(1)}")


def test_who_is_off_moves_cold():
    found = read(cloud([server(1, 0, status="SHUTOFF")]))
    lines = vmopt.evacuate(found.instance, ["node-0"], time_limit=10).shell("openstack")
    assert lines[1].startswith("openstack server migrate --host compute-")
    assert lines[2] == f"openstack server migration confirm -- {U.format(1)}"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"locked": True}, "locked"),
        ({"status": "SUSPENDED"}, "status SUSPENDED"),
        ({"OS-EXT-STS:task_state": "migrating"}, "busy with a task"),
    ],
)
def test_who_may_not_move_stays(changes, name):
    found = read(cloud([server(1, 0, **changes)]))
    assert features(found)[name].count == 1
    assert [rule.name for rule in found.instance.rules] == ["keep"]


def test_shelved_servers_hold_nothing():
    found = read(cloud([server(1, 0), server(2, None, status="SHELVED_OFFLOADED")]))
    assert list(found.instance.vm_names) == ["vm-1"]
    assert features(found)["status SHELVED_OFFLOADED"].outcome == "left out"


def test_nested_providers_are_summed():
    child = {"uuid": U.format(9), "name": "node-0_numa", "generation": 1, "parent_provider_uuid": U.format(1000)}
    child["inventories"] = {"VCPU": inventory(4), "VGPU": inventory(2)}
    found = read(cloud([server(1, 0)], hosts=[host(0), child], hypervisors=[hypervisor(0)]))
    assert column(found.instance, found.instance.capacity, "VCPU") == [(16 - 2) * 4 + 4]
    assert column(found.instance, found.instance.capacity, "VGPU") == [2]
    assert features(found)["nested providers"].count == 1


def test_a_shared_pool_is_shared():
    hosts = [host(0), host(1)]
    for one in hosts:
        del one["inventories"]["DISK_GB"]
    pool = {"uuid": U.format(9), "name": "ceph", "generation": 1, "inventories": {"DISK_GB": inventory(25)}}
    pool["traits"] = ["MISC_SHARES_VIA_AGGREGATE"]
    waiting = [server(i, None, status="BUILD") for i in range(4)]
    found, placement = solved(cloud(waiting, [*hosts, pool], [hypervisor(0), hypervisor(1)]))
    assert found.instance.n_hosts == 2
    assert len(placement) == 25 // 10


def test_overfull_hosts_stay_as_they_are():
    hosts = [host(0, VCPU=inventory(2)), host(1, VCPU=inventory(1))]
    hypervisors = [hypervisor(0), hypervisor(1)]
    _, placement = solved(cloud([server(1, 0, "big"), server(2, 1)], hosts, hypervisors))
    assert len(placement) == 2
