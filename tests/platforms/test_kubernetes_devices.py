"""Devices that pods claim: how many of which sort nodes have, and room for volumes as drivers publish it."""

from __future__ import annotations

import random
from collections import Counter

import pytest

import vmopt
from tests.platforms.kubernetes import HOST, node, pod
from tests.platforms.test_kubernetes import of, solved
from tests.platforms.test_kubernetes_details import outcomes
from tests.platforms.test_kubernetes_waiting import claim as volume_claim
from tests.platforms.test_kubernetes_waiting import kind_of, mounts
from vmopt.platforms.found import TODAY
from vmopt.platforms.kubernetes.cel import CelError, holds

DRIVER = "gpu.example.com"
LARGE = f'device.capacity["{DRIVER}"].memory.compareTo(quantity("40Gi")) >= 0'
CLASS = {
    "kind": "DeviceClass",
    "metadata": {"name": "gpu"},
    "spec": {"selectors": [{"cel": {"expression": f'device.driver == "{DRIVER}"'}}]},
}


def model(name):
    return f'device.attributes["{DRIVER}"].model == "{name}"'


def gpus(on, *memories, generation=1, **more):
    """What a driver publishes of a node: cards with so much memory, of models by their size."""
    devices = [
        {
            "name": f"gpu-{n}",
            "attributes": {"model": {"string": "large" if memory >= 40 else "small"}},
            "capacity": {"memory": {"value": f"{memory}Gi"}},
        }
        for n, memory in enumerate(memories)
    ]
    pool = {"name": on, "generation": generation, "resourceSliceCount": 1}
    spec = {"driver": DRIVER, "nodeName": on, "pool": pool, "devices": devices, **more}
    return {"kind": "ResourceSlice", "metadata": {"name": f"{on}-{generation}"}, "spec": spec}


def claim(name, count=1, *selectors, has=(), on="", **more):
    asked = {"deviceClassName": "gpu", "count": count, **more}
    asked["selectors"] = [{"cel": {"expression": one}} for one in selectors]
    made = {"kind": "ResourceClaim", "metadata": {"name": name, "namespace": "shop"}}
    made["spec"] = {"devices": {"requests": [{"name": "r", "exactly": asked}]}}
    if has:
        terms = [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": [on]}]}]
        results = [{"request": "r", "driver": DRIVER, "pool": on, "device": one} for one in has]
        made["status"] = {"allocation": {"devices": {"results": results}, "nodeSelector": {"nodeSelectorTerms": terms}}}
    return made


def parted(on):
    """Parts of one card, of which not all can be had at a time."""
    made = gpus(on, 16, 16)
    for one in made["spec"]["devices"]:
        one["consumesCounters"] = [{"counterSet": "card", "counters": {"memory": {"value": "16Gi"}}}]
    return made


def claims(name, of, on=None):
    return pod(name, on, resourceClaims=[{"name": "gpu", "resourceClaimName": of}])


def today(found, name):
    return found.instance.vm_labels[found.instance.vm_names.index_of[f"shop/{name}"]][TODAY]


def test_a_pod_goes_where_enough_devices_of_its_sort_are_free():
    cluster = [node("n0"), node("n1"), gpus("n0", 80, 16), gpus("n1", 16, 16, 16), CLASS]
    waits = [claim("a", 1, LARGE), claims("large", "a"), claim("b", 3), claims("three", "b")]
    assert solved(of(*cluster, *waits)).placement == {"shop/large": "n0", "shop/three": "n1"}


def test_devices_that_others_have_are_taken():
    cluster = [node("n0"), gpus("n0", 80, 16), CLASS, claim("a", has=["gpu-0"], on="n0"), claims("runs", "a", "n0")]
    found = of(*cluster, claim("b", 1, LARGE), claims("x", "b"), claim("c"), claims("y", "c"))
    assert solved(found).placement == {"shop/runs": "n0", "shop/y": "n0"}
    assert today(found, "x").endswith(f"1 short of devices:gpu ({LARGE.split('].')[1]})")


def test_claims_of_nobody_that_is_known_keep_their_devices():
    cluster = [node("n0"), gpus("n0", 80), CLASS, claim("a", has=["gpu-0"], on="n0")]
    assert solved(of(*cluster, claim("b"), claims("x", "b"))).n_placed == 0


def test_a_claim_that_has_devices_is_used_where_they_are():
    cluster = [node("n0"), node("n1"), gpus("n0", 80), gpus("n1", 80), CLASS, claim("a", has=["gpu-0"], on="n1")]
    assert solved(of(*cluster, claims("x", "a"))).placement == {"shop/x": "n1"}


def test_claims_are_made_of_templates():
    given = {"kind": "ResourceClaimTemplate", "metadata": {"name": "one", "namespace": "shop"}}
    given["spec"] = {"spec": claim("", 2)["spec"]}
    pods = [pod(f"p{n}", resourceClaims=[{"name": "g", "resourceClaimTemplateName": "one"}]) for n in range(2)]
    assert solved(of(node("n0"), gpus("n0", 16, 16, 16), CLASS, given, *pods)).n_placed == 1


def test_a_pod_waits_for_a_claim_that_is_not_there():
    found = of(node("n0"), gpus("n0", 16), CLASS, claim("other"), claims("x", "gone"))
    assert today(found, "x") == "0 of 1 node take it now: 1 as its resource claim gone is not there"


def test_only_the_last_generation_of_a_pool_counts():
    cluster = [node("n0"), gpus("n0", 16, 16), gpus("n0", 16, generation=2), CLASS]
    assert solved(of(*cluster, claim("a", 2), claims("x", "a"))).n_placed == 0


def test_a_class_that_is_not_there_has_no_devices():
    assert solved(of(node("n0"), gpus("n0", 16), claim("a"), claims("x", "a"))).n_placed == 0


def test_devices_of_the_first_api_are_read():
    old = gpus("n0", 80)
    old["spec"]["devices"] = [{"name": one.pop("name"), "basic": one} for one in old["spec"]["devices"]]
    asks = claim("a", 1, LARGE)
    asks["spec"]["devices"]["requests"] = [{"name": "r", **asks["spec"]["devices"]["requests"][0]["exactly"]}]
    assert solved(of(node("n0"), node("n1"), old, CLASS, asks, claims("x", "a"))).placement == {"shop/x": "n0"}


@pytest.mark.parametrize("kind", ["example.com/gpu", "deviceclass.resource.kubernetes.io/gpu"])
def test_extended_resources_may_stand_for_devices(kind):
    """Tests one pod that has a device by a claim that the scheduler made, and two that wait for what is left."""

    def asks(name, on=None):
        made = pod(name, on)
        made["spec"]["containers"][0]["resources"]["requests"][kind] = "1"
        return made

    of_class = {**CLASS, "spec": {**CLASS["spec"], "extendedResourceName": "example.com/gpu"}}
    runs = asks("runs", "n0")
    runs["status"]["extendedResourceClaimStatus"] = {"resourceClaimName": "made"}
    made = claim("made", has=["gpu-1"], on="n0")
    found = of(node("n0"), gpus("n0", 16, 16), of_class, made, runs, asks("x"), asks("y"))
    assert solved(found).n_placed == 2
    assert kind not in found.instance.resources


def test_devices_make_nobody_worth_more():
    found = of(node("n0"), gpus("n0", 16), CLASS, claim("a"), claims("x", "a"), pod("y"))
    assert found.instance.value.tolist()[0] == found.instance.value.tolist()[1]


@pytest.mark.parametrize(
    ("made", "name"),
    [
        ([gpus("n0", 16), CLASS, claim("a", 1, "device.attributes.exists(a, a)")], "selector gpu"),
        ([gpus("n0", 16, nodeName=None, allNodes=True), CLASS, claim("a")], "devices that several nodes reach"),
        ([gpus("n0", 16), gpus("n1", 16, 16), CLASS, claim("a", allocationMode="All")], "requests for all devices"),
        ([parted("n0"), CLASS, claim("a")], "devices in parts, or for several claims"),
        ([CLASS, claim("a")], "resource claims"),
    ],
)
def test_what_is_not_modelled_is_named(made, name):
    found = of(node("n0"), node("n1"), *made, claims("x", "a"), pod("y"))
    assert [key for key, outcome in outcomes(found) if outcome == "left out" and key.startswith(name)]
    assert solved(found).n_placed == 2


def test_what_is_not_modelled_is_counted_by_the_pods_that_it_touches():
    waits = [one for n in range(3) for one in (claim(f"c{n}"), claims(f"p{n}", f"c{n}"))]
    found = of(node("n0"), parted("n0"), CLASS, *waits)
    assert [one.count for one in found.features if one.name.startswith("devices in parts")] == [3]


def test_all_devices_of_a_node_are_for_one_pod():
    """Tests nodes with as many of them each, of which one is taken on the first."""
    cluster = [node("n0"), node("n1"), gpus("n0", 16, 16), gpus("n1", 16, 16), CLASS]
    taken = [claim("has", has=["gpu-0"], on="n0"), claims("runs", "has", "n0")]
    waits = [claim("a", allocationMode="All"), claims("x", "a"), claim("b"), claims("y", "b")]
    found = of(*cluster, *taken, *waits)
    assert today(found, "x") == "1 of 2 nodes takes it now: 1 short of devices:gpu"
    assert solved(found).placement == {"shop/runs": "n0", "shop/x": "n1", "shop/y": "n0"}


def test_devices_that_are_to_be_alike():
    """Tests two nodes with two cards each, that are alike on the second, and one with two of which one is taken."""
    cluster = [*(node(f"n{n}") for n in range(3)), gpus("n0", 80, 16), gpus("n1", 16, 16), gpus("n2", 80, 80), CLASS]
    taken = [claim("has", has=["gpu-0"], on="n2"), claims("runs", "has", "n2")]
    pair = claim("pair", 2)
    pair["spec"]["devices"]["constraints"] = [{"requests": ["r"], "matchAttribute": f"{DRIVER}/model"}]
    found = of(*cluster, *taken, pair, claims("x", "pair"))
    assert solved(found).placement == {"shop/runs": "n2", "shop/x": "n1"}
    assert today(found, "x") == "1 of 3 nodes takes it now: 2 short of devices that are alike"


def either(name, *options):
    """A claim of alternatives, each a number and a selector."""
    made = claim(name)
    told = [
        {"name": f"o{n}", "deviceClassName": "gpu", "count": count, "selectors": [{"cel": {"expression": one}}]}
        for n, (count, one) in enumerate(options)
    ]
    made["spec"]["devices"]["requests"] = [{"name": "r", "firstAvailable": told}]
    return made


def test_of_alternatives_the_first_that_any_node_has_is_taken():
    cluster = [node("n0"), node("n1"), gpus("n0", 80), gpus("n1", 16, 16), CLASS]
    options = (2, LARGE), (2, model("small"))
    found = of(*cluster, either("a", *options), claims("x", "a"), either("b", options[0]), claims("y", "b"))
    assert solved(found).placement == {"shop/x": "n1"}
    assert ("requests with alternatives", "approximated") in outcomes(found)


@pytest.mark.parametrize("seed", range(30))
def test_nodes_take_a_pod_whose_devices_are_free_there(seed):
    """Tests against counting which devices nobody has, card by card."""
    dice = random.Random(seed)
    cards = {f"n{n}": [dice.choice([16, 40, 80]) for _ in range(dice.randint(0, 4))] for n in range(4)}
    taken = {name: {n for n in range(len(some)) if dice.random() < 0.4} for name, some in cards.items()}
    items = [CLASS, *map(node, cards), *(gpus(name, *some) for name, some in cards.items())]
    for name, several in taken.items():
        for n in several:
            items += [claim(f"{name}-{n}", has=[f"gpu-{n}"], on=name), claims(f"r{name}-{n}", f"{name}-{n}", name)]
    count, asks = dice.choice([1, 1, 2]), dice.choice([(), (LARGE,), (model("small"),)])
    least, most = (40, 99) if LARGE in asks else (0, 39) if asks else (0, 99)
    free = Counter(
        name
        for name, some in cards.items()
        for n, size in enumerate(some)
        if n not in taken[name] and least <= size <= most
    )
    found = of(*items, claim("a", count, *asks), claims("x", "a")).instance
    now = {vm: found.host_names[h] for vm, h in zip(found.vm_names, found.current.tolist(), strict=True) if h >= 0}
    open_to = {host for host in found.host_names if not vmopt.verify(found, {**now, "shop/x": host})}
    assert open_to == {name for name, n in free.items() if n >= count}


VIEW = {"driver": "d", "attributes": {"d": {"model": "A100", "cores": 8, "mig": True, "v": "1.10.0"}}, "capacity": {}}


@pytest.mark.parametrize(
    ("expression", "met"),
    [
        ('device.attributes["d"].model == "A100"', True),
        ("device.attributes['d'].model.lowerAscii().startsWith('a1')", True),
        ('device.attributes["d"].model in ["H100", "A100"] && device.attributes["d"].cores > 4', True),
        ('!(device.attributes["d"].mig) || device.attributes["d"].cores <= 8', True),
        ('device.attributes["d"].v.compareTo(semver("1.9.0")) > 0', True),
        ('device.attributes["d"].v.isLessThan(semver("1.9.0"))', False),
        ('"model" in device.attributes["d"] && has(device.attributes["d"].mig)', True),
        ('has(device.attributes["d"].nothing)', False),
        ('device.attributes["other"].model == "A100"', False),
        ("true", True),
        ('"A100"', False),
    ],
)
def test_expressions_are_evaluated(expression, met):
    assert holds(expression, VIEW) is met


@pytest.mark.parametrize(
    "expression",
    ["", "device.", "1 +", 'device.model.matches("a")', "x", "(" * 1000, "!" * 1000, "[" * 300, "a" * 20_000, '"open'],
)
def test_expressions_that_are_not_read_are_refused(expression):
    with pytest.raises(CelError):
        holds(expression, VIEW)


def room(name, capacity, **more):
    about = {"kind": "CSIStorageCapacity", "metadata": {"name": name, "namespace": "kube-system"}}
    return {
        **about,
        "storageClassName": "std",
        "nodeTopology": {"matchLabels": {HOST: name}},
        "capacity": capacity,
        **more,
    }


@pytest.mark.parametrize(("size", "where"), [("5Gi", {"n0", "n1"}), ("50Gi", {"n1"}), ("500Gi", set())])
def test_volumes_are_made_where_there_is_room(size, where):
    asks = volume_claim(storage=size, storageClassName="std")
    rooms = [room("n0", "10Gi"), room("n1", "100Gi"), room("n2", "900Gi", maximumVolumeSize="1Gi")]
    found = of(*map(node, ("n0", "n1", "n2")), kind_of(), *rooms, asks, pod("x", **mounts()))
    open_to = {host for host in found.instance.host_names if not vmopt.verify(found.instance, {"shop/x": host})}
    assert open_to == where
    assert f"{3 - len(where)} short of free storage for its claims" in today(found, "x")


def test_room_for_volumes_is_not_looked_at_where_the_driver_does_not_ask_for_it():
    driver = {"kind": "CSIDriver", "metadata": {"name": "ebs.csi.aws.com"}, "spec": {"storageCapacity": False}}
    asks = volume_claim(storage="50Gi", storageClassName="std")
    assert solved(of(node("n0"), kind_of(), driver, room("n0", "1Gi"), asks, pod("x", **mounts()))).n_placed == 1


@pytest.mark.parametrize("expression", ["", "device.", "device.driver =="])
def test_expressions_that_end_too_early_say_so(expression):
    with pytest.raises(CelError, match="ends too early"):
        holds(expression, VIEW)


@pytest.mark.parametrize(
    ("wrong", "whose"),
    [
        (claim("a", "two"), "resource claim shop/a: count"),
        (gpus("n0", 16, devices="all"), "resource slice n0-1: devices"),
    ],
)
def test_wrong_fields_are_told_with_whose_they_are(wrong, whose):
    there = [node("n0"), gpus("n1", 16), CLASS, claims("p", "a")]
    with pytest.raises(vmopt.VmoptError, match=whose):
        of(*there, wrong)
