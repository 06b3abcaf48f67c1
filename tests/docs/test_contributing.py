"""The worked example of a rule in CONTRIBUTING.md: one added as it says is kept by every method, read and written."""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import vmopt
from tests.rules.cases.case import Case, case
from vmopt.rules import RULES, parse_rule, rule_text

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^   ```python\n(.*?)^   ```$", re.DOTALL | re.MULTILINE)
RULE, CASES, *_ = (
    textwrap.dedent(block) for block in BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
)
METHODS = ["exact", "auto", "greedy-priority", "neighbourhood", "column-generation"]


@pytest.fixture
def per_host(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The rule of the example, in the catalogue."""
    module = ModuleType("vmopt.rules.per_host")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(RULE, "CONTRIBUTING.md", "exec"), module.__dict__)
    monkeypatch.setitem(RULES, "per-host", module.PerHost)
    return module.PerHost


@pytest.fixture
def cases(per_host: Any) -> list[Case]:
    """The cases of the example."""
    names: dict[str, Any] = {"case": case, "PerHost": per_host}
    exec(compile(CASES, "CONTRIBUTING.md", "exec"), names)
    found: list[Case] = names["CASES"]["per-host"]
    return found


@pytest.mark.parametrize("method", METHODS)
def test_every_method_keeps_it(method: str, cases: list[Case]) -> None:
    """Tests that the cases have the optima that the text says, and that no method goes beyond."""
    for one in cases:
        solution = vmopt.solve(one.instance, method=method, gap=0, threads=1)
        assert not vmopt.verify(one.instance, solution)
        assert solution.objective <= one.best <= solution.bound * (1 + 1e-9)
        assert method not in ("exact", "auto") or solution.objective == one.best


def test_it_is_found_broken(cases: list[Case]) -> None:
    """Tests that the checker names who breaks it."""
    (breach,) = vmopt.verify(cases[0].instance.replace(rules=[type(cases[0].instance.rules[0])("app")]), [0, 0, -1])
    assert breach.excess == 1


def test_it_is_read_and_written(per_host: Any, cases: list[Case], tmp_path: Path) -> None:
    """Tests that text and files hold it without a line of their own."""
    rule = parse_rule("per-host('app', most=2)")
    assert rule == per_host("app", most=2) == parse_rule(rule_text(rule))
    vmopt.io.write(cases[0].instance, tmp_path / "cluster.json")
    assert vmopt.io.read(tmp_path / "cluster.json").rules == cases[0].instance.rules
