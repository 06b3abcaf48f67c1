"""Volumes that are attached, claims for one pod at a time, and pods that stop for others."""

from __future__ import annotations

import itertools
import random

import pytest

import vmopt
from tests.platforms.kubernetes import HOST, node, pod
from vmopt.platforms.kubernetes import from_documents

EBS = "ebs.csi.aws.com"


def read(*items, **options):
    return from_documents([("dump.json", {"kind": "List", "items": list(items)})], **options)


def solved(found):
    return vmopt.solve(found.instance, gap=0, threads=1, time_limit=20)


def rows(found, name):
    return {(one.outcome, one.count) for one in found.features if one.name == name}


def claim(name, driver=EBS, modes=("ReadWriteOnce",)):
    """A claim and its volume."""
    about = {"name": name, "namespace": "shop"}
    return [
        {
            "kind": "PersistentVolumeClaim",
            "metadata": about,
            "spec": {"volumeName": f"v-{name}", "accessModes": list(modes)},
        },
        {"kind": "PersistentVolume", "metadata": {"name": f"v-{name}"}, "spec": {"csi": {"driver": driver}}},
    ]


def mounts(*names):
    return {"volumes": [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in names]}


def limits(name, count, driver=EBS):
    drivers = [{"name": driver, **({} if count is None else {"allocatable": {"count": count}})}]
    return {"kind": "CSINode", "metadata": {"name": name}, "spec": {"drivers": drivers}}


@pytest.mark.parametrize("seed", range(12))
def test_no_more_volumes_are_attached_than_a_node_may_have(seed):
    """Tests against brute force how many pods run, with one or two volumes each and nodes with and without limits."""
    dice = random.Random(seed)
    counts = [dice.choice([0, 1, 2, 3, None]) for _ in range(2)]
    wants = [dice.randint(0, 2) for _ in range(4)]
    items = [node(f"n{n}") for n in range(2)] + [limits(f"n{n}", count) for n, count in enumerate(counts)]
    for n, want in enumerate(wants):
        names = [f"c{n}-{k}" for k in range(want)]
        items += [*itertools.chain.from_iterable(map(claim, names)), pod(f"p{n}", **mounts(*names))]
    found = solved(read(*items))

    def fits(at):
        taken = [sum(want for want, home in zip(wants, at, strict=True) if home == n) for n in range(2)]
        return all(count is None or used <= count for used, count in zip(taken, counts, strict=True))

    best = max(sum(home >= 0 for home in at) for at in itertools.product((-1, 0, 1), repeat=4) if fits(at))
    assert found.n_placed == best
    homes = [found.placement.get(f"shop/p{n}") for n in range(4)]
    assert fits([-1 if home is None else int(home[1:]) for home in homes])


def test_attach_limits_count_for_nothing_else():
    """Tests that volumes are no part of what pods are worth, and that pods whose driver has no limit are named."""
    plain = read(node("n0"), pod("p0"), pod("p1"))
    found = read(
        node("n0"),
        limits("n0", 25),
        pod("p0", **mounts("a")),
        pod("p1", **mounts("b")),
        *claim("a"),
        *claim("b", "nfs"),
    )
    assert found.instance.resources[-1] == f"volumes:{EBS}"
    assert found.instance.value.tolist() == plain.instance.value.tolist()
    assert rows(found, "attach limits of volumes") == {("modelled", 1), ("left out", 1)}


@pytest.mark.parametrize(
    ("spec", "more"),
    [
        ({"awsElasticBlockStore": {"volumeID": "vol-1"}}, []),
        ({"ephemeral": {"volumeClaimTemplate": {}}}, claim("p1-v")),
        ({"persistentVolumeClaim": {"claimName": "wait"}}, "unbound"),
    ],
)
def test_volumes_of_other_forms_are_attached_too(spec, more):
    """Tests volumes in pods, claims made with their pod, and claims bound later, whose class names the driver."""
    if more == "unbound":
        wait = {"name": "wait", "namespace": "shop"}
        of = {"storageClassName": "fast", "accessModes": ["ReadWriteOnce"]}
        more = [
            {"kind": "PersistentVolumeClaim", "metadata": wait, "spec": of},
            {"kind": "StorageClass", "metadata": {"name": "fast"}, "provisioner": EBS},
        ]
    items = [node("n0"), limits("n0", 0), pod("p1", volumes=[{"name": "v", **spec}]), pod("p2"), *more]
    assert solved(read(*items)).unplaced == ("shop/p1",)


def test_nodes_may_tell_limits_the_older_way():
    """Tests limits among what a node offers, and that its CSINode counts where there are both."""
    old = node("n0")
    old["status"]["allocatable"]["attachable-volumes-aws-ebs"] = "1"
    pods = [pod("p1", **mounts("a")), pod("p2", **mounts("b")), *claim("a"), *claim("b")]
    assert len(solved(read(old, *pods)).unplaced) == 1
    assert solved(read(old, limits("n0", 2), *pods)).unplaced == ()


def test_one_pod_at_a_time():
    """Tests that of those that share such a claim one runs, and that whoever runs now goes on."""
    shared = claim("a", modes=["ReadWriteOncePod"])
    waiting = [node("n0"), node("n1"), pod("p1", **mounts("a")), pod("p2", **mounts("a")), pod("p3", **mounts("a"))]
    found = read(*waiting, *shared)
    assert solved(found).n_placed == 1
    assert rows(found, "ReadWriteOncePod") == {("modelled", 3)}
    runs = read(node("n0"), node("n1"), pod("p1", "n0", **mounts("a")), pod("p2", **mounts("a")), *shared)
    assert solved(runs).placement == {"shop/p1": "n0"}
    both = read(*waiting[:2], pod("p1", "n0", **mounts("a")), pod("p2", "n1", **mounts("a")), waiting[4], *shared)
    assert set(solved(both).placement) == {"shop/p1", "shop/p2"}
    often = read(*waiting, *claim("a"))
    assert rows(often, "ReadWriteOnce, one claim of several pods") == {("left out", 3)}


def test_volumes_of_many_nodes_are_told_apart():
    """Tests a local volume on each of more nodes than bits: pods are where theirs are, and fences name these."""
    nodes = [node(f"n{n:02}") for n in range(70)]
    items = []
    for n in range(70):
        of_node, volume = claim(f"d{n:02}")
        term = {"matchExpressions": [{"key": HOST, "operator": "In", "values": [f"n{n:02}"]}]}
        volume["spec"]["nodeAffinity"] = {"required": {"nodeSelectorTerms": [term]}}
        waits = None if n % 3 else f"n{n:02}"
        items += [of_node, volume, pod(f"p{n:02}", waits, cpu="3", **mounts(f"d{n:02}"))]
    found = read(*nodes, *items)
    assert solved(found).placement == {f"shop/p{n:02}": f"n{n:02}" for n in range(70)}
    fences = [rule for rule in found.instance.rules if isinstance(rule, vmopt.Fence)]
    assert len(fences) == 70
    assert all(fence.hosts.column is None for fence in fences)


def ranked(name, priority, on=None, cpu="2", **spec):
    return pod(name, on, cpu=cpu, priority=priority, **spec)


def test_pods_stop_for_others_where_that_is_asked_for():
    """Tests that a pod of higher priority takes the place of one of lower priority, of no other, unless it may not."""
    running = [node("n0", cpu="4"), ranked("low", 1, "n0"), ranked("high", 9, "n0")]
    kept = read(*running, ranked("urgent", 5))
    assert solved(kept).unplaced == ("shop/urgent",)
    assert rows(kept, "preemption") == {("left out", 1)}
    stopped = read(*running, ranked("urgent", 5), preempt=True)
    assert solved(stopped).unplaced == ("shop/low",)
    assert rows(stopped, "preemption") == {("modelled", 1)}
    assert rows(stopped, "may be preempted") == {("modelled", 1)}
    never = read(*running, ranked("urgent", 5, preemptionPolicy="Never"), preempt=True)
    assert solved(never).unplaced == ("shop/urgent",)
    assert rows(never, "preemptionPolicy Never") == {("modelled", 1)}
    equal = read(*running, ranked("same", 1, cpu="4"), preempt=True)
    assert solved(equal).unplaced == ("shop/same",)


@pytest.mark.parametrize("seed", range(10))
def test_nobody_stops_for_an_equal_or_for_nothing(seed):
    """Tests on one node that whoever stops has a lower priority than one that comes."""
    dice = random.Random(seed)
    runs = [ranked(f"r{n}", dice.randint(0, 2), "n0", cpu="1") for n in range(3)]
    waits = [ranked(f"w{n}", dice.randint(0, 3), cpu=str(dice.randint(1, 2))) for n in range(3)]
    found = read(node("n0", cpu=str(dice.randint(3, 4))), *runs, *waits, preempt=True)
    solution = solved(found)
    priority = {f"shop/{one['metadata']['name']}": one["spec"]["priority"] for one in [*runs, *waits]}
    stops = [name for name in solution.unplaced if name.startswith("shop/r")]
    comes = [name for name in solution.placement if name.startswith("shop/w")]
    assert all(any(priority[new] > priority[old] for new in comes) for old in stops)
    alone = read(node("n0", cpu="4"), *runs, preempt=True)
    assert solved(alone).unplaced == ()
