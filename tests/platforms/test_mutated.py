"""Dumps with anything wrong anywhere: read, or refused in one clear line."""

from __future__ import annotations

import copy
import os
import random

import pytest

from tests.platforms import cloud as openstack
from tests.platforms import kubernetes
from tests.platforms import test_proxmox as proxmox
from vmopt.errors import VmoptError
from vmopt.platforms.kubernetes import from_documents as read_kubernetes
from vmopt.platforms.openstack.reader import from_documents as read_openstack
from vmopt.platforms.proxmox.reader import from_documents as read_proxmox

COUNT = int(os.environ.get("VMOPT_MUTATIONS", "150"))
ODD = [
    None,
    -1,
    0,
    1.5,
    1e300,
    2**70,
    "",
    "x" * 50,
    "\x00\x1b[2J",
    "1e99",
    [],
    {},
    [[]],
    [{}],
    {"a": {}},
    True,
    "node-0",
    "n1",
]


def of_openstack():
    group = {"id": "g", "name": "g", "policy": "anti-affinity", "rules": {"max_server_per_host": 1}}
    aggregate = {"name": "a", "hosts": ["compute-1"], "metadata": {"disk": "ssd", "filter_tenant_id": "p1"}}
    held = {openstack.U.format(1): {"resources": {"VCPU": 1}}, openstack.U.format(50): {"resources": {"VCPU": 2}}}
    servers = [openstack.server(i, i % 3, flavor) for i, flavor in enumerate(openstack.FLAVORS)]
    parts = {
        "server_groups": [{**group, "members": [openstack.U.format(i) for i in range(3)]}],
        "aggregates": [aggregate],
        "allocations": {openstack.U.format(1000): held},
        "services": [{"binary": "nova-compute", "host": "compute-0", "status": "disabled", "state": "up"}],
        "flavors": [{"id": "1", "name": "m1", "ram": 512, "vcpus": 1, "disk": 1}],
        "usages": {openstack.U.format(1001): {"VCPU": 9}},
    }
    return [("dump.json", openstack.cloud(servers, **parts))]


def of_proxmox():
    rows = proxmox.three(proxmox.guest(101, "n1"), proxmox.guest(102, "n2", "lxc", lock="backup"))
    rows += [proxmox.storage("lvm", name) for name in ("n1", "n2")]
    config = {"cores": 2, "scsi0": "lvm:vm-101-disk-0,size=8G", "hostpci0": "0000:01:00"}
    check = {"allowed_nodes": ["n3"], "not_allowed_nodes": {"n2": {}}, "local_disks": [{"volid": "lvm:vm-102-disk-0"}]}
    rules = [
        {"rule": "a", "type": "node-affinity", "resources": "vm:101", "nodes": "n3:2,n2", "strict": 1},
        {"rule": "b", "type": "resource-affinity", "resources": "vm:101,ct:102", "affinity": "negative"},
    ]
    others = [{"sid": "vm:101", "state": "started", "group": "g"}, {"group": "g", "nodes": "n1,n2:3"}]
    return [("resources.json", {"data": rows}), ("101.json", config), ("102.json", check), ("ha.json", rules + others)]


def of_kubernetes():
    web = {"labels": {"app": "web"}, "affinity": kubernetes.apart("web")}
    claim = {
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "shop"},
        "spec": {"volumeName": "pv"},
    }
    volume = {"kind": "PersistentVolume", "metadata": {"name": "pv", "labels": {kubernetes.ZONE: "b"}}}
    mounted = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    budget = {"kind": "PodDisruptionBudget", "metadata": {"name": "b"}, "spec": {"selector": {}}}
    free = {**volume, "metadata": {"name": "free"}, "status": {"phase": "Available"}}
    free |= {"spec": {"storageClassName": "local", "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"]}}
    late = {"volumeBindingMode": "WaitForFirstConsumer", "provisioner": "kubernetes.io/no-provisioner"}
    sort = {"kind": "StorageClass", "metadata": {"name": "local"}, **late}
    asks = {"kind": "PersistentVolumeClaim", "metadata": {"name": "new", "namespace": "shop"}}
    asks["spec"] = {"storageClassName": "local", "resources": {"requests": {"storage": "1Gi"}}, "selector": {}}
    about = {"kind": "Pod", "namespace": "shop", "name": "c"}
    event = {"kind": "Event", "metadata": {"name": "e"}, "reason": "FailedScheduling", "message": "0/2 nodes: 2 odd."}
    event["involvedObject"] = about
    rest = [budget, {**budget, "metadata": {"name": "c"}, "spec": {"selector": {}, "maxUnavailable": "50%"}}]
    rest += [free, sort, asks, event]
    gates, new = [{"name": "queue"}], [{"name": "v", "persistentVolumeClaim": {"claimName": "new"}}]
    pods = [
        kubernetes.pod("d", schedulingGates=gates, volumes=new, topologySpreadConstraints=[kubernetes.spread("web")]),
        kubernetes.pod("a", "node-0", topologySpreadConstraints=[kubernetes.spread("web")], **web),
        kubernetes.pod("b", "n1", nodeSelector={"disk": "ssd"}, volumes=mounted),
        kubernetes.pod("c", tolerations=[{"key": "gpu", "operator": "Exists"}], overhead={"cpu": "10m"}),
    ]
    nodes = [
        kubernetes.node("node-0", taints=[{"key": "gpu", "value": "yes", "effect": "NoExecute"}]),
        kubernetes.node("n1", "b", labels={"disk": "ssd"}),
    ]
    return [("dump.json", {"kind": "List", "items": [*nodes, *pods, claim, volume, *rest]})]


PLATFORMS = [(of_openstack, read_openstack), (of_proxmox, read_proxmox), (of_kubernetes, read_kubernetes)]


def places(value, path=()):
    """Paths to all that can be changed."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def mutated(documents, rng):
    documents = copy.deepcopy([list(one) for one in documents])
    for _ in range(rng.choice([1, 1, 2, 4])):
        *above, last = rng.choice([path for path in places(documents) if len(path) > 1 and path[1] == 1])
        holder = documents
        for key in above:
            holder = holder[key]
        kind = rng.randrange(4)
        if kind == 0 and isinstance(holder, dict):
            del holder[last]
        elif kind == 1 and isinstance(holder, dict):
            holder[str(last).upper()] = holder.pop(last)
        else:
            holder[last] = copy.deepcopy(rng.choice(ODD))
    return [tuple(one) for one in documents]


@pytest.mark.parametrize(("make", "read"), PLATFORMS)
def test_mutated_dumps_are_read_or_refused_in_one_line(make, read):
    rng = random.Random(7)
    assert read(make()).instance.n_vms > 1
    messages = []
    for _ in range(COUNT):
        try:
            found = read(mutated(make(), rng))
        except VmoptError as error:
            messages.append(str(error))
        else:
            assert found.instance.n_hosts > 0
            repr(found)
    assert 0 < len(messages) < COUNT
    assert all(message.isprintable() for message in messages)


@pytest.mark.parametrize("read", [read_openstack, read_proxmox, read_kubernetes])
@pytest.mark.parametrize("document", [None, 3, "x", [], {}, [1, 2], [[[[[[[[[[]]]]]]]]]], {"data": None}])
def test_what_is_no_dump_is_refused(read, document):
    with pytest.raises(VmoptError):
        read([("x.json", document)])
