"""Prices of rules in the JSON of solutions: written, read back, and not believed where they prove less."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import vmopt
from vmopt.bounds import Prices, RulePrices
from vmopt.errors import FileError
from vmopt.io import read_solution, schema, write_solution

QUOTA = vmopt.Quota(5, resource="cpu", of=["vm-0", "vm-1"])
CLUSTER = vmopt.Instance.from_arrays(
    [[4], [4], [2]], [[20]], value=[8, 4, 1], resources=["cpu"], rules=[vmopt.Ban("vm-2", "host-0"), QUOTA]
)


@pytest.fixture
def solution() -> vmopt.Solution:
    """Return a solution with a bound by prices of capacity and rules."""
    solution = vmopt.solve(CLUSTER, method="neighbourhood", threads=1, time_limit=5)
    assert isinstance(solution.certificate.proof, Prices)
    assert solution.certificate.proof.rules is not None
    return solution


@pytest.fixture
def written(solution: vmopt.Solution, tmp_path: Path) -> Path:
    """Write it."""
    write_solution(solution, tmp_path / "solution.json")
    return tmp_path / "solution.json"


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """Change the document of a file."""
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


def test_they_are_written_and_read(solution: vmopt.Solution, written: Path) -> None:
    """Tests the round trip, and that the file keeps to the schema."""
    jsonschema.validate(json.loads(written.read_text()), schema("solution"))
    again = read_solution(CLUSTER, written)
    for one, other in (
        (solution.rule_prices, again.rule_prices),
        (solution.rule_prices, again.certificate.proof.rules),
    ):
        assert isinstance(one, RulePrices)
        assert isinstance(other, RulePrices)
        for name in ("rule", "group", "domain", "price"):
            assert np.array_equal(getattr(one, name), getattr(other, name))
    assert again.bound == solution.bound
    assert vmopt.verify_bound(CLUSTER, again.prices, again.rule_prices) == pytest.approx(solution.bound)


def test_the_bound_is_that_of_the_rules(solution: vmopt.Solution) -> None:
    """Tests that the quota is known to the bound, which it is not to prices of capacity alone."""
    assert solution.bound == pytest.approx(8 + 4 / 4)
    assert vmopt.verify_bound(CLUSTER, solution.prices) == pytest.approx(12)
    assert "proven by prices of capacity and rules" in solution.summary()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: d.pop("rule_prices"), "claims bound"),
        (lambda d: d["rule_prices"].update(price=[0.01]), "claims bound"),
        (lambda d: d["rule_prices"].update(price=[-1.0]), "at least 0"),
        (lambda d: d["rule_prices"].update(rule=[0]), "sets no limit"),
        (lambda d: d["rule_prices"].update(rule=[7]), "no such rule"),
        (lambda d: d["rule_prices"].update(group=[1]), "not there"),
        (lambda d: d["rule_prices"].update(domain=[-1]), "does not hold the numbers"),
        (lambda d: d["rule_prices"].update(domain=[]), "different lengths"),
        (lambda d: d["rule_prices"].update(other=[]), "does not hold the numbers"),
        (lambda d: d.update(prices=None), "prices is null"),
    ],
)
def test_a_certificate_that_was_tampered_with(written: Path, change: Callable[[Any], object], why: str) -> None:
    """Tests that prices that prove less than is claimed, or are of nothing, are found."""
    with pytest.raises(FileError, match=why):
        read_solution(CLUSTER, changed(written, change))


def test_files_of_before_are_read(tmp_path: Path) -> None:
    """Tests that a file without prices of rules, whose bound knows none, is read as it was."""
    solution = vmopt.solve(CLUSTER, method="greedy-demand", threads=1)
    write_solution(solution, tmp_path / "solution.json")
    assert "rule_prices" not in json.loads((tmp_path / "solution.json").read_text())
    assert read_solution(CLUSTER, tmp_path / "solution.json").rule_prices is None


def test_a_warm_start_brings_them(solution: vmopt.Solution) -> None:
    """Tests that prices of rules prove the bound of the same rules again, and are left out where rules are others."""
    again = vmopt.solve(CLUSTER.replace(), method="greedy-demand", warm_start=solution, threads=1)
    assert again.bound == pytest.approx(9)
    assert again.rule_prices is not None
    other = CLUSTER.replace(rules=CLUSTER.rules[1:])
    dropped = vmopt.solve(other, method="greedy-demand", warm_start=solution, threads=1)
    assert dropped.rule_prices is None
    assert dropped.bound == pytest.approx(13)


def test_the_bound_tells_them() -> None:
    """Tests the table of a relaxation, in text and as HTML."""
    relaxation = vmopt.relax(CLUSTER, threads=1)
    assert [(row.group, row.domain, row.limit) for row in relaxation.rule_table] == [("vm-0, vm-1", "the cluster", 5)]
    assert "that a rule allows would be worth" in relaxation.summary()
    assert "the cluster" in relaxation._repr_html_()
    assert "that a rule allows" not in vmopt.relax(CLUSTER.without_rules, threads=1).summary()
