"""Changes against all that there is to try, on clusters that no other test draws."""

from __future__ import annotations

from dataclasses import replace

import pytest

import vmopt
from tests.change import fuzz

KINDS = list(fuzz.KINDS)


@pytest.mark.filterwarnings("ignore:a bound of fewest-moves")
def test_nothing_is_wrong_with_random_clusters() -> None:
    """Tests moves, plans and headroom."""
    assert not list(fuzz.fuzz(range(9_000, 9_030), KINDS))


def test_wrong_plans_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a plan is at fault that says there is no order where there is one."""
    right = vmopt.plan
    monkeypatch.setattr(
        vmopt, "plan", lambda *given, **named: replace(right(*given, **named), outcome=vmopt.Outcome.NO_ORDER)
    )
    assert list(fuzz.fuzz(range(5), ["plans"]))


def test_the_command_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that the fuzzer can be run as a command."""
    assert fuzz.main(["--count", "2", "--kinds", "plans"]) == 0
    assert capsys.readouterr().out == "2 clusters of each kind, 0 faults\n"
