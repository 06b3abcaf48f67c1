"""Dumps of Kubernetes: amounts by sums of their own, rules by another reading of the documentation."""

from __future__ import annotations

import gzip
import itertools
import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import vmopt
from tests.io.data import DATA
from tests.platforms.kubernetes import HOST, ZONE, allowed, apart, drawn, near, node, pod, reachable, selector, spread
from vmopt.cli import main
from vmopt.errors import FileError
from vmopt.platforms import read_kubernetes
from vmopt.platforms.kubernetes import from_documents
from vmopt.platforms.kubernetes.quantity import quantity

SAMPLES = DATA / "kubernetes"
SIZES = {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 10**3, "M": 10**6, "G": 10**9, "": 1}


def of(*objects):
    """Read a cluster."""
    return from_documents([("dump.json", {"kind": "List", "items": list(objects)})])


def solved(found):
    """Place all that can be placed."""
    solution = vmopt.solve(found.instance, time_limit=10, threads=1, gap=0)
    assert not vmopt.verify(found.instance, solution)
    return solution


@given(st.integers(0, 10**6), st.sampled_from([*SIZES, "m", "e3", "E2"]))
def test_quantities_are_exact(number, unit):
    value = {"m": Fraction(1, 1000), "e3": 1000, "E2": 100, **SIZES}[unit]
    assert quantity(f"{number}{unit}") == number * value
    assert quantity(f"{number}.5{unit}") == (number + Fraction(1, 2)) * value


NONE = ["", "1KB", "1ki", "--1", "1e999", "0x10", "1 Gi", "e3", ".", "1GiB", "NaN", "\u0661Gi"]


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(FileError, match="quantity"):
        quantity(text)


@pytest.mark.parametrize("name", ["kops_2nodes.json", "oke_4nodes.json"])
def test_a_sample_is_read_solved_and_planned(name, tmp_path, capsys):
    """Tests sums against the raw JSON: the samples have neither sidecars nor overhead."""
    if not (SAMPLES / name).is_file():
        pytest.skip(f"no {SAMPLES / name}")
    raw = json.loads((SAMPLES / name).read_text())["items"]
    found = read_kubernetes(SAMPLES / name)
    instance = found.instance
    cpu, memory = (instance.resources.index(kind) for kind in ("cpu", "memory"))
    nodes = [one for one in raw if one["kind"] == "Node"]
    assert instance.capacity[:, memory].sum() == sum(_bytes(one["status"]["allocatable"]["memory"]) for one in nodes)
    pods = [one["spec"] for one in raw if one["kind"] == "Pod" and one["status"]["phase"] != "Succeeded"]
    asked = [max(_sum(spec, "containers"), _most(spec)) for spec in pods]
    assert instance.demand[:, cpu].sum() == sum(asked)
    assert solved(found).n_placed == instance.n_vms == len(pods)
    cluster, placement = str(tmp_path / "cluster.json"), str(tmp_path / "placement.json")
    assert main(["import", "kubernetes", str(SAMPLES / name), "-o", cluster]) == 0
    assert "Keep" in capsys.readouterr().err
    assert main(["solve", cluster, "-o", placement, "-q"]) == 0
    assert main(["plan", cluster, placement, "--shell", "kubectl", "-q"]) == 0


def _bytes(text):
    digits = text.rstrip("KMGikm")
    return int(digits) * SIZES[text[len(digits) :]]


def _milli(container):
    text = container["resources"].get("requests", {}).get("cpu", "0")
    return int(text[:-1]) if text.endswith("m") else int(float(text) * 1000)


def _sum(spec, kind):
    return sum(_milli(one) for one in spec.get(kind, []))


def _most(spec):
    return max((_milli(one) for one in spec.get("initContainers", [])), default=0)


@pytest.mark.parametrize("seed", range(25))
def test_rules_say_what_the_documentation_does(seed):
    """Tests all placements of small clusters, by another reading of selectors, taints and affinities."""
    given_objects = drawn(seed)
    found = of(*given_objects)
    instance = found.instance
    names = [name.removeprefix("shop/") for name in instance.vm_names]
    self_near = any("podAffinity" in str(one) for one in given_objects)
    for hosts in itertools.product(range(-1, instance.n_hosts), repeat=instance.n_vms):
        placed = {names[vm]: instance.host_names[host] for vm, host in enumerate(hosts) if host >= 0}
        keeps, may = not vmopt.verify(instance, list(hosts)), allowed(given_objects, placed)
        assert may or not keeps or reachable(given_objects, placed), placed
        if not self_near:  # who may come first there depends on the order in which pods come
            assert keeps == may, placed


def test_the_scheduler_is_heard_and_what_fits_is_placed():
    waits = pod("big", cpu="9")
    said = "0/1 nodes are available: 1 Insufficient cpu."
    waits["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": said}]
    found = of(node("n1"), pod("web", "n1"), waits, pod("small"))
    assert found.messages == {"shop/big": said}
    assert solved(found).unplaced == ("shop/big",)


def test_what_the_scheduler_said_stands_beside_the_explanation(tmp_path, capsys):
    waits = pod("big", cpu="9")
    said = "0/1 nodes are available: 1 Insufficient cpu."
    waits["status"]["conditions"] = [{"type": "PodScheduled", "status": "False", "message": said}]
    found = of(node("n1"), pod("web", "n1"), waits)
    cluster, placement = str(tmp_path / "cluster.json"), str(tmp_path / "placement.json")
    vmopt.io.write_json(found.instance, cluster)
    vmopt.io.write_solution(solved(found), placement)
    assert main(["explain", cluster, placement, "shop/big", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["message"] == said
    assert main(["explain", cluster, placement, "shop/big"]) == 0
    assert "Insufficient cpu" in capsys.readouterr().out
    assert main(["explain", cluster, placement, "shop/web", "--json"]) == 0
    assert "message" not in json.loads(capsys.readouterr().out)


def test_what_runs_in_breach_goes_on_and_is_mended_where_it_can_be():
    both = [pod(f"w{n}", "n1", labels={"app": "web"}, affinity=apart("web")) for n in range(2)]
    found = of(node("n1"), node("n2"), *both)
    solution = solved(found)
    assert sorted(solution.placement.values()) == ["n1", "n2"]
    assert any(one.name == "hard rules that what runs breaks" for one in found.features)
    alone = of(node("n1"), *both)
    assert solved(alone).n_placed == 2


def test_evictions_cordons_and_selectors():
    evicting = [{"key": "maintenance", "effect": "NoExecute"}]
    old = pod("old", "n2", nodeSelector={"disk": "ssd"})
    found = of(node("n1", labels={"disk": "ssd"}), node("n2", taints=evicting), node("n3", unschedulable=True), old)
    assert solved(found).placement["shop/old"] == "n1"
    stays = of(node("n1"), node("n3", unschedulable=True), pod("old", "n3"))
    assert solved(stays).placement["shop/old"] == "n3"


def test_even_over_zones_and_near_each_other():
    web = [pod(f"w{n}", labels={"app": "web"}, topologySpreadConstraints=[spread("web")]) for n in range(4)]
    db = pod("db", labels={"app": "db"}, affinity=near("web", HOST))
    found = of(node("n1", "a"), node("n2", "b"), *web, db)
    solution = solved(found)
    zones = [solution.placement[f"shop/w{n}"] for n in range(4)]
    assert sorted(zones) == ["n1", "n1", "n2", "n2"]
    assert solution.placement["shop/db"] in zones


def test_volumes_ports_and_budgets():
    claims = [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]
    claim = {"kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": "shop"}}
    volume = {"kind": "PersistentVolume", "metadata": {"name": "pv", "labels": {ZONE: "b"}}}
    ports = [{"containerPort": 80, "hostPort": 8080}]
    exposed = [pod(f"p{n}") for n in range(3)]
    for one in exposed:
        one["spec"]["containers"][0]["ports"] = ports
    budget = {
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "b", "namespace": "shop"},
        "spec": {"selector": selector("keep")},
        "status": {"disruptionsAllowed": 0},
    }
    kept = pod("kept", "n1", labels={"app": "keep"})
    mounted = pod("db", volumes=claims)
    objects = [node("n1", "a"), node("n2", "b"), {**claim, "spec": {"volumeName": "pv"}}, volume, mounted, *exposed]
    found = of(*objects, budget, kept)
    solution = solved(found)
    assert solution.placement["shop/db"] == "n2"
    assert len(solution.unplaced) == 1
    assert vmopt.Keep(["shop/kept"]) in found.instance.rules


def test_requests_of_sidecars_overhead_and_whole_pods():
    spec = {"initContainers": [{"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "100m"}}}]}
    beside = of(node("n1"), pod("a", **spec, overhead={"cpu": "50m"}))
    assert beside.instance.demand[0].tolist() == [650, 256 * 2**20, 1]
    whole = of(node("n1"), pod("a", resources={"requests": {"cpu": "2"}}))
    assert whole.instance.demand[0].tolist() == [2000, 256 * 2**20, 1]
    resized = pod("a", "n1")
    resized["status"]["containerStatuses"] = [{"name": "c", "allocatedResources": {"cpu": "1500m"}}]
    assert of(node("n1"), resized).instance.demand[0, 0] == 1500


def test_who_does_not_count():
    ended, gated, lost = pod("ended", "n1"), pod("gated", schedulingGates=[{"name": "x"}]), pod("lost", "gone")
    ended["status"]["phase"] = "Succeeded"
    found = of(node("n1"), pod("web", "n1"), ended, gated, lost)
    assert list(found.instance.vm_names) == ["shop/web", "shop/gated"]
    assert solved(found).unplaced == ("shop/gated",)
    assert sum(one.count for one in found.features if one.outcome == "left out") == 2


def test_yaml_lists_and_folders_say_the_same(tmp_path):
    objects = [node("n1"), pod("web", "n1")]
    (tmp_path / "nodes.json").write_text(json.dumps({"kind": "NodeList", "items": [objects[0]]}))
    text = json.dumps(objects[1])  # JSON is YAML
    (tmp_path / "pods.yaml.gz").write_bytes(gzip.compress(f"---\n{text}\n---\n".encode()))
    assert read_kubernetes(tmp_path).instance == of(*objects).instance


@pytest.mark.parametrize(
    ("objects", "told"),
    [
        ([pod("web")], "no nodes are in these files"),
        ([{"kind": "Node"}], "a Node has no metadata.name"),
        ([node("n1"), pod("web", cpu="many")], "pod shop/web: .*'many' is no quantity"),
        ([node("n1"), pod("web", nodeSelector=[3])], "nodeSelector is"),
        ([3], "no object of Kubernetes"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(objects, told):
    with pytest.raises(FileError, match=told) as refused:
        of(*objects)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("text", ["a: [", "a: &x [1]\nb: *x", "[" * 200, "\x00"])
def test_yaml_that_is_none_or_explodes_is_refused(text, tmp_path):
    (tmp_path / "dump.yaml").write_text(text)
    with pytest.raises(FileError, match=r"dump\.yaml"):
        read_kubernetes(tmp_path / "dump.yaml")
