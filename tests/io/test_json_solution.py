"""Solutions as JSON: exact round trips, and no claim that the data contradict."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import instances
from tests.thorough import few
from vmopt import metrics
from vmopt.bounds import Bound, Claim, Enumeration, Prices
from vmopt.bounds.price_bound import verify_bound
from vmopt.errors import FileError
from vmopt.generate import generate
from vmopt.io import fingerprint, read_solution, schema, write_solution
from vmopt.model import Instance, Objective
from vmopt.solution import Solution
from vmopt.solving import solve
from vmopt.status import Limit, Status
from vmopt.verify import verify

CLUSTER = Instance.from_arrays(
    [[4, 16], [5, 8], [1, 1]],
    [[8, 32], [4, 16]],
    resources=["cpu", "memory"],
    vm_names=["a", "b", "c"],
    host_names=["h1", "h2"],
)
ARRAYS = ("host_index", "prices", "elastic_allocation")
FIELDS = [f.name for f in dataclasses.fields(Solution) if f.name not in ("instance", "certificate", *ARRAYS)]


def solution_of(instance: Instance, placement: list[int], **changes: Any) -> Solution:
    """Return a solution with the bound of no prices: the value of everything that fits somewhere."""
    host_index = np.array(placement, dtype=np.int64)
    objective = metrics.objective_of(instance, host_index)
    prices = np.zeros(instance.host_classes.capacity.shape)
    solution = Solution(
        instance=instance,
        host_index=host_index,
        status=Status.FEASIBLE,
        limit=None,
        objective=objective,
        certificate=Bound(max(objective, verify_bound(instance, prices)), Prices(prices)),
        prices=prices,
        method="greedy-demand",
        backend=None,
        build_seconds=0.0,
        solve_seconds=0.123456789,
        seed=7,
        requested_gap=1e-4,
    )
    return dataclasses.replace(solution, **changes)


def assert_same(one: Solution, other: Solution) -> None:
    for name in FIELDS:
        assert getattr(one, name) == getattr(other, name), name
    assert (one.bound, one.bound_by, one.certificate.step) == (other.bound, other.bound_by, other.certificate.step)
    assert type(one.certificate.proof) is type(other.certificate.proof)
    assert one.host_index.tolist() == other.host_index.tolist()
    assert np.array_equal(one.allocation, other.allocation)
    assert (one.prices is None) == (other.prices is None)
    assert one.prices is None or (np.array_equal(one.prices, other.prices) and one.prices.dtype == other.prices.dtype)


@settings(max_examples=few(60), deadline=None)
@given(instances(elastic=None), st.data())
def test_round_trips_are_exact(tmp_path_factory: pytest.TempPathFactory, instance: Instance, data: Any) -> None:
    """Tests that reading what was written gives the same solution, for any placement that fits."""
    placement = [-1] * instance.n_vms
    for vm in range(instance.n_vms):
        placement[vm] = data.draw(st.integers(-1, instance.n_hosts - 1))
        if verify(instance, placement):
            placement[vm] = -1
    path = tmp_path_factory.getbasetemp() / "solution.json"
    solution = solution_of(instance, placement)
    write_solution(solution, path)
    assert_same(read_solution(instance, path), solution)
    jsonschema.validate(json.loads(path.read_text()), schema("solution"))


@pytest.mark.parametrize(
    "changes",
    [
        {
            "status": Status.OPTIMAL,
            "certificate": Bound(solution_of(CLUSTER, [0, -1, 0]).objective, Claim("cp-sat 9.15")),
            "prices": None,
        },
        {"limit": Limit.TIME, "backend": "cp-sat 9.15", "certificate": Bound(9.0, Claim("cp-sat 9.15"))},
        {"certificate": Bound(9.0, Enumeration("cp-sat 9.15"))},
        {"certificate": Bound(inf, Claim("none")), "prices": None},
        {"prices": None, "certificate": Bound(0.1 + 0.9, Claim("HiGHS 1.12"))},
        {"status": Status.OPTIMAL, "requested_gap": 1.0},
    ],
)
def test_every_field_survives(tmp_path: Path, changes: dict[str, Any]) -> None:
    """Tests that status, limit, backend, an infinite bound and missing prices come back as they were."""
    solution = solution_of(CLUSTER, [0, -1, 0], **changes)
    write_solution(solution, tmp_path / "s.json.gz")
    assert_same(read_solution(CLUSTER, tmp_path / "s.json.gz"), solution)


@pytest.mark.parametrize("status", [Status.NOT_FOUND, Status.INFEASIBLE])
def test_solutions_without_a_placement(tmp_path: Path, status: Status) -> None:
    """Tests that finding nothing is written and read too."""
    solution = solution_of(CLUSTER, [-1, -1, -1], status=status, limit=Limit.TIME)
    write_solution(solution, tmp_path / "s.json")
    assert_same(read_solution(CLUSTER, tmp_path / "s.json"), solution)


def test_what_the_file_says(tmp_path: Path) -> None:
    """Tests that the placement is by name, and what runs nowhere is listed."""
    write_solution(solution_of(CLUSTER, [0, -1, 1]), tmp_path / "s.json")
    document = json.loads((tmp_path / "s.json").read_text())
    assert document["placement"] == {"a": "h1", "c": "h2"}
    assert document["unplaced"] == ["b"]
    assert document["status"] == "feasible"


def test_a_large_solution(tmp_path: Path) -> None:
    """Tests that 100,000 VMs without names of their own survive."""
    instance = generate("flavor", hosts=100, vms=100_000)
    placement = np.full(instance.n_vms, -1)
    placement[:100] = np.arange(100)
    solution = solution_of(instance, placement.tolist())
    write_solution(solution, tmp_path / "s.json.gz")
    assert_same(read_solution(instance, tmp_path / "s.json.gz"), solution)


@pytest.mark.parametrize(
    "change",
    [
        {"demand": [[4, 16], [5, 8], [1, 2]]},
        {"capacity": [[8, 32], [4, 17]]},
        {"priority": [1, 1, 2]},
        {"value": [None, None, 3]},
        {"vm_names": ["a", "c", "b"]},
        {"host_names": ["h1", "h3"]},
        {"resources": ["cpu", "ram"]},
    ],
)
def test_another_instance_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    """Tests that a solution is read with no instance but its own."""
    write_solution(solution_of(CLUSTER, [0, -1, 1]), tmp_path / "s.json")
    other = CLUSTER.replace(**change)
    assert fingerprint(other) != fingerprint(CLUSTER)
    with pytest.raises(FileError, match="is the solution of another instance"):
        read_solution(other, tmp_path / "s.json")


def test_fingerprints_see_no_labels() -> None:
    """Tests that what does not touch placements does not touch the fingerprint: labels, kinds, names as counted."""
    plain = Instance.from_arrays([[1], [2]], [[3]])
    same = plain.replace(vm_names=["vm-0", "vm-1"], vm_labels=[{"a": "b"}, {}], is_container=[True, False])
    assert fingerprint(same) == fingerprint(plain)


def put(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document.__setitem__(key, value)


def place(vm: str, host: Any) -> Callable[[dict[str, Any]], None]:
    return lambda document: document["placement"].__setitem__(vm, host)


LIES = [
    (place("b", "h2"), "does not fit: host 'h2' has 4 of cpu, but 6 is placed on it"),
    (place("z", "h2"), "names VM 'z', which the instance does not have"),
    (place("c", "h9"), "puts VM 'c' on host 'h9'"),
    (place("c", "h1"), None),
    (lambda document: document["placement"].pop("c"), "unplaced does not list"),
    (put("unplaced", []), "unplaced does not list"),
    (put("objective", 0.9), "it claims objective 0.9, but the placement is worth"),
    (put("bound", 0.1), "it claims bound 0.1, but the placement is worth"),
    (put("objective", -1), "it claims objective -1.0, but the placement is worth"),
    (put("bound", 0.5), "its prices prove .* only"),
    (put("bound", None), "it claims gap"),
    (put("gap", 0.0), "it claims gap 0.0, but objective and bound are"),
    (put("status", "optimal"), "it claims to be optimal, but the gap"),
    (put("status", "infeasible"), "its status is 'infeasible', but it places 2 VMs"),
    (put("prices", None), "the bound is said to be by prices, but prices is null"),
    (put("prices", [[0, 0]]), r"prices have shape \(1, 2\)"),
]
NOT_OUR_FORMAT = [
    (put("format", "vmopt-instance"), "is a 'vmopt-instance' file"),
    (put("version", 9), "has version 9"),
    (put("status", "best"), "status is 'best': use one of optimal, feasible, infeasible, not found"),
    (put("limit", "memory full"), "limit is 'memory full': use one of time, nodes, memory, interrupted"),
    (put("prices", [[0, -1], [0, 0]]), "prices must be finite and at least 0"),
    (put("prices", [1, 2]), "prices are not an array of arrays of numbers"),
    (put("prices", [["1", 0], [0, 0]]), "prices are not an array of arrays of numbers"),
    (put("objective", "much"), 'objective is "much": expected an integer or a number'),
    (put("requested_gap", -1), "requested_gap is -1: it cannot be negative"),
    (put("seed", 1.5), "seed is 1.5: expected an integer"),
    (put("backend", 3), "backend is 3: expected a string or null"),
    (place("c", 1), "VM 'c' is placed on 1: expected the name of a host"),
    (put("placement", []), r"placement is \[\]: expected an object"),
    (put("note", "mine"), "key 'note' is unknown"),
    (lambda document: document.pop("solve_seconds"), "key 'solve_seconds' is missing"),
]


def write_changed(path: Path, change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    write_solution(solution_of(CLUSTER, [0, -1, 1]), path)
    document: dict[str, Any] = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return document


@pytest.mark.parametrize(("change", "why"), LIES)
def test_lies_are_refused(tmp_path: Path, change: Any, why: str | None) -> None:
    """Tests that a file that claims what the data contradict gives one error that says so."""
    document = write_changed(tmp_path / "s.json", change)
    jsonschema.validate(document, schema("solution"))
    if why is None:
        assert read_solution(CLUSTER, tmp_path / "s.json").placement["c"] == "h1"
        return
    with pytest.raises(FileError, match=why) as caught:
        read_solution(CLUSTER, tmp_path / "s.json")
    assert str(caught.value).startswith(str(tmp_path / "s.json"))


@pytest.mark.parametrize(("change", "why"), NOT_OUR_FORMAT)
def test_what_is_no_solution_is_refused(tmp_path: Path, change: Any, why: str) -> None:
    """Tests that reader and schema both refuse what does not follow the format."""
    document = write_changed(tmp_path / "s.json", change)
    with pytest.raises(FileError, match=why):
        read_solution(CLUSTER, tmp_path / "s.json")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema("solution"))


def test_only_solutions_are_written(tmp_path: Path) -> None:
    """Tests that something else in place of a solution is named."""
    with pytest.raises(FileError, match="expected a Solution, got dict"):
        write_solution({}, tmp_path / "s.json")  # type: ignore[arg-type]


def test_a_solution_of_a_single_tier_comes_back_with_it(tmp_path):
    cluster = Instance.from_arrays([[2], [3], [1]], [[4]], objective=Objective("tiers"))
    solution = solve(cluster, threads=1)
    write_solution(solution, tmp_path / "s.json")
    [level] = read_solution(cluster, tmp_path / "s.json").levels
    assert (level.priority, level.value, level.bound) == (1, solution.objective, solution.bound)
