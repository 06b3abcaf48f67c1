"""The worked example of a rule in CONTRIBUTING.md: one added as it says is kept by every method, read and written."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from tests.rules.brute import placements
from tests.rules.cases.case import Case
from vmopt.rules import RULES, parse_rule, rule_text

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^   ```python\n(.*?)^   ```$", re.DOTALL | re.MULTILINE)
RULE, CASES, *_ = (
    textwrap.dedent(block) for block in BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
)
PROVE = ["exact", "auto"]
METHODS = [*PROVE, "greedy-priority", "neighbourhood", "column-generation"]


@pytest.fixture
def per_host(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The rule of the example, in the catalogue."""
    module = ModuleType("vmopt.rules.per_host")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(RULE, "CONTRIBUTING.md", "exec"), module.__dict__)
    monkeypatch.setitem(RULES, "per-host", module.PerHost)
    return module.PerHost


@pytest.fixture
def tested(per_host: Any) -> dict[str, Any]:
    """What the file of its cases says."""
    names: dict[str, Any] = {}
    exec(compile(CASES, "CONTRIBUTING.md", "exec"), names)
    return names


@pytest.fixture
def cases(tested: dict[str, Any]) -> list[Case]:
    """The cases of the example."""
    found: list[Case] = tested["CASES"]["per-host"]
    return found


def test_there_are_as_many_cases_as_a_rule_has_to_have(cases: list[Case]) -> None:
    """Tests that the example is held to what other rules are."""
    assert len({one.name for one in cases}) == len(cases) >= 12


def test_its_violations_are_what_the_checker_finds(tested: dict[str, Any], cases: list[Case]) -> None:
    """Tests every placement of each case."""
    for one in cases:
        here = one.instance.rules_in_force[0]
        for at in placements(one.instance):
            where = {vm: host for vm, host in enumerate(at) if host >= 0}
            counted = tested["VIOLATIONS"]["per-host"](one.instance.rules[0], one.instance, where)
            assert here.rule.violation(here, np.array(at)) == counted


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_it(method: str, cases: list[Case]) -> None:
    """Tests that the cases have the optima that the text says, and that no method goes beyond."""
    for one in [one for one in cases if one.best is not None]:
        solution = vmopt.solve(
            one.instance, method=method, gap=0, threads=1, time_limit=PATIENCE if method in PROVE else 1
        )
        assert not vmopt.verify(one.instance, solution)
        assert solution.objective <= one.best + 1e-9 <= solution.bound + 2e-9
        assert method not in PROVE or solution.objective == pytest.approx(one.best)


def test_it_is_found_broken(cases: list[Case]) -> None:
    """Tests that the checker names who breaks it."""
    (breach,) = vmopt.verify(cases[2].instance.replace(rules=[type(cases[0].instance.rules[0])("app")]), [0, 0, -1])
    assert breach.excess == 1


def test_it_is_read_and_written(per_host: Any, cases: list[Case], tmp_path: Path) -> None:
    """Tests that text and files hold it without a line of their own."""
    rule = parse_rule("per-host('app', most=2)")
    assert rule == per_host("app", most=2) == parse_rule(rule_text(rule))
    vmopt.io.write(cases[0].instance, tmp_path / "cluster.json")
    assert vmopt.io.read(tmp_path / "cluster.json").rules == cases[0].instance.rules
