"""Corners of what pods ask for, each by a cluster in which it decides."""

from __future__ import annotations

import pytest

from tests.platforms.kubernetes import HOST, ZONE, near, node, pod, selector, spread
from tests.platforms.test_kubernetes import of, solved
from vmopt.platforms.found import MESSAGE, TODAY

EVICTS = {"key": "maintenance", "value": "yes", "effect": "NoExecute"}


def outcomes(found):
    """What became of features, by name."""
    return {(one.name, one.outcome): one.count for one in found.features}


def anywhere(app, key=HOST, **term):
    """Required anti-affinity to pods of an application in namespaces that a term names."""
    stated = {"labelSelector": selector(app), "topologyKey": key, **term}
    return {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [stated]}}


@pytest.mark.parametrize(
    ("asked", "n_placed"),
    [
        ({"matchLabels": {"kubernetes.io/metadata.name": "other"}}, 2),
        ({"matchLabels": {"kubernetes.io/metadata.name": "shop"}}, 1),
        ({"matchLabels": {"team": "nobody"}}, 2),
        ({"matchLabels": {"team": "sales"}}, 1),
        ({}, 1),
    ],
)
def test_a_selector_of_namespaces_takes_those_that_it_names_and_no_others(asked, n_placed):
    labelled = {"kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "sales", **named("shop")}}}
    asks = anywhere("web", namespaceSelector=asked)
    found = of(node("n1"), labelled, *(pod(f"w{n}", labels={"app": "web"}, affinity=asks) for n in range(2)))
    assert solved(found).n_placed == n_placed


def named(namespace):
    return {"kubernetes.io/metadata.name": namespace}


def test_namespaces_are_known_by_their_name_where_they_are_not_in_the_dump():
    asks = anywhere("web", namespaceSelector={"matchLabels": named("shop")})
    found = of(node("n1"), *(pod(f"w{n}", labels={"app": "web"}, affinity=asks) for n in range(2)))
    assert solved(found).n_placed == 1


def test_symmetry_of_anti_affinity_holds_towards_whoever_does_not_ask():
    asks = pod("asks", "n1", affinity=anywhere("web"))
    found = of(node("n1"), node("n2"), asks, *(pod(f"w{n}", labels={"app": "web"}) for n in range(3)))
    solution = solved(found)
    assert {solution.placement[f"shop/w{n}"] for n in range(3)} == {"n2"}


def test_ports_of_sidecars_are_ports_of_the_node():
    port = {"ports": [{"containerPort": 80, "hostPort": 80}]}
    sidecar = {"name": "s", "restartPolicy": "Always", **port}
    found = of(node("n1"), *(pod(f"w{n}", initContainers=[sidecar]) for n in range(2)))
    assert solved(found).n_placed == 1
    before = {"name": "s", **port}
    assert solved(of(node("n1"), *(pod(f"w{n}", initContainers=[before]) for n in range(2)))).n_placed == 2


def test_who_is_evicted_may_go_to_another_node_that_evicts_others():
    other = {**EVICTS, "key": "licence"}
    tolerates = [{"key": "licence", "operator": "Exists"}]
    pods = [pod("old", "n1", tolerations=tolerates), pod("plain", "n1", cpu="3")]
    found = of(node("n1", taints=[EVICTS]), node("n2", taints=[other]), node("n3", cpu="3"), *pods)
    assert solved(found).placement == {"shop/old": "n2", "shop/plain": "n3"}


def test_who_tolerates_an_eviction_for_a_while_leaves():
    lasting = {"key": "maintenance", "operator": "Exists", "effect": "NoExecute"}
    found = of(
        node("n1", taints=[EVICTS]),
        node("n2"),
        pod("a", "n1", tolerations=[{**lasting, "tolerationSeconds": 300}]),
        pod("b", "n1", tolerations=[lasting]),
    )
    assert solved(found).placement == {"shop/a": "n2", "shop/b": "n1"}


@pytest.mark.parametrize("late", [True, False])
def test_volumes_that_are_not_made_yet_go_where_their_class_makes_them(late):
    """Tests a class that waits for pods, and one for whose volumes pods wait."""
    topology = [{"matchLabelExpressions": [{"key": ZONE, "values": ["b"]}]}]
    mode = "WaitForFirstConsumer" if late else "Immediate"
    kind = {"kind": "StorageClass", "metadata": {"name": "fast"}, "volumeBindingMode": mode}
    metadata = {"name": "data", "namespace": "shop"}
    claim = {"kind": "PersistentVolumeClaim", "metadata": metadata, "spec": {"storageClassName": "fast"}}
    mounts = pod("db", volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}])
    found = of(node("n1", "a"), node("n2", "b"), claim, {**kind, "allowedTopologies": topology}, mounts)
    assert solved(found).placement == ({"shop/db": "n2"} if late else {})
    if not late:
        assert found.instance.vm_labels[0][TODAY] == "0 of 2 nodes take it now: 2 as its claim data has no volume yet"


def test_few_domains_count_as_an_empty_one_more():
    pods = [pod(f"w{n}", labels={"app": "web"}) for n in range(4)]
    for least, n_placed in ((2, 4), (3, 2)):
        for one in pods:
            one["spec"]["topologySpreadConstraints"] = [{**spread("web"), "minDomains": least}]
        assert solved(of(node("n1", "a"), node("n2", "b"), *pods)).n_placed == n_placed


def test_versions_are_even_by_themselves_where_labels_are_to_match():
    asks = {**spread("web"), "matchLabelKeys": ["pod-template-hash"]}
    old = [pod(f"o{n}", "n1", labels={"app": "web", "pod-template-hash": "1"}) for n in range(3)]
    new = [
        pod(f"n{n}", labels={"app": "web", "pod-template-hash": "2"}, topologySpreadConstraints=[asks])
        for n in range(2)
    ]
    solution = solved(of(node("n1", "a"), node("n2", "b"), *old, *new))
    assert {solution.placement[f"shop/n{n}"] for n in range(2)} == {"n1", "n2"}


def test_pods_that_do_not_ask_are_named_where_they_count():
    pods = [pod(f"w{n}", labels={"app": "web"}, topologySpreadConstraints=[spread("web")]) for n in range(2)]
    found = of(node("n1"), *pods, pod("other", labels={"app": "web"}))
    assert outcomes(found)["topology spread of pods that do not ask", "approximated"] == 1


def test_why_nodes_are_closed_to_who_waits_is_said():
    """Tests that each node counts once, by the first reason, and that what the scheduler said stands beside it."""
    gpu = {"key": "gpu", "effect": "NoSchedule"}
    nodes = [node("n1", unschedulable=True), node("n2", taints=[gpu]), node("n3"), node("n4", labels={"disk": "ssd"})]
    waits = pod("a", nodeSelector={"disk": "ssd"})
    heard = pod("b", nodeSelector={"disk": "ssd"})
    heard["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": "said"}]
    found = of(*nodes, waits, heard, pod("c", "n3"))
    told = [(row.get(TODAY), row.get(MESSAGE)) for row in found.instance.vm_labels]
    why = (
        "1 of 4 nodes takes it now: 1 cordoned, 1 with the taint gpu, which it does not tolerate, "
        "1 without a label of its nodeSelector"
    )
    assert told == [(why, None), (why, "said"), (None, None)]
    assert found.messages == {"shop/b": "said"}


def test_near_to_nobody_is_nowhere():
    asks = near("web")
    asks["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"][0]["namespaceSelector"] = {
        "matchLabels": {"team": "nobody"}
    }
    found = of(node("n1"), pod("web", "n1", labels={"app": "web"}), pod("asks", affinity=asks))
    assert solved(found).unplaced == ("shop/asks",)
