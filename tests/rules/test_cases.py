"""Named cases of every rule, by every backend for integer programs and by every method."""

from __future__ import annotations

from itertools import product
from math import isclose

import pytest

import vmopt
from tests.patience import PATIENCE
from tests.rules.brute import best
from tests.rules.cases import CASES, Case
from tests.rules.claims import faults
from tests.rules.programs import joined_faults, program_faults
from vmopt.backends.base import Capability
from vmopt.rules import RULES

EXACT = "cp-sat"
OTHERS = [i.name for i in vmopt.backends() if i.available and Capability.INTEGER in i.capabilities and i.name != EXACT]
METHODS = {
    "auto": 2,
    "exact": 4,
    "exact:plain": 6,
    "greedy-priority": 6,
    "greedy-demand": 6,
    "column-generation": 12,
    "price-guided": 12,
    "neighbourhood": 6,
    "tabu": 12,
}
"""Methods, and every how manieth case they are given."""
OPTIMAL = {"auto", "exact", "exact:plain"}
"""Those of them that prove what they find on tiny instances."""
ENOUGH = 5.0
"""Seconds for the others, which may go on for as long as they are let, and are right whenever they end."""
ALL = [case for cases in CASES.values() for case in cases]
INFEASIBLE = [case for case in ALL if case.best is None]


def test_every_rule_has_its_cases() -> None:
    """Tests that no rule was forgotten, and that the names of its cases differ."""
    assert set(CASES) == set(RULES)
    assert all(len({case.name for case in cases}) == len(cases) >= 12 for cases in CASES.values())
    assert all(rule in {r.name for case in cases for r in case.instance.rules} for rule, cases in CASES.items())


@pytest.mark.parametrize("case", ALL, ids=str)
def test_what_is_said_to_be_best_is(case: Case) -> None:
    """Tests that brute force finds what the case says."""
    found = best(case.instance)
    assert (found is None) == (case.best is None)
    assert found is None or isclose(found, case.best or 0.0, abs_tol=1e-12)


@pytest.mark.parametrize("case", ALL, ids=str)
def test_the_best_point_is_the_best_placement(case: Case) -> None:
    """Tests that the program of each case has the optimum of brute force, or no point where there is no placement."""
    assert not list(program_faults(case.instance, case.best, EXACT))


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("rule", CASES)
def test_every_backend_finds_the_best_points(rule: str, backend: str) -> None:
    """Tests the same of all other backends for integer programs, the cases of a rule side by side."""
    cases = [case for case in CASES[rule] if case.best is not None]
    assert not list(joined_faults([case.instance for case in cases], [case.best or 0.0 for case in cases], backend))


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("case", INFEASIBLE[::4], ids=str)
def test_every_backend_finds_that_there_is_no_point(case: Case, backend: str) -> None:
    """Tests that a rule that cannot be kept is found out by all of them."""
    assert not list(program_faults(case.instance, None, backend))


SOME = [(method, case) for method, step in METHODS.items() for case in ALL[::step]]


@pytest.mark.parametrize(("method", "case"), SOME, ids=str)
def test_methods_make_no_wrong_claim(method: str, case: Case) -> None:
    """Tests that no method breaks a rule, has a bound below the best, or calls infeasible what is not."""
    if method == "exact:plain" and case.instance.elastic:
        pytest.skip("the textbook has no elastic VMs")
    seconds = PATIENCE if method in OPTIMAL else ENOUGH
    solution = vmopt.solve(case.instance, method=method, gap=0, threads=1, time_limit=seconds)
    assert not list(faults(solution, case.best, optimal=method in OPTIMAL))


@pytest.mark.parametrize(("backend", "case"), list(product(OTHERS if "exact" in METHODS else [], ALL[::24])), ids=str)
def test_exact_finds_the_best_on_every_backend(backend: str, case: Case) -> None:
    """Tests that the method says what the backend says."""
    solution = vmopt.solve(case.instance, method="exact", backend=backend, gap=0, threads=1, time_limit=PATIENCE)
    assert not list(faults(solution, case.best, optimal=True))
