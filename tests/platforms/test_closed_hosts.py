"""Hosts that take nothing new are no place for VMs that nobody knew at the import, either."""

from __future__ import annotations

import pytest

import vmopt
from tests.platforms import kubernetes as k8s
from tests.platforms import test_openstack as openstack
from tests.platforms import test_proxmox as proxmox
from tests.platforms.cloud import cloud, hypervisor, server
from vmopt.platforms.kubernetes import from_documents


def kubernetes(**spec):
    dedicated = [{"key": "gpu", "value": "yes", "effect": "NoSchedule"}]
    nodes = [k8s.node("n0"), k8s.node("n1", **spec), k8s.node("n2", taints=dedicated)]
    return from_documents([("dump.json", {"items": [*nodes, k8s.pod("a", "n0"), k8s.pod("b", "n1")]})])


def nova(**changes):
    machines = [hypervisor(0), hypervisor(1, **changes), hypervisor(2)]
    return openstack.read(cloud([server(0, 0), server(1, 1)], hypervisors=machines))


def pve(**changes):
    nodes = [proxmox.node("n0"), proxmox.node("n1", **changes), proxmox.node("n2")]
    return proxmox.read([*nodes, proxmox.guest(100, "n0"), proxmox.guest(101, "n1")])


SHUT = [
    (kubernetes, {"unschedulable": True}, "cpu"),
    (kubernetes, {"taints": [{"key": "node.kubernetes.io/unreachable", "effect": "NoExecute"}]}, "cpu"),
    (kubernetes, {"taints": [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]}, "cpu"),
    (nova, {"status": "disabled"}, "VCPU"),
    (nova, {"state": "down"}, "VCPU"),
    (pve, {"status": "offline"}, "cpu"),
    (pve, {"hastate": "maintenance"}, "cpu"),
]


@pytest.mark.parametrize(("read", "state", "kind"), SHUT)
def test_a_new_vm_goes_where_new_ones_may(read, state, kind):
    for changes, n_open in (({}, 3), (state, 2)):
        instance = read(**changes).instance
        solution = vmopt.solve(instance, time_limit=10)
        labels = zip(instance.host_names, instance.host_labels, strict=True)
        closed = [name for name, row in labels if "closed-to-new" in row]
        assert len(closed) == 3 - n_open
        ranked = vmopt.rank_hosts(solution, {kind: 1})
        assert ranked.n_hosts == n_open
        assert not {row.host for row in ranked.hosts} & set(closed)
        many = [vmopt.VM(f"new-{n}", {kind: 1}) for n in range(3)]
        after = vmopt.what_if(solution).add_vms(*many).solve(time_limit=10).solution
        assert not {after.placement[vm.name] for vm in many} & set(closed)
