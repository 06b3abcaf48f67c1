"""NUMA nodes of Kubernetes: what the topology manager admits, worked out here by hand."""

from __future__ import annotations

import pytest

import vmopt
from tests.platforms.kubernetes import node, pod
from vmopt.platforms.kubernetes import from_documents

SINGLE, RESTRICTED = "single-numa-node", "restricted"


def topology(name, policy=SINGLE, scope="container", zones=2, **resources):
    """What a node tells of its NUMA nodes."""
    amounts = {"cpu": "4", "memory": "4Gi", **resources}
    told = [{"name": kind, "allocatable": n, "available": "0", "capacity": "64"} for kind, n in amounts.items()]
    manager = {"topologyManagerPolicy": policy, "topologyManagerScope": scope}
    return {
        "kind": "NodeResourceTopology",
        "metadata": {"name": name},
        "attributes": [{"name": key, "value": value} for key, value in manager.items()],
        "zones": [{"name": f"node-{n}", "type": "Node", "resources": told} for n in range(zones)],
    }


def asking(name, *cpus, on=None, quality="Guaranteed", **more):
    """A pod with a container for each of these cpus."""
    requests = [{"cpu": cpu, "memory": "1Mi", **more} for cpu in cpus]
    made = pod(name, on, containers=[{"name": f"c{n}", "resources": {"requests": r}} for n, r in enumerate(requests)])
    made["status"]["qosClass"] = quality
    return made


def read(*given):
    """Read a cluster of nodes of 8 cpus."""
    return from_documents([("dump.json", {"kind": "List", "items": list(given)})])


def running(*given):
    """How many pods run when as many as possible do."""
    found = read(*given)
    solution = vmopt.solve(found.instance, time_limit=10, threads=1, gap=0)
    assert not vmopt.verify(found.instance, solution)
    assert not vmopt.check_landings(found.instance, solution.host_index, solution.parts)
    return len(solution.placement)


def outcomes(found):
    """What became of each feature."""
    return {feature.name: feature.outcome for feature in found.features}


N1 = node("n1", cpu="8")


@pytest.mark.parametrize(
    ("cpus", "policy", "scope", "runs"),
    [
        (["4"], SINGLE, "container", 1),
        (["5"], SINGLE, "container", 0),
        (["3", "3"], SINGLE, "container", 1),
        (["3", "3"], SINGLE, "pod", 0),
        (["5"], RESTRICTED, "container", 1),
        (["6"], "best-effort", "container", 1),
        (["6"], "none", "container", 1),
    ],
)
def test_containers_keep_to_numa_nodes_as_their_policy_says(cpus, policy, scope, runs):
    assert running(N1, topology("n1", policy, scope), asking("p", *cpus)) == runs


def test_what_would_fit_one_node_is_not_split_under_restricted():
    ten, three = node("n1", cpu="10"), [asking(f"p{n}", "3") for n in range(3)]
    assert running(ten, topology("n1", RESTRICTED, cpu="5"), *three) == 2
    assert running(ten, topology("n1", "none", cpu="5"), *three) == 3
    assert outcomes(read(ten, topology("n1", RESTRICTED), *three))["topology manager restricted"] == "approximated"


@pytest.mark.parametrize(
    ("cpus", "memory", "scope", "runs"),
    [
        (["4500m"], "1Mi", "container", 1),
        (["4001m"], "1Mi", "pod", 1),
        (["5000m"], "1Mi", "container", 0),
        (["500m"], "5Gi", "container", 1),
        (["3", "1500m"], "1Mi", "pod", 1),
        (["3", "2"], "1Mi", "pod", 0),
        (["500m", "5"], "1Mi", "container", 0),
    ],
)
def test_parts_of_cpus_are_shared_by_all_numa_nodes(cpus, memory, scope, runs):
    assert running(N1, topology("n1", scope=scope), asking("p", *cpus, memory=memory)) == runs


def test_devices_are_bound_beside_parts_of_cpus():
    gpus, told = node("n1", cpu="8"), topology("n1", **{"nvidia.com/gpu": "2"})
    gpus["status"]["allocatable"]["nvidia.com/gpu"] = "4"
    assert running(gpus, told, asking("p", "4500m", **{"nvidia.com/gpu": "2"})) == 1
    assert running(gpus, told, asking("p", "4500m", **{"nvidia.com/gpu": "3"})) == 0


def test_pods_that_are_guaranteed_nothing_go_anywhere_but_for_devices():
    assert running(N1, topology("n1"), asking("p", "5", quality="Burstable")) == 1
    gpus = node("n1", cpu="8")
    gpus["status"]["allocatable"]["nvidia.com/gpu"] = "4"
    told = topology("n1", **{"nvidia.com/gpu": "2"})
    two, three = ({"nvidia.com/gpu": str(n)} for n in (2, 3))
    assert running(gpus, told, asking("p", "5", quality="Burstable", **two)) == 1
    assert running(gpus, told, asking("p", "5", quality="Burstable", **three)) == 0


def test_huge_pages_come_from_one_node():
    pages = node("n1", cpu="8")
    pages["status"]["allocatable"]["hugepages-2Mi"] = "4Gi"
    told, asked = topology("n1", **{"hugepages-2Mi": "2Gi"}), {"hugepages-2Mi": "1500Mi"}
    assert running(pages, told, *(asking(f"p{n}", "1", **asked) for n in range(3))) == 2


def test_nodes_that_tell_nothing_take_what_they_have_room_for():
    given = [N1, node("n2", cpu="8"), topology("n1"), asking("p", "5"), asking("q", "5")]
    assert running(*given) == 1
    found = read(*given)
    solution = vmopt.solve(found.instance, time_limit=10, threads=1, gap=0)
    assert set(solution.placement.values()) == {"n2"}


@pytest.mark.parametrize(
    "told", [{"topologyPolicies": ["SingleNUMANodeContainerLevel"]}, {"topologyPolicies": [SINGLE]}]
)
def test_the_older_form_says_the_same(told):
    old = {**{key: value for key, value in topology("n1").items() if key != "attributes"}, **told}
    assert running(N1, old, asking("p", "5")) == 0


def test_the_policy_may_be_the_kubelets():
    zones = {key: value for key, value in topology("n1").items() if key != "attributes"}
    policy = {"topologyManagerPolicy": SINGLE, "topologyManagerScope": "pod"}
    for kubelet in ({"kind": "KubeletConfiguration", **policy}, {"kubeletconfig": policy}):
        assert running(N1, zones, kubelet, asking("p", "3", "3")) == 0
        assert outcomes(read(N1, kubelet, asking("p", "3", "3")))["topology manager's policy alone"] == "left out"


def test_kubelets_that_differ_or_manage_nothing_tell_no_policy():
    zones = {key: value for key, value in topology("n1").items() if key != "attributes"}
    single, none = ({"kind": "KubeletConfiguration", "topologyManagerPolicy": name} for name in (SINGLE, "none"))
    unsaid = {"kind": "KubeletConfiguration"}
    wide = {**single, "topologyManagerScope": "pod"}
    assert running(N1, zones, single, single, asking("p", "5")) == 0
    for kubelets in ([none], [unsaid], [single, none], [unsaid, single], [single, wide]):
        assert running(N1, zones, *kubelets, asking("p", "5")) == 1
    told = outcomes(read(N1, zones, single, none, asking("p", "5")))
    assert told["topology manager of several kubelets"] == "left out"
    assert "topology manager of several kubelets" not in outcomes(read(N1, zones, single, single, asking("p", "5")))


def test_what_runs_beyond_its_nodes_goes_on():
    given = [N1, topology("n1"), asking("p", "5", on="n1"), asking("q", "2")]
    assert running(*given) == 2
    assert outcomes(read(*given))["parts that are exceeded now"] == "approximated"


def test_bytes_of_memory_are_held_exactly_enough():
    """Tests sizes beyond 2^31 bytes: 4 GiB of a NUMA node hold four pods of 1 GiB and no fifth."""
    nine = [asking(f"p{n}", "1", memory="1Gi") for n in range(9)]
    assert running(node("n1", cpu="16"), topology("n1", cpu="8"), *nine) == 8
