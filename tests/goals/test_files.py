"""Levels of goals in files: instances and solutions come back equal, and what the data contradict is refused."""

import json

import pytest

import vmopt
from vmopt import Balance, FewestHosts, FileError, Objective, Penalties, Utilisation


def cluster(*levels, slack=0.0, **more):
    objective = Objective(levels=levels, slack=slack)
    return vmopt.Instance.from_arrays(
        [[2, 1], [3, 2], [1, 1]], [[4, 4], [4, 4], [6, 5]], resources=["cpu", "memory"], objective=objective, **more
    )


INSTANCES = [
    cluster(Utilisation(), FewestHosts([1, 2.5, 0.1]), slack=[0.0, 0.1]),
    cluster(Utilisation("tiers"), Balance({"cpu": 2, "memory": 1}, "above", level=[[1, 2], [0, 0], [3, 3]])),
    cluster(FewestHosts() + 0.5 * Balance("cpu", "spread"), Utilisation("demand", {"cpu": 1.0})),
    cluster(Utilisation(), Penalties(), rules=[vmopt.Spread("vm-*", penalty=2)]),
    cluster(FewestHosts("power"), host_labels=[{"power": "1"}, {"power": "2"}, {"power": "0.5"}]),
]


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda instance: str(instance.objective.levels[-1]))
def test_an_instance_comes_back_equal(instance, tmp_path):
    vmopt.io.write_json(instance, tmp_path / "c.json")
    read = vmopt.io.read_json(tmp_path / "c.json")
    assert read == instance
    assert read.objective.slack == instance.objective.slack
    assert vmopt.io.fingerprint(read) == vmopt.io.fingerprint(instance)


@pytest.mark.parametrize("instance", INSTANCES, ids=lambda instance: str(instance.objective.levels[-1]))
def test_a_solution_comes_back_with_its_levels(instance, tmp_path):
    solution = vmopt.solve(instance, time_limit=5, threads=1)
    vmopt.io.write_solution(solution, tmp_path / "s.json")
    read = vmopt.io.read_solution(instance, tmp_path / "s.json")
    assert [(row.goal, row.value, row.bound, row.bound_by, row.status) for row in read.levels] == [
        (row.goal, row.value, row.bound, row.bound_by, row.status) for row in solution.levels
    ]
    assert repr(read) == repr(solution)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("value", 0.5, "claims value"),
        ("bound", 5.0, "claims bound"),
        ("status", "perfect", "status"),
        ("goal", "fewest-moves", "not those of the instance"),
    ],
)
def test_claims_that_the_data_contradict_are_refused(key, value, says, tmp_path):
    instance = cluster(Utilisation(), FewestHosts())
    vmopt.io.write_solution(vmopt.solve(instance, threads=1), tmp_path / "s.json")
    document = json.loads((tmp_path / "s.json").read_text())
    document["goals"][1][key] = value
    (tmp_path / "s.json").write_text(json.dumps(document))
    with pytest.raises(FileError, match=says):
        vmopt.io.read_solution(instance, tmp_path / "s.json")


def test_a_goal_that_a_file_does_not_know_is_named(tmp_path):
    vmopt.io.write_json(cluster(Utilisation(), FewestHosts()), tmp_path / "c.json")
    text = (tmp_path / "c.json").read_text().replace("fewest-hosts", "fewest-hots")
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(FileError, match=r"did you mean 'fewest-hosts'"):
        vmopt.io.read_json(tmp_path / "c.json")


def test_fingerprints_know_levels():
    plain, packed = cluster(Utilisation()), cluster(Utilisation(), FewestHosts())
    others = [cluster(Utilisation(), FewestHosts([1, 1, 2])), cluster(Utilisation(), FewestHosts(), slack=0.1)]
    prints = {vmopt.io.fingerprint(instance) for instance in (plain, packed, *others)}
    assert len(prints) == 4


@pytest.mark.parametrize(("one", "other"), [("55", "77"), ("12", "24")])
def test_fingerprints_know_costs_of_labels(one, other):
    """Tests that costs that are alike in proportion are told apart by their size."""
    first = vmopt.Instance.from_arrays(
        [[1]],
        [[2]] * 2,
        objective=Objective(levels=[FewestHosts("cost")]),
        host_labels=[{"cost": digit} for digit in one],
    )
    second = first.replace(host_labels=[{"cost": digit} for digit in other])
    assert vmopt.io.fingerprint(first) != vmopt.io.fingerprint(second)
