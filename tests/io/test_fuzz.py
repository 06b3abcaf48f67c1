"""Mutated files: one of our errors, or an instance; never anything else."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from tests.io.test_json_solution import CLUSTER, solution_of
from vmopt.errors import VmoptError
from vmopt.generate import generate
from vmopt.io import (
    read,
    read_cloud_balancing,
    read_csv,
    read_huawei,
    read_mknap,
    read_roadef,
    read_solution,
    write,
    write_csv,
    write_solution,
)
from vmopt.model import VM, Host, Instance, Objective
from vmopt.solution import Solution

RUBBISH: list[Any] = [
    None, True, -1, 0, 1.5, 2**53 + 1, 2**63, 2**64, 10**30, 1e308, -1e308, "", "x", "9" * 50, [], {}, [[]], [{}],
    {"cpu": {"cpu": [1]}}, [1, "2", None], float("nan"), float("inf"), "\ud800", "\0", {"": ""},
]  # fmt: skip
BYTES = [b"NaN", b"Infinity", b"-", b"1e999", b"\xff\xfe", b"\xef\xbb\xbf", b"\0", b'"', b"{", b"]", b",", b"9" * 400]
CLOUD = {
    "computerList": [{"id": 0, "cpuPower": 24, "memory": 96.5, "networkBandwidth": 16, "cost": 4800}],
    "processList": [
        {"id": i, "requiredCpuPower": 1, "requiredMemory": 2, "requiredNetworkBandwidth": 3, "computer": None}
        for i in range(3)
    ],
}
SERVERS = b"CPU1,RAM1,CPU2,RAM2\n16,32,32,64\n"
REQUESTS = b"flavor_vcpus,flavor_ram,numa,strategy,group,domain\n8,16,1,fault_domain,0,1\n4,8,2,affinity,3,\n1,2,1,,,\n"
INSTANCE = Instance.from_rows(
    [Host("h1", {"cpu": 8, "memory": 32.5}, {"rack": "r1"}), Host("h2", {"cpu": 4, "memory": 16})],
    [
        VM("web", {"cpu": 4, "memory": 16}, priority=3, labels={"tier": "front"}),
        VM("db", {"cpu": 2}, value=0.7, kind="container"),
        VM("job", {"memory": 0.1}),
    ],
    objective=Objective("demand", {"cpu": 2, "memory": 1}),
)


def mutated_tree(rng: random.Random, tree: Any) -> Any:
    """Return a tree with one node dropped, doubled, renamed, or made rubbish."""
    if isinstance(tree, dict | list) and tree and rng.random() < 0.8:
        keys = list(tree) if isinstance(tree, dict) else range(len(tree))
        key = rng.choice(keys)
        copied = dict(tree) if isinstance(tree, dict) else list(tree)
        action = rng.choice(["inside", "inside", "inside", "drop", "rename", "swap"])
        if action == "inside":
            copied[key] = mutated_tree(rng, tree[key])
        elif action == "drop":
            del copied[key]
        elif action == "swap":
            copied[key] = tree[rng.choice(keys)]
        elif isinstance(copied, dict):
            copied[rng.choice(["name", "cpu", "x", ""])] = copied.pop(key)
        else:
            copied.append(tree[key])
        return copied
    return rng.choice(RUBBISH)


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    """Return data with a few bytes flipped, cut, doubled or put in."""
    for _ in range(rng.randint(1, 3)):
        at, length = rng.randrange(len(data) + 1), rng.randint(1, 12)
        action = rng.choice(["flip", "cut", "end", "insert", "double"])
        if action == "flip" and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        elif action == "cut":
            data = data[:at] + data[at + length :]
        elif action == "end":
            data = data[:at]
        elif action == "insert":
            data = data[:at] + rng.choice(BYTES) + data[at:]
        else:
            data = data[:at] + data[at : at + length] + data[at:]
    return data


def outcome(reader: Any, *arguments: Any) -> str:
    """What a reader makes of a file; anything but one of our errors ends the test."""
    try:
        result = reader(*arguments)
    except VmoptError:
        return "refused"
    for instance in result if isinstance(result, tuple) else [result]:
        assert isinstance(instance, Instance | Solution | tuple)
        if isinstance(instance, Instance):
            assert instance.replace() == instance
    return "read"


def check(outcomes: list[str]) -> None:
    """Refuse a fuzz test that only ever sees one side."""
    assert outcomes.count("refused") > len(outcomes) / 5
    assert outcomes.count("read") > 0


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_mutated_trees(tmp_path: Path, layout: Any) -> None:
    """Tests 200 JSON instances with keys dropped, types swapped, rubbish nested."""
    rng = random.Random(f"trees {layout}")
    write(INSTANCE, tmp_path / "good.json", layout=layout)
    tree = json.loads((tmp_path / "good.json").read_text())
    outcomes = []
    for _ in range(200):
        (tmp_path / "a.json").write_text(json.dumps(mutated_tree(rng, tree)))
        outcomes.append(outcome(read, tmp_path / "a.json"))
    check(outcomes)


@pytest.mark.parametrize("name", ["rows.json", "columns.json.gz"])
def test_mutated_bytes(tmp_path: Path, name: str) -> None:
    """Tests 200 JSON instances with bytes flipped, cut and put in, plain and gzip."""
    rng = random.Random(f"bytes {name}")
    write(INSTANCE, tmp_path / name, layout=name.split(".")[0])  # type: ignore[arg-type]
    data = (tmp_path / name).read_bytes()
    outcomes = []
    for _ in range(200):
        (tmp_path / "a.json").write_bytes(mutated_bytes(rng, data))
        outcomes.append(outcome(read, tmp_path / "a.json"))
    if name.endswith(".json"):
        check(outcomes)


def test_mutated_solutions(tmp_path: Path) -> None:
    """Tests 200 JSON solutions: bytes and trees."""
    rng = random.Random("solutions")
    write_solution(solution_of(CLUSTER, [0, -1, 1]), tmp_path / "good.json")
    data = (tmp_path / "good.json").read_bytes()
    outcomes = []
    for i in range(200):
        tree = json.dumps(mutated_tree(rng, json.loads(data))).encode()
        (tmp_path / "a.json").write_bytes(tree if i % 2 else mutated_bytes(rng, data))
        outcomes.append(outcome(read_solution, CLUSTER, tmp_path / "a.json"))
    assert outcomes.count("refused") > 100


def test_mutated_csv(tmp_path: Path) -> None:
    """Tests 200 CSV files of VMs with bytes flipped, cut and put in."""
    rng = random.Random("csv")
    write_csv(INSTANCE.replace(objective=None), tmp_path / "h.csv", tmp_path / "good.csv")
    data = (tmp_path / "good.csv").read_bytes()
    outcomes = []
    for i in range(200):
        mutated = mutated_bytes(rng, data)
        (tmp_path / "v.csv").write_bytes(gzip.compress(mutated)[: rng.choice([50, None])] if i % 10 == 0 else mutated)
        outcomes.append(outcome(read_csv, tmp_path / "h.csv", tmp_path / "v.csv"))
    check(outcomes)


def test_mutated_requests(tmp_path: Path) -> None:
    """Tests 200 pairs of servers and requests of Huawei Cloud, one of them changed."""
    rng = random.Random("huawei")
    outcomes = []
    for i in range(200):
        (tmp_path / "s.csv").write_bytes(mutated_bytes(rng, SERVERS) if i % 2 else SERVERS)
        (tmp_path / "r.csv").write_bytes(REQUESTS if i % 2 else mutated_bytes(rng, REQUESTS))
        outcomes.append(outcome(read_huawei, tmp_path / "s.csv", tmp_path / "r.csv"))
    check(outcomes)


def test_mutated_processes(tmp_path: Path) -> None:
    """Tests 200 files of cloud balancing: bytes and trees."""
    rng = random.Random("cloud")
    data = json.dumps(CLOUD).encode()
    outcomes = []
    for i in range(200):
        tree = json.dumps(mutated_tree(rng, CLOUD)).encode()
        (tmp_path / "a.json").write_bytes(tree if i % 2 else mutated_bytes(rng, data))
        outcomes.append(outcome(read_cloud_balancing, tmp_path / "a.json"))
    check(outcomes)


def test_mutated_numbers(tmp_path: Path) -> None:
    """Tests 200 files of the benchmark libraries that are streams of numbers."""
    rng = random.Random("numbers")
    mknap, roadef = b"1\n2 2 7.5\n4 3.5\n1 2\n2 1\n3 3\n", b"1 0 1 1 0 0 9 9 0 1 0 0 2 0 4 1 0 5 1 0 1 10 1"
    outcomes = []
    for i in range(200):
        (tmp_path / "a.txt").write_bytes(mutated_bytes(rng, roadef if i % 2 else mknap))
        outcomes.append(outcome(read_roadef if i % 2 else read_mknap, tmp_path / "a.txt"))
    check(outcomes)


def test_the_unchanged_files_are_good(tmp_path: Path) -> None:
    """Tests that what the other tests mutate is read as it is."""
    large = generate(hosts=2, vms=3)
    for instance in (INSTANCE, large):
        write(instance, tmp_path / "a.json")
        assert read(tmp_path / "a.json") == instance
    (tmp_path / "a.txt").write_text("1 0 1 1 0 0 9 9 0 1 0 0 2 0 4 1 0 5 1 0 1 10 1")
    assert read_roadef(tmp_path / "a.txt").demand.tolist() == [[4], [5]]
    (tmp_path / "a.json").write_text(json.dumps(CLOUD))
    assert read_cloud_balancing(tmp_path / "a.json").n_vms == 3
    (tmp_path / "s.csv").write_bytes(SERVERS)
    (tmp_path / "r.csv").write_bytes(REQUESTS)
    assert read_huawei(tmp_path / "s.csv", tmp_path / "r.csv").n_vms == 3
