"""Clusters that break their own rules today, and dumps with anything wrong anywhere."""

from __future__ import annotations

import os
import random

import pytest

import vmopt
from tests.platforms.kubernetes import HOST, ZONE, apart, near, node, pod, selector, spread
from tests.platforms.test_mutated import mutated
from vmopt.errors import VmoptError
from vmopt.platforms.kubernetes import from_documents

COUNT = int(os.environ.get("VMOPT_MUTATIONS", "200"))
WEB = {"app": "web"}


def of(*objects):
    """Read a cluster."""
    return from_documents([("dump.json", {"kind": "List", "items": list(objects)})])


def web(name, on=None, **spec):
    """A pod of the application."""
    return pod(name, on, labels=WEB, **spec)


def may(found, **homes):
    """Whether what runs may go on while these pods come to these nodes."""
    instance = found.instance
    hosts = instance.current.tolist()
    for name, home in homes.items():
        hosts[instance.vm_names.index_of[f"shop/{name}"]] = instance.host_names.index_of[home]
    return not vmopt.verify(instance, hosts)


def test_whoever_waits_keeps_apart_from_those_that_do_not():
    both = [web(f"w{n}", "n1", affinity=apart("web")) for n in range(2)]
    found = of(node("n1"), node("n2"), node("n3"), *both, web("w2", "n2", affinity=apart("web")), web("new"), web("x"))
    assert may(found)
    assert not may(found, new="n1")
    assert not may(found, w0="n2")
    assert may(found, w0="n3")
    one = of(node("n1"), node("n2"), *both, web("new", affinity=apart("web")), web("x", affinity=apart("web")))
    assert may(one, new="n2")
    assert not may(one, new="n1")
    assert not may(one, new="n2", x="n2")


def test_anti_affinity_to_others_that_is_broken_stays_hard_for_whoever_comes():
    db = [pod(f"db{n}", on, labels={"app": "db"}, affinity=apart("web")) for n, on in enumerate(["n1", None])]
    found = of(node("n1"), node("n2"), *db, web("w", "n1"), web("new"))
    assert may(found, db1="n2")
    assert not may(found, db1="n1")
    assert not may(found, new="n1")
    assert not may(found, db1="n2", new="n2")


def test_a_group_in_two_zones_takes_others_in_either():
    zones = [node(f"n{zone}", zone) for zone in "abc"]
    run = [web(f"w{zone}", f"n{zone}", affinity=near("web")) for zone in "ab"]
    found = of(*zones, *run, web("new", affinity=near("web")))
    assert may(found, new="na")
    assert may(found, new="nb")
    assert not may(found, new="nc")


def test_whoever_waits_comes_where_an_uneven_group_takes_one():
    zones = [node(f"n{zone}", zone) for zone in "ab"]
    even = {"topologySpreadConstraints": [spread("web")]}
    found = of(*zones, *[web(f"w{n}", "na", **even) for n in range(3)], web("new", **even))
    assert may(found)
    assert may(found, new="nb")
    assert not may(found, new="na")


def test_a_resize_that_can_never_be_granted_does_not_count():
    one = pod("a", "n1", cpu="3")
    one["status"]["containerStatuses"] = [{"name": "c", "resources": {"requests": {"cpu": "1", "memory": "256Mi"}}}]
    assert of(node("n1"), one).instance.demand[0, 0] == 3000
    one["status"]["conditions"] = [{"type": "PodResizePending", "status": "True", "reason": "Infeasible"}]
    assert of(node("n1"), one).instance.demand[0, 0] == 1000


def test_a_label_that_no_node_has():
    bare = [node(f"n{n}") for n in range(2)]
    for one in bare:
        del one["metadata"]["labels"][ZONE]
    terms = [
        web("w0", "n1", affinity=near("web")),
        web("w1", affinity=near("web")),
        web("w2", affinity=apart("web", ZONE)),
    ]
    found = of(*bare, *terms, web("w3", topologySpreadConstraints=[spread("web")]))
    assert may(found)
    assert may(of(*bare, terms[2]), w2="n1")
    assert not may(found, w1="n0")


def test_a_port_of_a_daemon_set_is_taken():
    ports = [{"hostPort": 80, "containerPort": 80}]
    agent, other = pod("agent", "n1"), pod("other")
    agent["metadata"]["ownerReferences"][0]["kind"] = "DaemonSet"
    for one in (agent, other):
        one["spec"]["containers"][0]["ports"] = ports
    found = of(node("n1"), node("n2"), agent, other)
    assert not may(found, other="n1")
    assert may(found, other="n2")


def test_thousands_of_groups_are_a_rule_each_kind():
    apps = [f"app-{n}" for n in range(60)]
    pods = [
        pod(f"{app}-{n}", labels={"app": app}, affinity=apart(app), topologySpreadConstraints=[spread(app)])
        for app in apps
        for n in range(2)
    ]
    found = of(*[node(f"n{n}", "ab"[n % 2]) for n in range(4)], *pods)
    assert sorted(type(rule).__name__ for rule in found.instance.rules) == ["Skew", "Spread"]


def test_a_higher_priority_comes_before_all_that_is_lower():
    low = [pod(f"low{n}", cpu="3", priority=5) for n in range(2)]
    runs = pod("runs", "n1", cpu="1", priority=-10)
    found = of(node("n1"), runs, *low, pod("high", cpu="500m", priority=1_000_000))
    solution = vmopt.solve(found.instance, time_limit=10)
    assert sorted(solution.placement) == ["shop/high", "shop/runs"]
    assert ("priorities", 3) in [(one.name, one.count) for one in found.features]
    class_of = {"kind": "PriorityClass", "metadata": {"name": "first"}, "value": 9}
    named = [pod("a", cpu="500m", priorityClassName="first"), pod("b", cpu="4")]
    by_class = of(node("n1"), class_of, *named)
    assert sorted(vmopt.solve(by_class.instance, time_limit=10).placement) == ["shop/a"]


def dump():
    """A cluster with some of everything."""
    ports = [{"hostPort": 80, "containerPort": 80, "hostIP": "10.0.0.1"}]
    claim = {
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "c", "namespace": "shop"},
        "spec": {"volumeName": "v"},
    }
    volume = {"kind": "PersistentVolume", "metadata": {"name": "v", "labels": {ZONE: "a"}}, "spec": {}}
    budget = {"kind": "PodDisruptionBudget", "metadata": {"name": "b", "namespace": "shop"}}
    budget |= {"spec": {"selector": selector("db")}, "status": {"disruptionsAllowed": 0}}
    taint = {"key": "gpu", "value": "yes", "effect": "NoExecute"}
    pods = [web(f"w{n}", "n0", affinity=apart("web"), topologySpreadConstraints=[spread("web")]) for n in range(2)]
    pods += [web("w2", affinity=near("db", HOST), nodeSelector={ZONE: "a"}, tolerations=[{"operator": "Exists"}])]
    pods += [pod("db", "n1", labels={"app": "db"}, priority=7, overhead={"cpu": "10m"})]
    pods[0]["spec"]["containers"][0]["ports"] = ports
    pods[3]["spec"]["volumes"] = [{"name": "d", "persistentVolumeClaim": {"claimName": "c"}}]
    items = [node("n0"), node("n1", "b", taints=[taint]), *pods, claim, volume, budget]
    return [("dump.json", {"kind": "List", "items": items})]


@pytest.mark.parametrize("seed", range(2))
def test_mutated_dumps_are_read_or_refused_in_one_line(seed):
    rng = random.Random(seed)
    assert from_documents(dump()).instance.n_vms == 4
    messages = []
    for _ in range(COUNT // 2):
        try:
            found = from_documents(mutated(dump(), rng))
        except VmoptError as error:
            messages.append(str(error))
        else:
            assert found.instance.n_hosts > 0
            assert not vmopt.verify(found.instance, found.instance.current.tolist())
    assert 0 < len(messages) < COUNT // 2
    assert all(message.isprintable() for message in messages)
