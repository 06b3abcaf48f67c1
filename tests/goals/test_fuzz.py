"""A short run of the fuzzer, of every method and backend, and that it finds faults where there are any."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

import vmopt
from tests.goals import fuzz
from tests.goals.claims import faults
from tests.thorough import few
from vmopt import Balance, FewestHosts, MustRun, Utilisation
from vmopt.bounds import Claim
from vmopt.methods.goals import plan
from vmopt.methods.goals.parameters import LevelParameters

METHODS, BACKENDS = fuzz.METHODS.split(","), fuzz.BACKENDS.split(",")


def test_nothing_is_wrong_with_random_levels() -> None:
    """Tests that no method makes a wrong claim about random levels, and that exact ones prove all of them."""
    assert not list(fuzz.fuzz(range(few(150)), METHODS, BACKENDS))


def test_searches_of_large_instances_claim_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the same where no program comes before the searches that are made for a goal."""
    monkeypatch.setattr(plan, "run", partial(plan.run, parameters=LevelParameters(tiny=0)))
    assert not list(fuzz.fuzz(range(1000, 1000 + few(12)), ["auto"], BACKENDS))


def test_few_hosts_at_a_time_claim_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the same where no level is one program, so that hosts are filled anew few at a time."""
    monkeypatch.setattr(plan, "run", partial(plan.run, parameters=LevelParameters(small=0, tiny=0)))
    assert not list(fuzz.fuzz(range(500, 500 + few(30)), ["neighbourhood"], BACKENDS))


def _solution() -> vmopt.Solution:
    goals = vmopt.Objective(levels=[FewestHosts(), Balance()])
    rules = [MustRun("vm-*")]
    cluster = vmopt.Instance.from_arrays([[2], [2]], [[4], [8]], rules=rules, objective=goals)
    return vmopt.solve(cluster, gap=0, threads=1)


def test_wrong_claims_are_told() -> None:
    """Tests that a wrong value, a wrong bound, a placement that is not optimal, and a missing level are found."""
    right = _solution()
    assert not list(faults(right, optimal=True))
    first, second = right.levels
    certificate = replace(second.certificate, value=0.75, proof=Claim("nobody"))
    wrong = [
        (replace(first, value=2.0), second),
        (first, replace(second, certificate=certificate)),
        (replace(first, maximised=True), second),
        (first,),
    ]
    assert all(list(faults(replace(right, levels=levels), optimal=False)) for levels in wrong)
    assert list(faults(replace(right, status=vmopt.Status.INFEASIBLE), optimal=False))
    assert list(faults(replace(right, host_index=right.host_index * 0), optimal=False))


def test_a_level_that_is_not_held_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that it is seen where later levels forget those above."""
    from vmopt.methods.goals import climb

    monkeypatch.setattr(climb, "holds_of", lambda *_: ())
    objective = vmopt.Objective(levels=[Utilisation(), FewestHosts()])
    cluster = vmopt.Instance.from_arrays([[2], [2]], [[2], [2]], objective=objective)
    assert list(faults(vmopt.solve(cluster, gap=0, threads=1), optimal=True))


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that the fuzzer can be run as a command."""
    before = plan.run
    assert fuzz.main(["--count", "3", "--seed", "7"]) == 0
    assert plan.run is before, "what it steers is its own affair"
    assert capsys.readouterr().out == "seeds 7 to 9: 3 instances, 0 faults\n"
