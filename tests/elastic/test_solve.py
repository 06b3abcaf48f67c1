"""Elastic instances through the front door, and through files."""

from __future__ import annotations

import dataclasses
import doctest
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from tests.patience import PATIENCE
from tests.strategies import instances
from tests.thorough import few
from vmopt import metrics
from vmopt.bounds import dual
from vmopt.cli.entry import main
from vmopt.methods.elastic.sizes import full_parts, sizes, with_sizes
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile

ONE_THREAD = {"threads": 1, "gap": 0.0}
PAGE = Path(__file__).parents[2] / "docs" / "elastic.md"
METHODS = ["greedy-priority", "greedy-demand:best-fit", "column-generation", "price-guided", "auto"]


@settings(max_examples=few(40), deadline=None)
@given(instances(max_vms=6, max_hosts=3, max_resources=3, elastic=True), st.sampled_from(METHODS))
def test_every_method_tells_the_truth(instance, method) -> None:
    """Tests that solutions are verified, that none beats exact, and that no bound lies below the optimum."""
    best = vmopt.solve(instance, method="exact", **ONE_THREAD)
    solution = vmopt.solve(instance, method=method, threads=1, time_limit=2)
    assert vmopt.verify(instance, solution) == ()
    assert solution.objective == metrics.objective_of(instance, solution.host_index, solution.allocation)
    assert solution.objective <= best.objective * (1 + 1e-9)
    assert solution.bound >= best.objective * (1 - 1e-9)


@settings(max_examples=few(20), deadline=None)
@given(instances(max_vms=6, max_hosts=3, max_resources=3), st.sampled_from([0.0, 0.5]))
def test_less_reserved_is_never_worse(instance, part) -> None:
    """Tests that the optimum does not fall when VMs can do with less."""
    lower = [[float(amount) * part for amount in row] for row in instance.as_columns()["demand"]]
    elastic = vmopt.solve(instance.replace(reservation=lower), method="exact", **ONE_THREAD)
    assert elastic.objective >= vmopt.solve(instance, method="exact", **ONE_THREAD).objective * (1 - 1e-9)


def test_the_page_is_right() -> None:
    """Tests every example of the documentation's page."""
    results = doctest.testfile(str(PAGE), module_relative=False)
    assert results.attempted > 3
    assert results.failed == 0


def test_hundreds_of_vms() -> None:
    """Tests that auto proves a small gap where a mixed program over all hosts is out of reach."""
    cluster = vmopt.generate("flavor", hosts=60, seed=4, reservation=0.5)
    solution = vmopt.solve(cluster, threads=1, time_limit=PATIENCE, gap=0.003)
    assert solution.status is vmopt.Status.OPTIMAL
    assert solution.bound_by == "prices"
    assert vmopt.verify_bound(cluster, solution.prices) == pytest.approx(solution.bound, rel=1e-12)
    assert vmopt.verify(cluster, solution) == ()
    assert solution.loads.tolist() == metrics.loads(cluster, solution.host_index, solution.allocation).tolist()


def test_dual_prices_prove_what_the_relaxation_does() -> None:
    """Tests that cutting planes and the linear program give the same bound for elastic VMs."""
    cluster = vmopt.generate("flavor", hosts=20, seed=2, reservation=0.5)
    by_planes = vmopt.verify_bound(cluster, dual.prices(compile(cluster)))
    assert by_planes == pytest.approx(vmopt.relax(cluster).bound, rel=1e-4)


@pytest.mark.parametrize("kind", ["flavor", "distinct"])
def test_sizes_ask_for_no_more_than_there_is(kind) -> None:
    """Tests that sizes lie between reservation and demand, and that nothing is lost by them but a little."""
    cluster = vmopt.generate(kind, hosts=20, seed=2, reservation=0.5)
    search = Search(cluster, Options())
    image = with_sizes(cluster, sizes(compile(cluster), full_parts(search), np.zeros(3)))
    assert (image.demand >= cluster.reservation).all()
    assert (image.demand <= cluster.demand).all()
    assert image.reservation is None
    assert vmopt.relax(image).bound == pytest.approx(search.bound, rel=2e-3)


def test_warm_starts_are_kept() -> None:
    """Tests that a solution is taken as the start of another search, and never lost."""
    cluster = vmopt.generate("flavor", hosts=4, seed=1, reservation=0.5)
    start = vmopt.solve(cluster, method="price-guided", threads=1, time_limit=2)
    again = vmopt.solve(cluster, method="greedy-priority", warm_start=start)
    assert again.objective >= start.objective


def test_an_inelastic_solution_has_an_allocation() -> None:
    """Tests that without reservations every placed VM gets its demand."""
    cluster = vmopt.Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    solution = vmopt.solve(cluster, gap=0)
    assert solution.allocation.tolist() == [[0], [5]]
    assert vmopt.verify(cluster, solution, solution.allocation) == ()


@pytest.fixture
def files(tmp_path):
    """An elastic instance and its solution, in files."""
    cluster = vmopt.generate("flavor", hosts=2, seed=1, reservation=0.5).replace(objective=None)
    solution = vmopt.solve(cluster, method="greedy-priority")
    vmopt.io.write_json(cluster, tmp_path / "cluster.json")
    vmopt.io.write_solution(solution, tmp_path / "solution.json")
    return cluster, solution, tmp_path


def test_solutions_round_trip(files) -> None:
    """Tests that what was written is read back, allocation and all."""
    cluster, solution, folder = files
    again = vmopt.io.read_solution(cluster, folder / "solution.json")
    assert again.allocation.tolist() == solution.allocation.tolist()
    assert again.objective == solution.objective


def test_an_allocation_that_is_not_the_best_is_kept(files) -> None:
    """Tests that what VMs were given is read back as it was, and that the objective is that of it."""
    cluster, solution, folder = files
    least = np.where((solution.host_index >= 0)[:, None], cluster.reservation, 0)
    objective = metrics.objective_of(cluster, solution.host_index, least)
    poor = dataclasses.replace(solution, elastic_allocation=least, objective=objective)
    assert objective < solution.objective
    vmopt.io.write_solution(poor, folder / "poor.json")
    again = vmopt.io.read_solution(cluster, folder / "poor.json")
    assert again.allocation.tolist() == least.tolist()
    assert again.objective == objective
    assert vmopt.verify(cluster, again) == ()


def test_the_command_verifies_allocations(files, capsys) -> None:
    """Tests that `vmopt verify` accepts an allocation that fits and names one that does not."""
    _, _, folder = files
    command = ["verify", str(folder / "cluster.json"), str(folder / "solution.json")]
    assert main(command) == 0
    assert "allocation" in capsys.readouterr().out
    document = json.loads((folder / "solution.json").read_text())
    vm = next(iter(document["allocation"]))
    document["allocation"][vm]["cpu"] = 0
    (folder / "solution.json").write_text(json.dumps(document))
    assert main(command) == 1
    assert f"VM '{vm}' is given 0 of cpu" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: rows.pop(next(iter(rows))), "is in one of placement and allocation"),
        (lambda rows: rows[next(iter(rows))].pop("cpu"), "expected amounts of cpu, memory, disk"),
        (lambda rows: rows[next(iter(rows))].update(cpu=0.5), "no whole number of units"),
        (lambda rows: rows[next(iter(rows))].update(cpu="1"), "expected a number"),
        (lambda rows: rows[next(iter(rows))].update(cpu=10_000), "does not fit"),
    ],
)
def test_wrong_allocations_in_files(files, change, told) -> None:
    """Tests that an allocation that is incomplete, fractional or too large is refused."""
    cluster, _, folder = files
    document = json.loads((folder / "solution.json").read_text())
    change(document["allocation"])
    (folder / "solution.json").write_text(json.dumps(document))
    with pytest.raises(vmopt.FileError, match=told):
        vmopt.io.read_solution(cluster, folder / "solution.json")


def test_csv_by_hand(tmp_path) -> None:
    """Tests that an empty cell, and a resource without a column, are reserved in full."""
    (tmp_path / "h.csv").write_text("cpu,memory\n8,8\n")
    (tmp_path / "v.csv").write_text("cpu,memory,reserved:cpu\n4,2,1\n5,3,\n")
    cluster = vmopt.io.read_csv(tmp_path / "h.csv", tmp_path / "v.csv")
    assert cluster.reservation.tolist() == [[1, 2], [5, 3]]


@pytest.mark.parametrize(
    ("hosts", "vms", "told"),
    [
        ("cpu\n8\n", "cpu,reserved:gpu\n4,1\n", "'reserved:gpu' reserves no resource"),
        ("cpu,reserved:cpu\n8,1\n", "cpu\n4\n", "'reserved:cpu' is a column of VMs"),
        ("cpu\n8\n", "cpu,reserved:cpu\n4,5\n", "above its demand"),
        ("cpu\n8\n", "cpu,reserved:cpu\n4,x\n", "is not a number"),
    ],
)
def test_wrong_csv(tmp_path, hosts, vms, told) -> None:
    """Tests that columns and cells of reservations that make no sense are refused."""
    (tmp_path / "h.csv").write_text(hosts)
    (tmp_path / "v.csv").write_text(vms)
    with pytest.raises((vmopt.FileError, vmopt.InstanceError), match=told):
        vmopt.io.read_csv(tmp_path / "h.csv", tmp_path / "v.csv")


@pytest.mark.parametrize(
    ("vms", "told"),
    [
        ([{"demand": {"cpu": 4}, "reservation": 1}], "reservation is 1: give an object"),
        ([{"demand": {"cpu": 4}, "reservation": {"gpu": 1}}], "reservation names resource 'gpu'"),
        ([{"demand": {"cpu": 4}, "reservation": {"cpu": "1"}}], "reservation of cpu is"),
        ({"demand": {"cpu": [4]}, "reservation": {"gpu": [1]}}, "key 'gpu' is unknown"),
        ({"demand": {"cpu": [4]}, "reservation": {"cpu": [1, 2]}}, "reservation of cpu has 2 entries"),
        ({"demand": {"cpu": [4]}, "reservation": {"cpu": [5]}}, "above its demand"),
    ],
)
def test_wrong_json(tmp_path, vms, told) -> None:
    """Tests that reservations that make no sense are refused, in rows and in columns."""
    document = {"format": "vmopt-instance", "version": 1, "resources": ["cpu"], "hosts": [{"capacity": {"cpu": 8}}]}
    (tmp_path / "x.json").write_text(json.dumps(document | {"vms": vms}))
    with pytest.raises((vmopt.FileError, vmopt.InstanceError), match=told):
        vmopt.io.read_json(tmp_path / "x.json")


def test_nothing_is_worth_less_than_nothing() -> None:
    """Tests that a VM that gets nothing of what it asks for is worth 0, whatever rounding makes of its shares."""
    cluster = vmopt.Instance.from_arrays(
        [[0, 0]] * 4 + [[1, 1]], [[0, 0], [0, 3], [1, 0]], reservation=[[0, 0]] * 5, value=[0.1, 0.1, 0.1, 0.1, 0.1]
    )
    for k in range(50):
        one = cluster.replace(value=[0.0] * 4 + [(k + 1) / 3])
        assert metrics.objective_of(one, np.array([-1, -1, -1, -1, 0])) >= 0
