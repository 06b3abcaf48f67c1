"""Tests of searches that end with the proof that there is no placement, and of objectives of any sign."""

from __future__ import annotations

import json
from math import inf

import numpy as np
import pytest

import vmopt
from vmopt import io
from vmopt.bounds import Claim
from vmopt.cli import codes, documents
from vmopt.gap import relative_gap
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.solution import Solution
from vmopt.status import Status

CLUSTER = vmopt.Instance.from_arrays([[4], [5], [3]], [[8]], value=[4, 5, 3])
OPTIONS = Options(None, 60.0, 0.0, 0, 1, None)


def infeasible() -> Solution:
    search = Search(CLUSTER, OPTIONS)
    assert search.prove_infeasible("the rules")
    assert search.proven
    assert search.finished
    return search.solution("exact")


def test_a_search_ends_infeasible():
    """Tests that nothing is placed, that who proved it is named, and that no limit is blamed."""
    solution = infeasible()
    assert (solution.status, solution.bound_by, solution.limit) == (Status.INFEASIBLE, "the rules", None)
    assert solution.n_placed == 0
    assert solution.unplaced == ("vm-0", "vm-1", "vm-2")
    assert (solution.objective, solution.bound, solution.gap) == (0.0, 0.0, 0.0)
    assert solution.prices is None


def test_infeasible_is_said_everywhere(tmp_path, capsys):
    """Tests summary, exit code, JSON on stdout and in a file."""
    solution = infeasible()
    lines = solution.summary().splitlines()
    assert "infeasible (proven that there is no placement)" in lines[0]
    assert lines[1].split() == ["proven", "by", "the", "rules"]
    assert "gap" not in solution.summary()
    assert codes.of(solution) is codes.Exit.NO_PLACEMENT
    documents.show_solution(solution)
    assert json.loads(capsys.readouterr().out)["status"] == "infeasible"
    io.write_solution(solution, tmp_path / "s.json")
    again = io.read_solution(CLUSTER, tmp_path / "s.json")
    assert (again.status, again.bound_by) == (Status.INFEASIBLE, "the rules")


def test_a_placement_refutes_the_claim():
    """Tests that the claim is ignored where a placement is known, and dropped where one comes later."""
    search = Search(CLUSTER, OPTIONS)
    assert search.offer(np.array([0, -1, 0]), "greedy")
    with pytest.warns(RuntimeWarning, match="the rules claims that there is no placement, but one is verified"):
        assert not search.prove_infeasible("the rules")
    assert search.solution("greedy").status is Status.FEASIBLE
    early = Search(CLUSTER, OPTIONS)
    early.prove_infeasible("the rules")
    with pytest.warns(RuntimeWarning, match="one is verified"):
        assert early.offer(np.array([0, -1, 0]), "greedy")
    assert early.solution("greedy").status is Status.FEASIBLE
    assert not early.complete


@pytest.mark.parametrize("method", ["greedy-priority", "greedy-demand", "neighbourhood", "tabu", "price-guided"])
def test_heuristics_never_say_infeasible(method):
    """Tests that where nothing fits anywhere, the placement of nothing is what there is."""
    crowded = vmopt.Instance.from_arrays([[9], [9]], [[8]])
    solution = vmopt.solve(crowded, method=method, threads=1, time_limit=5)
    assert solution.status is not Status.INFEASIBLE
    assert solution.n_placed == 0


@pytest.mark.parametrize(
    ("value", "bound", "gap"),
    [(9.0, 10.0, 0.1), (-11.0, -10.0, 0.1), (-1.0, 1.0, 2.0), (0.0, 0.0, 0.0), (-1.0, 0.0, inf), (-2.0, -2.0, 0.0)],
)
def test_gaps_of_any_sign(value, bound, gap):
    """Tests that a gap is never negative, and 0 only where the bound is reached."""
    assert relative_gap(value, bound) == pytest.approx(gap)


def test_a_bound_below_nothing_is_kept_while_nothing_is_found():
    """Tests that a search without a placement does not take the 0 it starts from for one."""
    free = CLUSTER.replace(value=[0.4, 0.5, np.nan], priority=[1, 1, 1e-3])
    search = Search(free, OPTIONS)
    assert search.tighten_by_claim(-1.0, Claim("cp-sat"), "exact")
    assert search.bound == -1.0
    with pytest.warns(RuntimeWarning, match="the claim is dropped"):
        search.offer(np.array([0, -1, -1]), "greedy")
    assert search.bound >= search.objective
