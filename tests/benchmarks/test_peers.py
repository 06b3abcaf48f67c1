"""Peers: programs in interpreters of their own, judged like any method, and stopped when they are late."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import vmopt
from benchmarks.measure import outcome
from benchmarks.peers import PEERS, Peer, registry
from benchmarks.peers.adapter import solve_with_peer
from benchmarks.settings import Job
from tests.patience import PATIENCE
from vmopt.errors import OptionError, SolverError
from vmopt.rules import BaseRule
from vmopt.status import Limit, Status

CLUSTER = vmopt.generate("large", hosts=3, seed=0)
JOB = Job("generated", "large-3", 0, "peer:own", None, 5.0, 0.0, 1)

OWN = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
{body}
(folder / "answer.json").write_text(json.dumps(answer))
"""


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Make a peer of a few lines that set `answer`."""

    def make(body: str, *, proves: bool = False) -> None:
        script = tmp_path / "own.py"
        script.write_text(OWN.format(body=body))
        peer = Peer("peer:own", "a few lines", str(script), "numpy", proves=proves)
        monkeypatch.setitem(PEERS, "peer:own", peer)

    return make


def test_the_plain_model_of_cp_sat() -> None:
    """Tests that CP-SAT on the plain model proves the optimum that the exact method proves."""
    solution = solve_with_peer(CLUSTER, replace(JOB, method="peer:cp-sat", time_limit=PATIENCE))
    exact = vmopt.solve(CLUSTER, method="exact", gap=0, threads=1)
    assert solution.status is exact.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(exact.objective, rel=1e-9)
    assert solution.bound >= solution.objective
    assert solution.backend is not None
    assert solution.backend.startswith("ortools 9")


@pytest.mark.parametrize(
    "rule",
    [
        vmopt.Spread(np.arange(CLUSTER.n_vms) % 4, over="zone", most=np.array([1, 2, 1, 1])),
        vmopt.Fence(np.arange(CLUSTER.n_vms) % 2 == 0, vmopt.Groups.labelled("zone", "b")),
        vmopt.Whole(np.arange(CLUSTER.n_vms) // 5),
    ],
    ids=str,
)
def test_rules_of_cp_sat(rule: BaseRule) -> None:
    """Tests that CP-SAT states rules on its own, and proves the optimum that the exact method proves."""
    free = CLUSTER.replace(host_labels=[{"zone": "a"}, {"zone": "a"}, {"zone": "b"}])
    cluster = free.replace(rules=[rule])
    solution = solve_with_peer(cluster, replace(JOB, method="peer:cp-sat", time_limit=PATIENCE))
    exact, without = (vmopt.solve(of, method="exact", gap=0, threads=1) for of in (cluster, free))
    assert solution.status is exact.status is Status.OPTIMAL
    assert solution.objective == pytest.approx(exact.objective, rel=1e-9)
    assert exact.objective < without.objective


@pytest.mark.parametrize("name", PEERS)
def test_rules_that_a_peer_cannot_state(name: str) -> None:
    """Tests that no peer is run on rules that its script does not know: it would break them."""
    cluster = CLUSTER.replace(rules=[vmopt.Gather(["vm-0", "vm-1"])])
    with pytest.raises(OptionError, match=f"{name} cannot state gather: run it on instances without rules"):
        solve_with_peer(cluster, replace(JOB, method=name))


@pytest.mark.parametrize("name", [name for name in PEERS if "rebalancer" in name])
def test_rebalancer(name: str) -> None:
    """Tests that Rebalancer, where it is installed, improves on greedy, and proves nothing whatever it says."""
    if missing := PEERS[name].missing():
        pytest.skip(missing)
    cluster = vmopt.generate("flavor", hosts=5, seed=0)
    solution = solve_with_peer(cluster, replace(JOB, method=name, time_limit=3.0))
    assert solution.objective >= vmopt.solve(cluster, method="greedy-priority").objective
    assert solution.status is Status.FEASIBLE
    assert outcome(cluster, solution)["bound"] is None


def test_it_is_told_everything(own) -> None:
    """Tests that a peer gets the instance as plain numbers, and a placement to start from."""
    own("answer = {'host_index': job['start']}; assert job['seed'] == 0 and job['threads'] == 1 and job['gap'] == 0")
    solution = solve_with_peer(CLUSTER, JOB)
    greedy = vmopt.solve(CLUSTER, method="greedy-priority")
    assert (solution.host_index == greedy.host_index).all()
    assert solution.status is Status.FEASIBLE
    assert outcome(CLUSTER, solution)["verified"] is True


def test_a_placement_that_does_not_fit(own) -> None:
    """Tests that a peer that puts everything on one host is found out."""
    own("answer = {'host_index': [0] * len(job['value'])}")
    with pytest.raises(SolverError, match="peer:own made a placement that does not fit: host"):
        solve_with_peer(CLUSTER, JOB)


def test_a_bound_that_is_wrong_is_kept_as_it_is(own) -> None:
    """Tests that a wrong claim is recorded, not corrected, so that a report can tell of it."""
    own("answer = {'host_index': job['start'], 'bound': 0.5, 'proven': True}", proves=True)
    columns = outcome(CLUSTER, solve_with_peer(CLUSTER, JOB))
    assert (columns["status"], columns["bound"], columns["bound_by"]) == ("optimal", 0.5, "peer:own")


def test_a_late_peer_is_killed(own) -> None:
    """Tests that a peer that does not keep the time limit ends with nothing, and ends."""
    own("time.sleep(600)")
    solution = solve_with_peer(CLUSTER, replace(JOB, time_limit=0.5))
    assert (solution.status, solution.limit, solution.n_placed) == (Status.NOT_FOUND, Limit.TIME, 0)


def test_the_last_words_of_a_peer(own) -> None:
    """Tests that a peer that fails is quoted."""
    own("raise RuntimeError('no licence')")
    with pytest.raises(SolverError, match="peer:own failed: RuntimeError: no licence"):
        solve_with_peer(CLUSTER, JOB)


def test_where_peers_are_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the named interpreter comes first, and that one that is not there is told."""
    monkeypatch.setenv(registry.PYTHON, "/no/such/python")
    assert registry.interpreters()[0] == "/no/such/python"
    assert PEERS["peer:cp-sat"].missing() is None
    told = replace(PEERS["peer:cp-sat"], package="no-such-package").missing()
    assert told is not None
    assert "/no/such/python and " in told
    assert "no-such-package" in told


def test_options_can_be_written_down() -> None:
    """Tests that whatever a peer is given fits into a file of JSON."""
    for peer in PEERS.values():
        assert json.loads(json.dumps(peer.options)) == peer.options
