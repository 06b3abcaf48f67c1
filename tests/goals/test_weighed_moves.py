"""MovesOfGroup and Distance: values and bounds by brute force, on their own and weighed against each other."""

from itertools import product

import numpy as np
import pytest

import vmopt
from vmopt.goals import Balance, Distance, FewestMoves, MovesOfGroup

WAYS = Distance([[0, 1, 4], [2, 0, 3], [5, 1, 0]])
LEVELS = {
    "group": MovesOfGroup("app") + 0.5 * FewestMoves(),
    "distance": 2 * WAYS + 0.25 * FewestMoves(),
    "all": Balance(kind="above", level=0.5) + 3 * MovesOfGroup("app") + WAYS,
}


def random_cluster(seed, level):
    rng = np.random.default_rng(seed)
    return vmopt.Instance.from_arrays(
        rng.integers(1, 4, (5, 2)),
        rng.integers(5, 9, (3, 2)),
        current=rng.integers(-1, 3, 5),
        vm_labels=[{"app": str(a)} if a else {} for a in rng.integers(0, 3, 5)],
        rules=[vmopt.MustRun("vm-*"), vmopt.Empty(f"host-{rng.integers(3)}")],
        objective=vmopt.Objective(levels=[level]),
    )


@pytest.mark.parametrize("backend", ["cp-sat", "highs"])
@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_all_placements_is_found_and_proven(seed, name, backend):
    cluster = random_cluster(seed, LEVELS[name])
    level = cluster.objective.goal_levels[0]
    placements = (np.array(each) for each in product(range(3), repeat=5))
    values = [level.value(cluster, each) for each in placements if not vmopt.verify(cluster, each)]
    solution = vmopt.solve(cluster, method="exact", backend=backend, threads=1)
    if not values:
        assert solution.status is vmopt.Status.INFEASIBLE
        return
    row = solution.levels[0]
    assert row.value == pytest.approx(float(min(values)))
    assert row.bound == pytest.approx(float(min(values)))


def test_values_are_sums_that_can_be_done_by_hand():
    labels = [{"app": "x"}, {"app": "x"}, {"app": "y"}, {}]
    cluster = vmopt.Instance.from_arrays([[1]] * 4, [[4]] * 3, current=[0, 0, 1, -1], vm_labels=labels)
    assert MovesOfGroup("app").value(cluster, np.array([1, 2, 0, 0])) == 2
    assert WAYS.value(cluster, np.array([1, 2, 0, 0])) == 1 + 4 + 2
    assert WAYS.value(cluster, np.array([-1, 0, 1, 2])) == 0


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Distance([[0, 1]]), "no square table"),
        (lambda: Distance([[0, -1], [1, 0]]), "at least 0"),
        (lambda: Distance([[1, 0], [0, 0]]), "stay where they are"),
        (lambda: MovesOfGroup(3), "label"),
    ],
)
def test_what_makes_no_sense_is_refused(make, says):
    with pytest.raises(vmopt.InstanceError, match=says):
        make()


@pytest.mark.parametrize("goal", [WAYS, MovesOfGroup("app")])
def test_they_need_to_know_what_runs_now(goal):
    with pytest.raises(vmopt.InstanceError, match="where VMs run now"):
        vmopt.Instance.from_arrays([[1]], [[2]] * 3, objective=vmopt.Objective(levels=[goal]))


def test_they_are_written_and_read(tmp_path):
    cluster = random_cluster(0, LEVELS["all"])
    vmopt.io.write_json(cluster, tmp_path / "x.json")
    assert vmopt.io.read_json(tmp_path / "x.json").objective == cluster.objective
