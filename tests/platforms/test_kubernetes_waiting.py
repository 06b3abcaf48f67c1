"""Pods that wait: what keeps nodes from them is what the scheduler says, in clusters where it says it."""

from __future__ import annotations

import pytest

import vmopt
from tests.platforms.kubernetes import HOST, ZONE, apart, near, node, pod, selector, spread
from tests.platforms.test_kubernetes import of, solved
from vmopt.errors import FileError
from vmopt.platforms.found import MESSAGE, TODAY
from vmopt.platforms.kubernetes import from_documents as of_kubernetes
from vmopt.platforms.openstack.reader import from_documents as of_openstack
from vmopt.platforms.proxmox.reader import from_documents as of_proxmox

EBS = "ebs.csi.aws.com"
GPU = {"key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule"}
WEB = {"app": "web"}


def three(**more):
    return [node(f"n{n}", zone, **more) for n, zone in enumerate("abc")]


def full(cpu="3"):
    return [pod(f"full{n}", f"n{n}", cpu=cpu) for n in range(3)]


def offering(**amounts):
    nodes = three()
    for one in nodes:
        one["status"]["allocatable"] |= amounts
    return nodes


def asks(**amounts):
    made = pod("x")
    made["spec"]["containers"][0]["resources"]["requests"] |= amounts
    return made


def on(n, name="w", **more):
    return pod(f"{name}{n}", f"n{n}", **more)


def web(name="x", **more):
    return pod(name, labels=WEB, **more)


def mounts(claim="data"):
    return {"volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": claim}}]}


def claim(volume=None, name="data", storage=None, notes=None, **more):
    spec = {**({"volumeName": volume} if volume else {}), **more}
    if storage:
        spec["resources"] = {"requests": {"storage": storage}}
    about = {"name": name, "namespace": "shop", "annotations": notes or {}}
    return {"kind": "PersistentVolumeClaim", "metadata": about, "spec": spec}


def volume(key, value, name="pv", phase="Bound", **more):
    term = {"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}
    spec = {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}, **more}
    return {"kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec, "status": {"phase": phase}}


def gone(given):
    """An object that is being deleted."""
    given["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    return given


def kind_of(name="std", mode="WaitForFirstConsumer", maker=EBS):
    return {"kind": "StorageClass", "metadata": {"name": name}, "provisioner": maker, "volumeBindingMode": mode}


def port(name, at=None):
    made = pod(name, at)
    made["spec"]["containers"][0]["ports"] = [{"containerPort": 80, "hostPort": 80}]
    return made


def even(*nodes, taken=(), **more):
    rule = {"topologySpreadConstraints": [{**spread("web"), **more}]}
    return [*nodes, *(on(n, labels=WEB, **rule) for n in taken), web(**rule)]


def both(*apps):
    terms = [{"labelSelector": selector(app), "topologyKey": HOST} for app in apps]
    return {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}


ASKS_RWOP = [claim("pv", accessModes=["ReadWriteOncePod"]), volume(ZONE, "a")]
LOCAL = {"storageClassName": "local", "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "10Gi"}}
OF_LOCAL = {"storageClassName": "local", "accessModes": ["ReadWriteOnce"]}
NO_MAKER = kind_of("local", maker="kubernetes.io/no-provisioner")

REFUSED = {
    "cpu": ([*three(), *full(), pod("x", cpu="2")], "3 short of cpu"),
    "cpu and memory": ([*three(), *full(), asks(cpu="2", memory="9Gi")], "3 short of cpu, 3 short of memory"),
    "taint": ([*three(taints=[GPU]), pod("x")], "3 with the taint nvidia.com/gpu, which it does not tolerate"),
    "taint and cpu": (
        [node("n0", taints=[GPU]), *three()[1:], *full()[1:], pod("x", cpu="2")],
        "1 with the taint nvidia.com/gpu, which it does not tolerate, 2 short of cpu",
    ),
    "selector": ([*three(), pod("x", nodeSelector={"disk": "ssd"})], "3 without a label of its nodeSelector"),
    "cordoned": ([*three(unschedulable=True), pod("x")], "3 cordoned"),
    "ephemeral storage": (
        [*offering(**{"ephemeral-storage": "9Gi"}), asks(**{"ephemeral-storage": "10Gi"})],
        "3 short",
    ),
    "huge pages": ([*offering(**{"hugepages-2Mi": "0"}), asks(**{"hugepages-2Mi": "4Mi"})], "3 short of hugepages-2Mi"),
    "devices": ([*three(), asks(**{"nvidia.com/gpu": "1"})], "3 short of nvidia.com/gpu"),
    "too many pods": (
        [*offering(pods="1"), *full("1"), pod("x")],
        "3 short of pods",
    ),
    "ports": ([*three(), *(port(f"p{n}", f"n{n}") for n in range(3)), port("x")], "3 where its host ports are taken"),
    "anti-affinity": (
        [*three(), *(on(n, labels=WEB, affinity=apart("web")) for n in range(3)), web(affinity=apart("web"))],
        "3 against pod anti-affinity",
    ),
    "anti-affinity of those that run": (
        [*three(), *(on(n, affinity=apart("web")) for n in range(3)), web()],
        "3 against pod anti-affinity",
    ),
    "affinity to nobody": ([*three(), web(affinity=near("db"))], "3 against pod affinity"),
    "affinity, and no room": (
        [*three(), on(0, "db", cpu="3500m", labels={"app": "db"}), web(cpu="1", affinity=near("db"))],
        "1 short of cpu, 2 against pod affinity",
    ),
    "affinity to one pod of two names": (
        [*three(), on(0, "db", labels={"app": "db"}), on(0, "q", labels={"app": "q"}), web(affinity=both("db", "q"))],
        "3 against pod affinity",
    ),
    "spread and cpu": (
        even(*three(), pod("full", "n1", cpu="3800m"), taken=(0, 2)),
        "1 short of cpu, 2 against topology spread",
    ),
    "spread, a label that is missing": (even(*three(), topologyKey="rack"), "3 against topology spread"),
    "spread, a domain that is closed": (
        even(*three()[:2], node("n2", "c", taints=[GPU]), taken=(0, 1)),
        "1 with the taint nvidia.com/gpu, which it does not tolerate, 2 against topology spread",
    ),
    "volume elsewhere": ([*three(), claim("pv"), volume(ZONE, "z"), pod("x", **mounts())], "3 out of reach"),
    "volume and cpu": (
        [*three(), *full(), claim("pv"), volume(ZONE, "a"), pod("x", cpu="2", **mounts())],
        "3 short of cpu",
    ),
    "claim not there": ([*three(), claim("pv", "other"), pod("x", **mounts())], "3 as its claim data is not there"),
    "claim that is being deleted": (
        [*three(), gone(claim("pv")), volume(ZONE, "a"), pod("x", **mounts())],
        "3 as its claim data is being deleted",
    ),
    "claim of a volume that is lost": (
        [*three(), claim("gone"), volume(ZONE, "a"), pod("x", **mounts())],
        "3 as its claim data is lost",
    ),
    "claim bound at once": (
        [*three(), kind_of("std", "Immediate"), claim(storageClassName="std"), pod("x", **mounts())],
        "3 as its claim data has no volume yet",
    ),
    "claim of an unknown class": (
        [*three(), kind_of("other"), claim(storageClassName="std"), pod("x", **mounts())],
        "3 as the storage class of its claim data is not there",
    ),
    "no free volume that is large enough": (
        [
            *three(),
            NO_MAKER,
            volume(HOST, "n0", phase="Available", **LOCAL),
            claim(storage="11Gi", **OF_LOCAL),
            pod("x", **mounts()),
        ],
        "3 without a free volume for its claims",
    ),
    "claims for one pod": (
        [*three(), *ASKS_RWOP, on(0, **mounts()), pod("x", **mounts())],
        "3 as another pod uses its claim",
    ),
    "gates": ([*three(), pod("x", schedulingGates=[{"name": "queue"}])], "3 while it has scheduling gates (queue)"),
    "a DaemonSet's": (
        [
            *three(),
            on(0, cpu="3800m"),
            pod(
                "x",
                affinity={
                    "nodeAffinity": {
                        "requiredDuringSchedulingIgnoredDuringExecution": {
                            "nodeSelectorTerms": [
                                {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n0"]}]}
                            ]
                        }
                    }
                },
            ),
        ],
        "2 against its node affinity, 1 short of cpu",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_nodes_are_closed_for_the_reasons_that_the_scheduler_gives(case):
    items, why = REFUSED[case]
    found = of(*items)
    told = found.instance.vm_labels[found.instance.vm_names.index_of["shop/x"]][TODAY]
    assert told.startswith("0 of 3 nodes take it now: ")
    assert why in told


@pytest.mark.parametrize("condition", ["DiskPressure", "PIDPressure", "NetworkUnavailable"])
def test_nodes_under_pressure_take_nothing_where_no_taint_says_so(condition):
    pressed = node("n1")
    pressed["status"]["conditions"].append({"type": condition, "status": "True"})
    found = of(pressed, pod("web", "n1"), pod("x"))
    assert solved(found).unplaced == ("shop/x",)


def test_a_free_volume_is_where_its_claim_may_go():
    offered = volume(HOST, "n1", phase="Available", **LOCAL)
    found = of(*three(), NO_MAKER, offered, claim(storage="10Gi", **OF_LOCAL), pod("x", **mounts()))
    assert solved(found).placement == {"shop/x": "n1"}


def test_a_volume_that_is_being_made_is_made_for_one_node():
    chosen = claim(storageClassName="std", notes={"volume.kubernetes.io/selected-node": "n2"})
    found = of(*three(), kind_of(), chosen, pod("x", **mounts()))
    assert solved(found).placement == {"shop/x": "n2"}


@pytest.mark.parametrize(("policy", "n_placed"), [("Ignore", 1), ("Honor", 2)])
def test_nodes_that_are_tainted_count_as_domains_unless_taints_are_honoured(policy, n_placed):
    """Tests two pods of a group, for which one zone is left beside one that is tainted."""
    rule = {"topologySpreadConstraints": [{**spread("web"), "nodeTaintsPolicy": policy}]}
    found = of(node("n1", "a"), node("n2", "b", taints=[GPU]), *(web(f"w{n}", **rule) for n in range(2)))
    assert solved(found).n_placed == n_placed


@pytest.mark.parametrize(("policy", "n_placed"), [("Ignore", 1), ("Honor", 2)])
def test_nodes_that_a_selector_leaves_out_count_only_where_it_is_ignored(policy, n_placed):
    rule = {"topologySpreadConstraints": [{**spread("web"), "nodeAffinityPolicy": policy}], "nodeSelector": {ZONE: "a"}}
    found = of(node("n1", "a"), node("n2", "b"), *(web(f"w{n}", **rule) for n in range(2)))
    assert solved(found).n_placed == n_placed


def test_a_pod_that_its_own_selector_does_not_take_goes_where_the_others_leave_room():
    other = pod("x", topologySpreadConstraints=[spread("web")])
    found = of(node("n1", "a"), node("n2", "b"), *(pod(f"w{n}", "n1", labels=WEB) for n in range(2)), other)
    assert solved(found).placement["shop/x"] == "n2"
    assert found.instance.vm_labels[2][TODAY] == "1 of 2 nodes takes it now: 1 against topology spread"


def test_pods_on_their_way_out_do_not_count_for_a_spread():
    rule = {"topologySpreadConstraints": [spread("web")]}
    gone = pod("gone", "n1", labels=WEB, **rule)
    gone["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    found = of(node("n1", "a"), node("n2", "b", cpu="400m"), gone, web(**rule))
    assert solved(found).placement["shop/x"] == "n1"


@pytest.mark.parametrize(("operator", "wanted", "n_placed"), [("Gt", "4", 1), ("Gt", "5", 0), ("Lt", "6", 1)])
def test_tolerations_compare_numbers(operator, wanted, n_placed):
    taint = {"key": "tier", "value": "5", "effect": "NoSchedule"}
    tolerates = [{"key": "tier", "operator": operator, "value": wanted}]
    assert solved(of(node("n1", taints=[taint]), pod("x", tolerations=tolerates))).n_placed == n_placed


def event(message, when, **more):
    about = {"kind": "Pod", "namespace": "shop", "name": "x"}
    return {"kind": "Event", "metadata": {"name": when}, "reason": "FailedScheduling", **more} | (
        {"involvedObject": about, "message": message, "lastTimestamp": when}
        if not more
        else {"regarding": about, "note": message, "eventTime": when}
    )


def test_events_tell_what_conditions_do_not():
    said = [event("old", "2026-01-01"), event("new", "2026-01-03"), event("between", "2026-01-02", type="Warning")]
    found = of(node("n1"), *said, pod("x", cpu="9"))
    assert found.messages == {"shop/x": "new"}
    heard = pod("x", cpu="9")
    heard["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": "said"}]
    assert of(node("n1"), *said, heard).messages == {"shop/x": "said"}


def test_reasons_that_are_not_looked_at_are_named():
    heard = pod("x")
    reasons = "1 Insufficient cpu, 2 node(s) are too far away"
    said = f"0/1 nodes are available: {reasons}. still not schedulable, preemption: 0/1 nodes."
    heard["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": said}]
    rows = [(one.name, one.outcome, one.count) for one in of(node("n1"), heard).features]
    doubt = ("refused by the scheduler, and not here", "approximated", 1)
    assert rows == [("'node(s) are too far away'", "left out", 1), doubt]


@pytest.mark.parametrize(("version", "why"), [("v1.20.7", "3 short of cpu"), ("v1.31.2", "3 with the taint")])
def test_schedulers_of_old_look_at_amounts_first(version, why):
    nodes = three(taints=[GPU])
    for one in nodes:
        one["status"]["nodeInfo"] = {"kubeletVersion": version}
    told = of(*nodes, pod("x", cpu="9")).instance.vm_labels[0][TODAY]
    assert told.startswith(f"0 of 3 nodes take it now: {why}")


def says(message, **more):
    heard = pod("x", **more)
    heard["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": message}]
    return heard


def test_claims_are_missing_where_the_scheduler_says_so():
    """Tests a dump without claims, of which nobody knows otherwise which there are."""
    other = says('0/3 nodes are available: persistentvolumeclaim "other" not found.', **mounts())
    lacks = says('0/3 nodes are available: persistentvolumeclaim "data" not found.', **mounts())
    unbound = says("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", **mounts())
    assert solved(of(*three(), other)).n_placed == 1
    for waits, why in ((lacks, "is not there"), (unbound, "has no volume yet")):
        found = of(*three(), waits)
        assert found.instance.vm_labels[0][TODAY] == f"0 of 3 nodes take it now: 3 as its claim data {why}"
        assert solved(found).n_placed == 0


def test_words_of_the_scheduler_that_the_data_do_not_bear_out_are_told():
    told = {one.name: one.count for one in of(*three(), says("0/3 nodes are available: 3 Insufficient cpu.")).features}
    assert told == {"refused by the scheduler, and not here": 1}
    full = of(*three(), says("0/3 nodes are available: 3 Insufficient cpu.", cpu="9"))
    assert full.features == ()


def test_both_are_told_to_people(tmp_path, capsys):
    """Tests the lines of `explain`, and the columns of a table that is read back."""
    from vmopt import io
    from vmopt.cli import main

    heard = pod("x", cpu="9")
    heard["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": "3 Insufficient cpu"}]
    found = of(*three(), pod("w", "n0"), heard)
    solution = solved(found)
    cluster, saved, table = tmp_path / "c.json", tmp_path / "s.json", tmp_path / "pods.csv"
    io.write_json(found.instance, cluster)
    io.write_solution(solution, saved)
    for asked in (["shop/x"], [], ["--json"]):
        assert main(["explain", str(cluster), str(saved), *asked]) == 0
        told = capsys.readouterr().out
        assert "3 short of cpu" in told
        assert "3 Insufficient cpu" in told
    assert main(["solve", str(cluster), "-q", "-o", str(table)]) == 0
    head, _, waits = table.read_text().splitlines()
    assert head == '"vm","host","reason","from","today","platform"'
    assert waits.endswith('"0 of 3 nodes take it now: 3 short of cpu","3 Insufficient cpu"')
    assert main(["verify", str(cluster), str(table)]) == 0
    assert vmopt.verify(found.instance, solution.placement) == ()
    assert MESSAGE in found.instance.vm_labels[1]


@pytest.mark.parametrize(
    ("read", "document", "told"),
    [
        (of_kubernetes, {"kind": "NodeList", "items": three()}, "3 nodes and no pods .* kubectl get pods -A -o json"),
        (
            of_openstack,
            {"hypervisors": [{"hypervisor_hostname": "h1", "vcpus": 8, "memory_mb": 4096, "local_gb": 50}]},
            "1 host and no servers .* openstack server list",
        ),
        (
            of_proxmox,
            [{"type": "node", "node": "n1", "maxcpu": 8, "maxmem": 4096, "status": "online"}],
            "1 node and no guests .* pvesh get /cluster/resources",
        ),
    ],
)
def test_hosts_alone_are_asked_for_their_guests(read, document, told):
    with pytest.raises(FileError, match=told):
        read([("dump.json", document)])
