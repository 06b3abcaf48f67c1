"""Machine reassignment whole: costs as goals against the checker of the challenge, and the published ones."""

import csv

import numpy as np
import pytest

import vmopt
from tests.io.data import DATA
from vmopt.io import read_roadef
from vmopt.io.roadef_cost import roadef_cost

FOLDER = DATA / "roadef2012"
NAMES = sorted(path.stem.removeprefix("model_") for path in FOLDER.glob("model_a*.txt"))
MODEL = """2
1 100
0 10
4
0 0 30 400 16 80 0 1 4 5
0 0 10 240 8 160 1 0 3 4
1 1 15 100 12 80 4 3 0 2
1 2 10 100 8 80 5 4 2 0
2
2 0
1 1 0
3
0 12 10 1000
0 10 20 100
1 6 200 1
1
0 1 20
10
1 10 100"""
"""Two services, of which the first uses two locations and the second runs where the first does."""


@pytest.fixture
def small(tmp_path):
    (tmp_path / "model.txt").write_text(MODEL)
    (tmp_path / "assignment.txt").write_text("0 3 0")
    return tmp_path / "model.txt", tmp_path / "assignment.txt"


def test_costs_are_those_worked_out_by_hand(small):
    cluster = read_roadef(*small)
    # Loads: 18 of 16 on machine 0, and 200 + 10 - 80 of the second; 10 of 8 on machine 3.
    # Balance: 20 * 12 - (400 - 210) on machine 0; 20 * 10 - 240 < 0; 20 * 15 - 100; 20 * 0 - 80 < 0.
    loads, balance = 100 * 2 + 10 * 130 + 100 * 2, 10 * (50 + 200)
    level = cluster.objective.goal_levels[0]
    assert level.value(cluster, np.array([0, 3, 0])) == loads + balance
    assert roadef_cost(small[0], [0, 3, 0], [0, 3, 0]).total == loads + balance
    assert cluster.transient == ("resource-0",)
    assert cluster.move_cost.tolist() == [1000, 100, 1]


def test_goals_and_the_checker_agree_about_every_assignment(small):
    cluster = read_roadef(*small)
    level = cluster.objective.goal_levels[0]
    for number in range(4**3):
        assignment = [number // 16, number // 4 % 4, number % 4]
        told = roadef_cost(small[0], [0, 3, 0], assignment)
        assert level.value(cluster, np.array(assignment)) == told.total
        assert bool(vmopt.verify(cluster, np.array(assignment))) == bool(told.broken), assignment


def test_the_small_one_is_solved_and_proven(small):
    cluster = read_roadef(*small)
    costs = [
        told.total
        for number in range(4**3)
        if not (told := roadef_cost(small[0], [0, 3, 0], [number // 16, number // 4 % 4, number % 4])).broken
    ]
    row = vmopt.solve(cluster, time_limit=20, threads=1).levels[0]
    assert (row.value, row.bound) == (min(costs), min(costs))


def test_an_assignment_that_makes_no_sense_is_refused(small):
    for text, says in (("0 4 0", "machine 4"), ("0 -1 0", "machine -1"), ("0 1", "ends too early")):
        small[1].write_text(text)
        with pytest.raises((vmopt.FileError, vmopt.InstanceError), match=says):
            read_roadef(*small)


@pytest.mark.skipif(not NAMES, reason="published data are not here")
@pytest.mark.parametrize("name", NAMES)
def test_published_initial_costs_are_met_to_the_unit(name):
    rows = csv.DictReader((FOLDER / "best_known.csv").read_text().splitlines())
    published = next(int(row["initial_cost"]) for row in rows if row["instance"] == name)
    model, assignment = FOLDER / f"model_{name}.txt", FOLDER / f"assignment_{name}.txt"
    cluster = read_roadef(model, assignment)
    now, level = cluster.current, cluster.objective.goal_levels[0]
    told = roadef_cost(model, now.tolist(), now.tolist())
    assert (told.total, told.broken) == (published, ())
    assert level.value(cluster, now) == published
    assert not vmopt.verify(cluster, now)
    rng = np.random.default_rng(0)
    other = np.where(rng.random(cluster.n_vms) < 0.1, rng.integers(0, cluster.n_hosts, cluster.n_vms), now)
    assert level.value(cluster, other) == roadef_cost(model, now.tolist(), other.tolist()).total
