"""Tests of latency as a part of the objective: stated, kept, written, read, solved and verified."""

from __future__ import annotations

import json
import pickle

import jsonschema
import numpy as np
import pytest

import vmopt
from tests.methods.test_trade import brute_force, case
from tests.patience import PATIENCE
from vmopt import io, metrics
from vmopt.formulation.export import ExportedModel
from vmopt.network import Latency, Traffic, star
from vmopt.summary import instances

SOLVED = {"gap": 1e-6, "threads": 1, "time_limit": PATIENCE}


def priced(seed: int = 0, weight: float = 4.0) -> vmopt.Instance:
    cluster, network, traffic = case(seed)
    return cluster.replace(objective=vmopt.Objective(latency=Latency(network, traffic, weight)))


def test_the_shortcut_is_the_objective():
    """Tests that arguments of solve and the goal in the instance give the same solution of the same instance."""
    cluster, network, traffic = case(1)
    short = vmopt.solve(cluster, network=network, traffic=traffic, latency_weight=4.0, **SOLVED)
    whole = vmopt.solve(priced(1), **SOLVED)
    assert short.instance == whole.instance == priced(1)
    assert np.array_equal(short.host_index, whole.host_index)
    assert (short.objective, short.bound, short.status) == (whole.objective, whole.bound, whole.status)
    with pytest.raises(vmopt.OptionError, match="of its own"):
        vmopt.solve(priced(1), network=network, traffic=traffic)


@pytest.mark.parametrize("method", [info.name for info in vmopt.methods()])
def test_every_method_trades(method):
    """Tests that value, bound and history are of the whole objective, whatever places the VMs."""
    cluster, network, traffic = case(0)
    solution = vmopt.solve(priced(0), method=method, **SOLVED)
    best = brute_force(cluster, network, traffic, 4.0)
    assert solution.objective == metrics.objective_of(solution.instance, solution.host_index)
    assert solution.objective == pytest.approx(best, rel=1e-6)
    assert solution.status is vmopt.Status.OPTIMAL
    objectives = [point.objective for point in solution.history]
    assert objectives == sorted(objectives)
    assert objectives[-1] == solution.objective


def test_prices_of_utilisation_bound_the_objective():
    """Tests that a bound by prices is valid for any placement, latency being what it is, and rechecked."""
    instance = priced(2)
    search = vmopt.solve(instance, method="greedy-priority", time_limit=0)
    assert search.bound >= search.objective
    assert vmopt.verify_bound(instance, search.prices) >= search.objective


def test_a_start_worth_less_than_nothing_is_improved():
    """Tests that a placement whose latency costs more than it brings is taken as a start, and left."""
    instance = priced(0, weight=1000.0)
    start = vmopt.solve(case(0)[0], method="greedy-priority")
    assert metrics.objective_of(instance, start.host_index) < 0
    told = []
    solution = vmopt.solve(instance, warm_start=start, progress=lambda *point: told.append(point), **SOLVED)
    assert told[0][1] < 0
    assert solution.objective > 0
    assert solution.gap >= 0


def test_elastic_vms_are_traded():
    """Tests that what elastic VMs get follows them, and that no bound of fixed sizes is taken for one of theirs."""
    cluster, network, traffic = case(0)
    elastic = cluster.replace(
        reservation=np.ones((cluster.n_vms, 1)), objective=vmopt.Objective(latency=Latency(network, traffic, 4.0))
    )
    solution = vmopt.solve(elastic, threads=1, time_limit=3)
    assert vmopt.verify(elastic, solution) == ()
    assert solution.bound_by != "highs"
    assert solution.bound >= solution.objective > 0


def test_kept_by_replace_pickle_and_equality():
    """Tests that the goal is part of what an instance is."""
    instance = priced()
    assert instance.replace(priority=np.full(6, 2.0)).objective == instance.objective
    assert pickle.loads(pickle.dumps(instance)) == instance
    assert pickle.loads(pickle.dumps(vmopt.solve(instance, **SOLVED))).trade is not None
    assert instance != priced(weight=5.0)
    assert instance.objective != vmopt.Objective()
    assert hash(instance.objective) == hash(priced().objective)
    assert "less latency" in repr(instance)
    assert io.fingerprint(instance) != io.fingerprint(priced(weight=5.0))
    assert io.fingerprint(priced(weight=0.0)) == io.fingerprint(case(0)[0])


@pytest.mark.parametrize("layout", ["rows", "columns"])
def test_json_holds_it(tmp_path, layout):
    """Tests that instance and solution are read back equal, and that files without latency are those of before."""
    instance = priced()
    io.write_json(instance, tmp_path / "c.json", layout=layout)
    document = json.loads((tmp_path / "c.json").read_text())
    jsonschema.validate(document, io.schema("instance"))
    assert document["version"] == 2
    assert io.read(tmp_path / "c.json") == instance
    io.write_json(instance.replace(objective=None), tmp_path / "plain.json")
    assert json.loads((tmp_path / "plain.json").read_text())["version"] == 1
    solution = vmopt.solve(instance, **SOLVED)
    io.write_solution(solution, tmp_path / "s.json")
    again = io.read_solution(instance, tmp_path / "s.json")
    assert (again.objective, again.bound, again.trade) == (solution.objective, solution.bound, solution.trade)
    with pytest.raises(vmopt.FileError, match="another instance"):
        io.read_solution(case(0)[0], tmp_path / "s.json")


def test_wrong_files_are_refused(tmp_path):
    """Tests that a latency that lacks a column, or names a VM that is not there, gives one clear error."""
    io.write_json(priced(), tmp_path / "c.json")
    document = json.loads((tmp_path / "c.json").read_text())
    pairs = document["objective"]["latency"]["pairs"]
    pairs["source"][0] = "nobody"
    (tmp_path / "c.json").write_text(json.dumps(document))
    with pytest.raises(vmopt.NetworkError, match="'nobody', which is unknown"):
        io.read(tmp_path / "c.json")
    pairs["source"].pop()
    (tmp_path / "c.json").write_text(json.dumps(document))
    with pytest.raises(vmopt.FileError, match="differ in length"):
        io.read(tmp_path / "c.json")


def test_summaries_say_it():
    """Tests that an instance says that latency counts, and a solution what it costs."""
    told = {fact.label: fact.value for fact in instances.facts(priced())}
    assert told["objective"] == "priority weighting, less 4 for each second of latency"
    assert "of value, less" in vmopt.solve(priced(), **SOLVED).summary()


def test_what_makes_no_sense_is_refused():
    """Tests that hosts, VMs, weights, tiers and requests are checked where the goal meets them."""
    cluster, network, traffic = case(0)
    with pytest.raises(vmopt.NetworkError, match="is not in the network"):
        cluster.replace(objective=vmopt.Objective(latency=Latency(star(3), traffic, 1.0)))
    other = Traffic.from_edges(["a", "b"], [("a", "b", 1.0)])
    with pytest.raises(vmopt.NetworkError, match="between 2 VMs that are not the 6"):
        cluster.replace(objective=vmopt.Objective(latency=Latency(network, other, 1.0)))
    with pytest.raises(vmopt.InstanceError, match="weight of latency is -1"):
        Latency(network, traffic, -1)
    with pytest.raises(vmopt.InstanceError, match="tiers trade nothing"):
        vmopt.Objective("tiers", latency=Latency(network, traffic, 1.0))
    with pytest.raises(vmopt.InstanceError, match=r"give a vmopt\.network\.Latency"):
        vmopt.Objective(latency=3)
    with pytest.raises(vmopt.InstanceError, match="leave it out of the objective"):
        vmopt.Requests.from_arrays([0.0], [[1]], objective=priced().objective)
    with pytest.raises(vmopt.InstanceError, match="leave it out of the objective"):
        ExportedModel.of(priced())
