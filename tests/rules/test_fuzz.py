"""A short run of the fuzzer, and that it finds faults where there are any."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest

import vmopt
from tests.rules import fuzz
from tests.rules.claims import faults
from tests.rules.draws import MAKERS
from tests.thorough import few
from vmopt.rules import RULES

METHODS = ["auto", "exact", "greedy-demand", "column-generation", "neighbourhood"]


def test_nothing_is_wrong_with_random_instances() -> None:
    """Tests that the programs of random instances have the optima of brute force."""
    assert not list(fuzz.fuzz(range(few(200)), [fuzz.PROGRAM]))


def test_methods_are_right_about_random_instances() -> None:
    """Tests that methods keep rules, and make no wrong claim."""
    assert not list(fuzz.fuzz(range(few(40)), METHODS))


def test_methods_are_right_about_clusters_that_run_something() -> None:
    """Tests the same with rules that look at where VMs run now, beside any others."""
    assert not list(fuzz.fuzz(range(25), METHODS, moves=True))


@pytest.mark.parametrize("name", MAKERS)
def test_a_translation_that_says_nothing_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that for every rule there are random instances that need its translation."""
    monkeypatch.setattr(RULES[name], "translate", lambda *_: None)
    seeds = (seed for seed in range(2000) if name in {rule.name for rule in fuzz.drawn(seed).rules})
    assert list(islice(fuzz.fuzz(seeds, [fuzz.PROGRAM]), 1))


def test_wrong_claims_are_told() -> None:
    """Tests that a solution is at fault that is worth more or less than the best, breaks a rule, or should not be."""
    cluster = vmopt.Instance.from_arrays([[1], [1]], [[4]], value=[1, 1])
    solution = vmopt.solve(cluster, method="exact", gap=0, threads=1)
    assert not list(faults(solution, 2.0, optimal=True))
    assert {len(list(faults(solution, best, optimal=True))) > 0 for best in (1.0, 3.0, None)} == {True}
    broken = replace(solution, instance=cluster.replace(rules=[vmopt.Spread("vm-*")]))
    assert any("is broken" in fault for fault in faults(broken, 2.0, optimal=False))
    nothing = replace(solution, status=vmopt.Status.INFEASIBLE)
    assert list(faults(nothing, 2.0, optimal=False))
    assert not list(faults(nothing, None, optimal=True))


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that the fuzzer can be run as a command."""
    assert fuzz.main(["--count", "3", "--seed", "7"]) == 0
    assert capsys.readouterr().out == "3 instances, 0 faults\n"
