"""Scenarios of the HA manager's simulator, as its folders hold them."""

from __future__ import annotations

import json

import pytest

import vmopt
from vmopt.platforms import read_proxmox

NODES = {f"node{i}": {"power": "on", "network": "on"} for i in (1, 2, 3)}
GIB = 2**30


def scenario(folder, services, rules="", nodes=None, sizes=None):
    (folder / "hardware_status").write_text(json.dumps({**NODES, **(nodes or {})}))
    told = {f"vm:{number}": {"node": node, "state": "started"} for number, node in services.items()}
    (folder / "service_config").write_text(json.dumps(told))
    (folder / "rules_config").write_text(rules)
    if sizes:
        (folder / "static_service_stats").write_text(json.dumps({f"vm:{n}": size for n, size in sizes.items()}))
    found = read_proxmox(folder)
    return found, dict(vmopt.solve(found.instance, time_limit=10).placement)


@pytest.mark.parametrize(
    ("rule", "placement"),
    [
        ("node-affinity: a\n\tresources vm:101\n\tnodes node3\n\tstrict 1\n", {"vm:101": "node3", "vm:102": "node1"}),
        ("node-affinity: a\n\tresources vm:101\n\tnodes node3:1,node2:2\n", {"vm:101": "node2", "vm:102": "node1"}),
        (
            "resource-affinity: a\n\tresources vm:101,vm:102\n\taffinity positive\n",
            {"vm:101": "node1", "vm:102": "node1"},
        ),
    ],
)
def test_rules_of_scenarios(tmp_path, rule, placement):
    assert scenario(tmp_path, {101: "node1", 102: "node1"}, rule)[1] == placement


def test_negative_rules_part_guests(tmp_path):
    rule = "resource-affinity: a\n\tresources vm:101,vm:102\n\taffinity negative\n"
    _, placement = scenario(tmp_path, {101: "node1", 102: "node1"}, rule)
    assert len(set(placement.values())) == 2


def test_sizes_count_where_they_are_told(tmp_path):
    nodes = {name: {**node, "maxcpu": 8, "maxmem": 16 * GIB} for name, node in NODES.items()}
    sizes = {101: {"maxcpu": 4, "maxmem": 2 * GIB}, 102: {"maxcpu": 2, "maxmem": GIB}}
    found, _ = scenario(tmp_path, {101: "node1", 102: "node2"}, nodes=nodes, sizes=sizes)
    assert found.instance.demand.tolist() == [[4, 2 * GIB], [2, GIB]]
    assert found.instance.capacity.tolist() == [[8, 16 * GIB]] * 3


def test_guests_leave_nodes_that_are_off(tmp_path):
    found, placement = scenario(tmp_path, {101: "node1"}, nodes={"node1": {"power": "off", "network": "off"}})
    assert placement["vm:101"] in {"node2", "node3"}
    plan = vmopt.plan(vmopt.solve(found.instance, time_limit=10))
    assert plan.shell("qm")[1].startswith("# vm:101 is recovered by the HA manager")
