"""BtrPlace's reconfiguration problems: what is read, what is refused, and the published ones repaired."""

import copy
import json
import random

import numpy as np
import pytest

import vmopt
from tests.io.data import DATA
from tests.patience import PATIENCE
from vmopt.io.btrplace import read_btrplace

PUBLISHED = DATA / "btrplace"
NODES = {
    "0": {"runningVMs": [10, 11], "sleepingVMs": []},
    "1": {"runningVMs": [12], "sleepingVMs": []},
    "2": {"runningVMs": [], "sleepingVMs": []},
}
SLEEPS = {"0": {"runningVMs": [], "sleepingVMs": [1]}, "1": {"runningVMs": [], "sleepingVMs": []}}
VIEW = {
    "id": "shareableResource",
    "rcId": "cpu",
    "defConsumption": 2,
    "defCapacity": 6,
    "vms": {"11": 3},
    "nodes": {"2": 8},
}


def written(tmp_path, constraints=(), nodes=NODES, ready=(13,), offline=(3,), views=(VIEW,)):
    """A file with these constraints."""
    mapping = {"readyVMs": list(ready), "onlineNodes": nodes, "offlineNodes": list(offline)}
    path = tmp_path / "problem.json"
    path.write_text(json.dumps({"model": {"mapping": mapping, "views": list(views)}, "constraints": constraints}))
    return path


def test_what_runs_now_is_read(tmp_path):
    cluster = read_btrplace(written(tmp_path, [{"id": "running", "vm": 13}]))
    assert list(cluster.vm_names) == ["vm-10", "vm-11", "vm-12", "vm-13"]
    assert cluster.current.tolist() == [0, 0, 1, -1]
    assert cluster.demand.ravel().tolist() == [2, 3, 2, 2]
    assert cluster.capacity.ravel().tolist() == [6, 6, 8, 6]
    solution = vmopt.solve(cluster)
    assert solution.host_index[:3].tolist() == [0, 0, 1]
    assert 0 <= solution.host_index[3] < 3  # a node that is off, and stays off, runs nothing


def test_a_vm_that_is_ready_and_not_asked_for_is_left_out(tmp_path):
    assert read_btrplace(written(tmp_path)).n_vms == 3


def test_preserve_raises_a_demand_and_never_lowers_it(tmp_path):
    asked = [{"id": "preserve", "vm": vm, "rc": "cpu", "amount": amount} for vm, amount in ((10, 5), (11, 1))]
    assert read_btrplace(written(tmp_path, asked)).demand.ravel().tolist() == [5, 3, 2]


def test_a_vm_that_sleeps_takes_nothing_until_it_is_to_run(tmp_path):
    awake = SLEEPS | {"1": {"runningVMs": [2], "sleepingVMs": []}}
    assert read_btrplace(written(tmp_path, nodes=awake)).n_vms == 1
    running = [{"id": "running", "vm": 1}, {"id": "offline", "node": 0}]
    assert dict(vmopt.solve(read_btrplace(written(tmp_path, running, nodes=SLEEPS))).placement) == {"vm-1": "node-1"}


CASES = {
    "spread": ([{"id": "spread", "vms": [10, 11]}], 1),
    "gather": ([{"id": "gather", "vms": [10, 12]}], 1),
    "lonely": ([{"id": "lonely", "vms": [10]}], 1),
    "fence": ([{"id": "fence", "vms": [10, 11], "nodes": [2]}], 2),
    "fence of one": ([{"id": "fence", "vm": 12, "nodes": [2, 0]}], 1),
    "ban": ([{"id": "ban", "vms": [12], "nodes": [1]}], 1),
    "root": ([{"id": "root", "vm": 10}, {"id": "spread", "vms": [10, 11]}], 1),
    "offline": ([{"id": "offline", "node": 0}], 2),
    "among": ([{"id": "among", "vms": [10, 12], "parts": [[0], [1, 2]]}], 1),
    "killed": ([{"id": "killed", "vm": 12}], 1),
    "asleep": ([{"id": "sleeping", "vm": 12}], 1),
    "split": ([{"id": "split", "parts": [[10], [11, 12]]}], 1),
    "split, held": ([{"id": "split", "parts": [[10, 11], [12]]}], 0),
    "split of three": ([{"id": "split", "parts": [[10], [11], [12]]}], 1),
    "splitAmong": ([{"id": "splitAmong", "vParts": [[10, 11], [12]], "pParts": [[0, 1], [2]]}], 1),
    "splitAmong, held": ([{"id": "splitAmong", "vParts": [[10, 11], [12]], "pParts": [[0, 2], [1]]}], 0),
    "splitAmong, outside": ([{"id": "splitAmong", "vParts": [[10, 11]], "pParts": [[1, 2]]}], 2),
    "quarantine": ([{"id": "quarantine", "node": 2}, {"id": "spread", "vms": [10, 11, 12]}], None),
    "quarantine, held": ([{"id": "quarantine", "node": 2}, {"id": "spread", "vms": [10, 11]}], 1),
    "runningCapacity": ([{"id": "runningCapacity", "nodes": [0, 1], "amount": 2}], 1),
    "runningCapacity of one": ([{"id": "runningCapacity", "nodes": [0], "amount": 0}], 2),
    "resourceCapacity": ([{"id": "resourceCapacity", "rc": "cpu", "nodes": [0, 1], "amount": 4}], 1),
    "capacities that overlap": ([{"id": "runningCapacity", "nodes": [n, 2], "amount": 1} for n in (0, 1)], None),
    "capacities of nodes": ([{"id": "runningCapacity", "nodes": [n], "amount": 1} for n in (0, 1, 2)], 1),
    "overbook": ([{"id": "overbook", "node": 0, "rc": "cpu", "ratio": 0.7}], 1),
    "overbook, more": ([{"id": "overbook", "node": n, "rc": "cpu", "ratio": 1.5} for n in (0, 1)], 0),
    "maxOnline of all": ([{"id": "maxOnline", "nodes": [0, 1, 2], "amount": 3}], 0),
    "two groups with a VM in common": ([{"id": "spread", "vms": [10, 11]}, {"id": "spread", "vms": [10, 12]}], 1),
    "more than fits": ([{"id": "preserve", "vm": 10, "rc": "cpu", "amount": 4}], 1),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_demanded_takes_the_fewest_moves(tmp_path, case):
    constraints, moves = CASES[case]
    cluster = read_btrplace(written(tmp_path, constraints))
    solution = vmopt.solve(cluster)
    if moves is None:
        assert solution.status is vmopt.Status.INFEASIBLE
        assert vmopt.conflict(cluster).minimal
        return
    assert not vmopt.verify(cluster, solution.host_index)
    assert (solution.levels[0].value, solution.levels[0].bound) == (moves, moves)
    root = [each["vm"] for each in constraints if each["id"] == "root"]
    assert not root or solution.host_index[0] == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"constraints": [{"id": "odd", "vm": 1}]}, "'odd', which has no rule"),
        ({"constraints": [{"id": "seq", "vms": [10, 11]}]}, "'seq', which is about when actions happen"),
        ({"constraints": [{"id": "Sync", "vms": [10, 11]}]}, "'Sync', which is about when actions happen"),
        ({"constraints": [{"id": "maxOnline", "nodes": [0, 1], "amount": 1}]}, "say which are to be 'offline'"),
        (
            {"constraints": [{"id": "running", "vm": 10}, {"id": "killed", "vm": 10}]},
            "is to be killed, and running",
        ),
        (
            {"constraints": [{"id": "online", "node": 0}, {"id": "offline", "node": 0}]},
            "is to be online and offline",
        ),
        ({"constraints": [{"id": "split", "parts": [[10, 11], [11]]}]}, "VM 11 is in two sets of parts"),
        ({"constraints": [{"id": "ban", "vm": 10, "nodes": [9]}]}, "node 9, which is not there"),
        ({"constraints": [{"id": "quarantine", "node": 9}]}, "node 9, which is not there"),
        ({"constraints": [{"id": "preserve", "vm": 10, "rc": "disk", "amount": 1}]}, "'disk': the resources are cpu"),
        ({"constraints": [{"id": "overbook", "node": 0, "rc": "cpu", "ratio": -1}]}, "ratio is -1"),
        ({"constraints": [{"id": "resourceCapacity", "rc": "x", "nodes": [0], "amount": 1}]}, "Quota is of 'x'"),
        ({"constraints": [{"id": "spread"}]}, "key 'vms' is missing"),
        ({"views": []}, "no view 'shareableResource'"),
        (
            {"nodes": SLEEPS, "constraints": [{"id": "offline", "node": 0}]},
            "sleeps there, and the node is to be off",
        ),
        ({"constraints": [{"id": "among", "vms": [10], "parts": [[0], [0, 1]]}]}, "in two parts"),
        ({"constraints": [{"id": "among", "vms": [10], "parts": [[7]]}]}, "node 7, which is not there"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path, given, says):
    with pytest.raises((vmopt.FileError, vmopt.InstanceError), match=says):
        read_btrplace(written(tmp_path, **given))


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published problems are not here")
@pytest.mark.parametrize(("name", "moves", "starts"), [("li_r3_p5000_c100_1", 3, 0), ("nr_r3_p5000_c33_1", 0, 753)])
def test_published_problems_are_repaired_with_moves_that_are_proven_fewest(name, moves, starts):
    cluster = read_btrplace(PUBLISHED / f"{name}.json.gz")
    solution = vmopt.solve(cluster, time_limit=PATIENCE)
    row = solution.levels[0]
    assert (row.value, row.bound) == (moves, moves)
    assert not vmopt.verify(cluster, solution.host_index)
    plan = vmopt.plan(solution)
    assert plan.outcome.value == "planned"
    kinds = [action.kind for action in plan.actions]
    assert (len(kinds), np.sum(cluster.current < 0)) == (moves + starts, starts)


CONSTRAINTS = [
    {"id": "spread", "continuous": True, "vms": [10, 11]},
    {"id": "among", "parts": [[0, 1], [2]], "vms": [10, 12]},
    {"id": "fence", "vm": 10, "nodes": [0, 1]},
    {"id": "preserve", "vm": 12, "rc": "cpu", "amount": 3},
    {"id": "offline", "node": 1},
    {"id": "root", "vm": 10},
    {"id": "split", "parts": [[10], [12]]},
    {"id": "splitAmong", "vParts": [[10], [11]], "pParts": [[0], [1, 2]]},
    {"id": "quarantine", "node": 2},
    {"id": "runningCapacity", "nodes": [0, 1], "amount": 9},
    {"id": "overbook", "node": 0, "rc": "cpu", "ratio": 1.5},
]
ODD = [None, -1, 1.5, 2**70, "", "x", [], {}, [[]], [{}], {"a": {}}, True, "10"]


def _places(value, path=()):
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _places(part, (*path, key))


def test_what_is_changed_anywhere_is_read_or_refused_in_one_line(tmp_path):
    mapping = {"readyVMs": [13], "onlineNodes": NODES, "offlineNodes": [3]}
    document = {"model": {"mapping": mapping, "views": [VIEW]}, "constraints": CONSTRAINTS}
    dice, refused = random.Random(5), []
    for _ in range(300):
        changed = copy.deepcopy(document)
        *above, last = dice.choice([path for path in _places(changed) if path])
        holder = changed
        for key in above:
            holder = holder[key]
        holder[last] = copy.deepcopy(dice.choice(ODD))
        (tmp_path / "a.json").write_text(json.dumps(changed))
        try:
            read_btrplace(tmp_path / "a.json")
        except vmopt.VmoptError as error:
            refused.append(str(error))
    assert 0 < len(refused) < 300
    assert all("\n" not in said for said in refused)
