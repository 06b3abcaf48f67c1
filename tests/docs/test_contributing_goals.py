"""The worked example of a goal in CONTRIBUTING.md: one added as it says is served, read, written and traded."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.docs.test_contributing import BLOCK, ROOT
from vmopt.cli import main
from vmopt.formulation.goals import part_program
from vmopt.goals import level_text, parse_level
from vmopt.goals.catalogue import GOALS
from vmopt.model.goal_level import GoalLevel
from vmopt.problem import compile as compiled

*_, GOAL, TESTS = map(textwrap.dedent, BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))


@pytest.fixture
def fewest_racks(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The goal of the example, in the catalogue."""
    module = ModuleType("vmopt.goals.fewest_racks")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(GOAL, "CONTRIBUTING.md", "exec"), module.__dict__)
    monkeypatch.setitem(GOALS, "fewest-racks", module.FewestRacks)
    return module.FewestRacks


def racks(goal: Any, *names: str) -> vmopt.Instance:
    """Four VMs, each of half a host, with the goal as second level; a host in each of these racks."""
    objective = vmopt.Objective(levels=[vmopt.Utilisation(), goal])
    labels = [{"rack": name} for name in names]
    return vmopt.Instance.from_arrays([[3]] * 4, [[6]] * len(names), host_labels=labels, objective=objective)


@pytest.mark.parametrize("backend", ["cp-sat", "highs", "scip", "cbc"])
def test_its_own_tests_pass(backend: str, fewest_racks: Any) -> None:
    """Tests that the file of tests in the text holds for every one of its cases."""
    names: dict[str, Any] = {}
    exec(compile(TESTS, "CONTRIBUTING.md", "exec"), names)
    for case in names["CASES"]:
        names["test_the_fewest_are_found"](case, backend)


def test_the_default_method_serves_it(fewest_racks: Any) -> None:
    """Tests that the goal is optimal without a word in the plan of searches."""
    solution = vmopt.solve(racks(fewest_racks(), "a", "b", "b", "c"), threads=1)
    assert (solution.n_placed, solution.levels[1].value, solution.status) == (4, 1.0, "optimal")


def test_vms_outside_count_in_the_program(fewest_racks: Any) -> None:
    """Tests that a rack that is in use anyhow costs no more, while another does."""
    problem = compiled(racks(fewest_racks(), "a", "b", "a"))
    outside, nobody_else = np.array([0, 0, 1, -1]), np.array([1])
    b_stays = part_program(problem, np.array([0, 2]), outside, nobody_else, GoalLevel.of(fewest_racks()), ()).measure
    assert (b_stays.constant, len(b_stays.column)) == (2, 0)
    a_alone = part_program(
        problem, np.array([1, 2]), np.array([0, 0, -1, -1]), nobody_else, GoalLevel.of(fewest_racks()), ()
    ).measure
    assert (a_alone.constant, a_alone.weight.tolist()) == (1, [1])


def test_it_is_read_written_and_traded(fewest_racks: Any, tmp_path: Path) -> None:
    """Tests that text, files, the command line and the curve have it without a line of their own."""
    level = parse_level("2 fewest-racks(zone)")
    assert level == 2 * fewest_racks("zone") == parse_level(level_text(level))
    cluster, path = racks(fewest_racks(), "a", "b"), tmp_path / "cluster.json"
    vmopt.io.write(cluster, path)
    assert vmopt.io.read(path) == cluster
    assert vmopt.io.fingerprint(cluster) != vmopt.io.fingerprint(racks(fewest_racks(), "a", "a"))
    assert main(["solve", str(path), "--goal", "utilisation", "--goal", "fewest-racks", "-q"]) == 0
    assert main(["solve", str(path), "--goal", "fewest-racks(zone)", "-q"]) == 2
    curve = vmopt.trade_off(cluster, fewest_racks(), vmopt.Balance(), points=3)
    assert [point.a for point in curve] == [2.0]
