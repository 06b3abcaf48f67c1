"""Proxmox: amounts as the raw numbers have them, and HA rules by the placements that they leave."""

from __future__ import annotations

import json

import pytest

import vmopt
from vmopt.cli import main
from vmopt.errors import FileError
from vmopt.platforms.proxmox.reader import from_documents

GIB = 2**30


def node(name, cpus=16, memory=64 * GIB, **changes):
    return {"type": "node", "node": name, "status": "online", "maxcpu": cpus, "maxmem": memory, **changes}


def guest(vmid, on, kind="qemu", cpus=2, memory=4 * GIB, **changes):
    told = {"type": kind, "vmid": vmid, "name": f"vm-{vmid}", "node": on, "status": "running"}
    return {**told, "maxcpu": cpus, "maxmem": memory, "maxdisk": 8 * GIB, "template": 0, **changes}


def storage(name, on, shared=0, content="images,rootdir", size=100 * GIB):
    told = {"type": "storage", "storage": name, "node": on, "shared": shared, "content": content}
    return {**told, "maxdisk": size, "status": "available"}


def read(rows, rules="", **others):
    documents = [("resources.json", rows), *((name.replace("__", "."), value) for name, value in others.items())]
    return from_documents(documents + ([("rules.cfg", rules)] if rules else []))


def solved(found):
    solution = vmopt.solve(found.instance, time_limit=10)
    assert vmopt.verify(found.instance, solution.placement) == ()
    return dict(solution.placement)


def features(found):
    return {feature.name: feature for feature in found.features}


@pytest.mark.parametrize("wrapped", [False, True])
def test_amounts_are_those_of_the_raw_numbers(wrapped):
    nodes = [node("n1"), node("n2", 8, 32 * GIB)]
    guests = [guest(101, "n1"), guest(102, "n2", "lxc", cpus=1, memory=GIB), guest(103, "n1", status="stopped")]
    rows = [*nodes, *guests, guest(900, "n1", template=1, status="stopped")]
    found = read({"data": rows} if wrapped else rows)
    assert found.instance.resources == ("cpu", "memory")
    assert found.instance.capacity.tolist() == [[one["maxcpu"], one["maxmem"]] for one in nodes]
    asked = [[one["maxcpu"], one["maxmem"]] if one["status"] == "running" else [0, 0] for one in guests]
    assert found.instance.demand.tolist() == asked
    assert found.instance.current.tolist() == [0, 1, 0]
    assert features(found)["templates"].count == features(found)["stopped"].count == 1


def test_guests_of_one_name_are_told_apart():
    found = read([node("n1"), guest(101, "n1", name="web"), guest(102, "n1", name="web"), guest(103, "n1", name="db")])
    assert list(found.instance.vm_names) == ["web (101)", "web (102)", "db"]


def three(*guests, **changes):
    return [node("n1"), node("n2", **changes), node("n3"), *guests]


STRICT = "node-affinity: a\n\tresources vm:101\n\tnodes n2:2,n3:1\n\tstrict 1\n"


def test_strict_node_affinity_takes_the_best_nodes_that_are_there():
    assert solved(read(three(guest(101, "n1")), STRICT)) == {"vm-101": "n2"}
    assert solved(read(three(guest(101, "n1"), status="offline"), STRICT)) == {"vm-101": "n3"}


def test_nodes_of_a_lower_priority_take_over_when_the_best_are_lost():
    """Tests that questions about failures know it, and that these nodes are left as soon as a better one is there."""
    now = read(three(guest(101, "n2")), STRICT).instance
    assert vmopt.headroom(now).holds
    asked = vmopt.what_if(vmopt.solve(now)).fail("n2").solve()
    assert (asked.stops, asked.solution.placement["vm-101"]) == ((), "n3")
    assert solved(read(three(guest(101, "n3")), STRICT)) == {"vm-101": "n2"}
    only = STRICT.replace("n2:2,n3:1", "n2")
    assert not vmopt.headroom(read(three(guest(101, "n2")), only).instance).holds


def test_loose_node_affinity_is_a_wish():
    loose = STRICT.replace("\tstrict 1\n", "")
    assert solved(read(three(guest(101, "n1")), loose)) == {"vm-101": "n2"}
    assert solved(read(three(guest(101, "n1"), cpus=1), loose)) == {"vm-101": "n1"}


def test_disabled_rules_ask_for_nothing():
    found = read(three(guest(101, "n1")), STRICT + "\tdisable\n")
    assert solved(found) == {"vm-101": "n1"}
    assert features(found)["disabled rules"].count == 1


def affinity(name, sense, *numbers):
    members = ",".join(f"vm:{number}" for number in numbers)
    return f"resource-affinity: {name}\n\tresources {members}\n\taffinity {sense}\n"


def test_resource_affinity():
    guests = [guest(101, "n1"), guest(102, "n1"), guest(103, "n2"), guest(104, "n3")]
    together = affinity("b", "positive", 102, 103) + affinity("c", "positive", 103, 104)
    rules = affinity("a", "negative", 101, 102) + together
    placement = solved(read(three(*guests), rules))
    assert placement["vm-102"] == placement["vm-103"] == placement["vm-104"] != placement["vm-101"]


def test_partners_follow_to_the_nodes_of_one():
    rules = STRICT + affinity("b", "positive", 101, 102)
    assert set(solved(read(three(guest(101, "n1"), guest(102, "n3")), rules)).values()) == {"n2"}


def test_rules_that_contradict_are_dropped():
    rules = affinity("a", "negative", 101, 102) + affinity("b", "positive", 101, 102)
    found = read(three(guest(101, "n1"), guest(102, "n2")), rules)
    assert found.instance.rules == ()
    assert features(found)["affinities that contradict"].count == 1
    many = affinity("a", "negative", 101, 102, 103, 104)
    found = read(three(*(guest(n, "n1") for n in range(101, 105))), many)
    assert features(found)["negative affinity without room"].count == 1


def test_rules_as_the_api_tells_them_and_groups_of_old():
    rule = {"rule": "a", "type": "node-affinity", "resources": "vm:101", "nodes": "n3", "strict": 1}
    assert solved(read(three(guest(101, "n1")), rules__json=[rule])) == {"vm-101": "n3"}
    groups, resources = "group: g\n\tnodes n3:1,n2\n\trestricted 1\n", "vm: 101\n\tgroup g\n\tstate started\n"
    assert solved(read(three(guest(101, "n1")), groups__cfg=groups, resources__cfg=resources)) == {"vm-101": "n3"}


def test_guests_leave_nodes_in_maintenance_and_stay_on_those_that_are_off():
    assert solved(read(three(guest(101, "n2"), hastate="maintenance")))["vm-101"] != "n2"
    assert solved(read(three(guest(101, "n2"), status="offline"))) == {"vm-101": "n2"}


def test_local_disks_need_room_on_a_storage_of_that_name():
    rows = [*three(guest(101, "n1")), *(storage("lvm", f"n{i}", size=(5 if i == 2 else 100) * GIB) for i in (1, 2))]
    config = {"data": {"cores": 2, "scsi0": "lvm:vm-101-disk-0,size=8G", "ide2": "none,media=cdrom"}}
    found = read(rows, config__json=config)
    assert found.instance.demand[0, found.instance.resources.index("disk:lvm")] == 8 * GIB
    assert vmopt.evacuate(found.instance, ["n1"], time_limit=5).solution.n_placed == 0
    shared = [*three(guest(101, "n1")), *(storage("ceph", f"n{i}", shared=1) for i in (1, 3))]
    plan = vmopt.evacuate(read(shared).instance, ["n1"], time_limit=5)
    assert plan.shell("qm")[1:] == ["ssh root@n1 'qm migrate 101 n3 --online'"]


def test_checks_of_migrations_are_kept():
    check = {"data": {"allowed_nodes": ["n3"], "not_allowed_nodes": {"n2": {}}, "local_disks": [], "running": 1}}
    found = read(three(guest(101, "n1")), migrate_101__json=check)
    assert vmopt.evacuate(found.instance, ["n1"], time_limit=5).target.tolist() == [2]
    check["data"]["local_resources"] = ["hostpci0"]
    bound = read(three(guest(101, "n1")), migrate_101__json=check)
    assert [rule.name for rule in bound.instance.rules] == ["keep"]


@pytest.mark.parametrize("snapshot", ["", "[old]\ncores: 1\n"])
def test_configurations_as_files(snapshot):
    text = "#a note: of someone\ncores: 2\nhostpci0: 0000:01:00.0\nscsi0: lvm:vm-101-disk-0,size=8G\n" + snapshot
    found = from_documents([("resources.json", three(guest(101, "n1"))), ("qemu-server/101.conf", text)])
    assert features(found)["with devices of their node"].count == 1


@pytest.mark.parametrize(
    ("changes", "resources", "line"),
    [
        ({}, "", "ssh root@n1 'qm migrate 101 n2 --online'"),
        ({"status": "stopped"}, "", "ssh root@n1 'qm migrate 101 n2'"),
        ({"kind": "lxc"}, "", "ssh root@n1 'pct migrate 101 n2 --restart'"),
        ({}, "vm: 101\n\tstate started\n", "ssh root@n1 'ha-manager migrate vm:101 n2'"),
    ],
)
def test_commands(changes, resources, line):
    rows = [node("n1"), node("n2"), guest(101, "n1", **changes), guest(102, "n1")]
    found = read(rows, **({"resources__cfg": resources} if resources else {}))
    lines = vmopt.evacuate(found.instance, ["n1"], time_limit=5).shell("qm")
    assert line in lines
    assert any(one.startswith("until ssh root@n2") for one in lines) == bool(resources)


def test_overfull_nodes_stay_as_they_are():
    found = read([node("n1", cpus=2), node("n2", cpus=2), guest(101, "n1", cpus=8), guest(102, "n2")])
    assert len(solved(found)) == 2


def test_nothing_of_proxmox_is_said():
    with pytest.raises(FileError, match="no node with a capacity"):
        read([guest(101, "n1")])


@pytest.mark.parametrize("text", ["node-affinity a\n", STRICT + "nonsense\n", "\tnodes n1\n"])
def test_rules_that_cannot_be_read_are_refused(text):
    with pytest.raises(FileError, match=r"rules\.cfg is neither"):
        read([node("n1"), guest(101, "n1")], text)


def test_cpus_are_overcommitted_where_asked(tmp_path, capsys):
    rows = [node("n1", cpus=3), guest(101, "n1")]
    (tmp_path / "r.json").write_text(json.dumps(rows))
    arguments = ["import", "proxmox", str(tmp_path / "r.json"), "-o", str(tmp_path / "x.json"), "--overcommit"]
    assert main([*arguments, "cpu=1.5", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["platform"] == "proxmox"
    assert vmopt.io.read(tmp_path / "x.json").capacity[0, 0] == 4
    for wrong in ("cpu", "cpu=0", "cpu=x", "gpu=2"):
        assert main([*arguments, wrong]) == 2
