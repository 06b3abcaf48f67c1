"""Prices of capacity and their ranges, against placements and relaxations solved from changed data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import vmopt
from benchmarks import price_ranges
from vmopt.explain import edits
from vmopt.model.columns import frozen

CLOSE = 1e-9


def changed(cluster: Any, host: str, resource: str, amount: float) -> Any:
    """The instance in which all hosts like one have so much, with values as they were."""
    k, of = cluster.resources.index(resource), cluster.host_classes.of
    capacity = np.array(cluster.capacity)
    capacity[of == of[cluster.host_names.index_of[host]], k] = round(amount * cluster.scale[k])
    return edits.in_unit_of(cluster, replace(cluster, capacity=frozen(capacity)))


@pytest.fixture(scope="module")
def solution() -> vmopt.Solution:
    return vmopt.solve(vmopt.generate("flavor", hosts=200), gap=1e-4, threads=1)


@pytest.fixture(scope="module")
def found(solution: vmopt.Solution) -> Any:
    return vmopt.sensitivity(solution)


def test_prices_predict_placements_inside_their_ranges(solution: vmopt.Solution, found: Any) -> None:
    """Tests at both ends that what is predicted and what is solved again differ by a tenth at most."""
    looked = 0
    for row in found.prices:
        for end in {row.least, row.most} - {row.capacity} if row.price else ():
            again = vmopt.solve(changed(solution.instance, row.host, row.resource, end), gap=1e-4, threads=1)
            gained, predicted = again.objective - solution.objective, row.predicted(end)
            noise = 2e-4 * solution.objective
            assert abs(gained - predicted) <= 0.1 * min(abs(gained), abs(predicted)) + noise, row
            looked += abs(predicted) > 10 * noise
    assert looked >= 4


def test_what_costs_nothing_changes_nothing(solution: vmopt.Solution, found: Any) -> None:
    """Tests that the optimum of the relaxation stays where it is over the whole range of a price of 0."""
    free = [row for row in found.prices if row.price == 0]
    assert free
    for row in free:
        for end in (row.least, row.most):
            bound = vmopt.relax(changed(solution.instance, row.host, row.resource, end)).bound
            assert bound == pytest.approx(vmopt.relax(solution.instance).bound, rel=1e-8)


def test_purchases_gain_what_is_said() -> None:
    """Tests gains against relaxations with the host, the order by cost, and that prices never promise too little."""
    cluster = vmopt.Instance.from_arrays(
        [[4, 1]] * 6, [[8, 9], [4, 9]], value=[6, 5, 4, 3, 2, 1], resources=["cpu", "memory"]
    )
    found = vmopt.sensitivity(vmopt.solve(cluster), {"host-0": 4, "host-1": 1})
    assert [(one.host, one.gain) for one in found.purchases] == [
        ("host-1", pytest.approx(3)),
        ("host-0", pytest.approx(5)),
    ]
    assert all(one.predicted >= one.gain - CLOSE for one in found.purchases)
    assert found.purchases[1].per_cost == pytest.approx(1.25)


def test_without_time_ranges_are_points() -> None:
    """Tests that prices are still told, and that the rest is said not to have been looked for."""
    solution = vmopt.solve(vmopt.Instance.from_arrays([[4]] * 3, [[8]], value=[3, 2, 1]))
    found = vmopt.sensitivity(solution, time_limit=0)
    assert not found.complete
    assert "no time" in str(found)
    assert all((row.least, row.most) == (row.capacity, row.capacity) for row in found.prices)


@pytest.mark.parametrize("costs", [{"host-0": 0}, {"host-0": "x"}, {"host-9": 1}])
def test_costs_without_sense_are_refused(costs: Any) -> None:
    """Tests one clear error for each."""
    solution = vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]]))
    with pytest.raises(vmopt.OptionError):
        vmopt.sensitivity(solution, costs)


def test_tiers_are_refused() -> None:
    """Tests that prices of one level are not taken for those of all."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[4]], priority=[1, 2], objective=vmopt.Objective("tiers"))
    with pytest.raises(vmopt.OptionError, match="tiers"):
        vmopt.sensitivity(vmopt.solve(cluster))


def test_ranges_are_measured_on_a_small_cluster(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    """Tests that the benchmark finds both ends of ranges within a tenth, and shows a row for each."""
    monkeypatch.setattr("sys.argv", ["price_ranges", "flavor", "--hosts", "8"])
    assert price_ranges.main() == 0
    said = capsys.readouterr().out
    assert "all ranges looked for: True" in said
    assert said.count("->") >= 4


def test_a_price_that_does_not_hold_is_found_out(found: Any, solution: vmopt.Solution) -> None:
    """Tests that the benchmark measures: with a range that is too wide the changes are far apart."""
    row = next(row for row in found.prices if row.price)
    wide = replace(row, least=row.capacity, most=4 * row.capacity)
    ends = list(price_ranges.again(solution.instance, wide))
    assert max(price_ranges.show(wide, *end) for end in ends) > price_ranges.MOST_APART


def test_a_bound_of_something_else_is_refused() -> None:
    """Tests that relaxing says so where utilisation does not come first, and answers where it does."""
    cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8]])
    fewest = cluster.replace(objective=vmopt.Objective(levels=[vmopt.FewestHosts()]))
    with pytest.raises(vmopt.OptionError, match="first level is fewest-hosts"):
        vmopt.relax(fewest)
    both = cluster.replace(objective=vmopt.Objective(levels=[vmopt.Utilisation(), vmopt.FewestHosts()]))
    assert vmopt.relax(both).bound == pytest.approx(0.5)
