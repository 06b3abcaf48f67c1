"""Who runs is settled: others make room for the few that did not run, and all else stays."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.patience import PATIENCE
from vmopt.goals import FewestMoves, Utilisation
from vmopt.goals.holds import holds_of
from vmopt.methods.change import as_it_runs, squeeze
from vmopt.methods.goals.stage import Stage
from vmopt.model.goal_level import GoalLevel
from vmopt.options import Options, checked_limits
from vmopt.problem import compile


def stage_of(cluster: vmopt.Instance, host_index: np.ndarray) -> Stage:
    """Moves are to be few, and the utilisation what it is."""
    level = GoalLevel.of(Utilisation())
    options = Options(None, *checked_limits(PATIENCE, 0, 0, 1))
    holds = holds_of(cluster, (level,), (0.0,), host_index)
    return Stage(cluster, options, GoalLevel.of(FewestMoves()), holds, host_index)


@pytest.mark.parametrize("seed", [0, 2])
def test_a_full_cluster_filled_anew_goes_back_to_what_ran(seed: int) -> None:
    """Tests that a placement made without a look at what runs is worth the same with a tenth of its moves."""
    cluster = vmopt.generate("flavor", hosts=40, load=1.3, seed=seed)
    before = vmopt.solve(cluster, threads=1, ties=None)
    priority = np.array(cluster.priority)
    priority[np.flatnonzero(before.host_index < 0)[0]] = 100
    changed = cluster.replace(priority=priority, current=before.host_index)
    anew = vmopt.solve(cluster.replace(priority=priority), threads=1, ties=None).host_index
    stage = stage_of(changed, compile(changed).stay(anew))
    far = stage.value
    as_it_runs.run(stage)
    assert far > 100
    assert stage.value <= far / 10
    worth = changed.value[anew >= 0].sum()
    assert changed.value[stage.host_index >= 0].sum() == pytest.approx(worth, rel=1e-9)


def test_rules_are_kept_while_others_make_room() -> None:
    """Tests that who makes room goes where its rules let it, and nothing is offered where nobody may."""
    arrays = {"demand": [[3], [3], [4]], "capacity": [[6], [6], [5]], "current": [0, 2, -1]}
    for banned, host, moves in (("host-1", 0, 1), (["host-0", "host-1"], 2, 0)):
        cluster = vmopt.Instance.from_arrays(**arrays, rules=[vmopt.Ban("vm-1", banned), vmopt.Fence("vm-2", "host-2")])
        anew = np.array([1, 0, 2]) if moves else np.array([1, 2, -1])
        stage = stage_of(cluster, anew)
        as_it_runs.run(stage)
        assert (stage.host_index[0], stage.host_index[1], stage.value) == (0, host, moves)


def test_where_all_is_full_nobody_is_asked_to_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that no program is written for a VM that needs more than all hosts have left."""
    asked = []
    monkeypatch.setattr(squeeze, "part_program", lambda *args, **named: asked.append(args))
    full = compile(vmopt.Instance.from_arrays([[4], [4], [3]], [[5], [5]], current=[0, 1, -1]))
    assert squeeze.squeezed(full, np.array([0, 1, -1]), np.array([2])).tolist() == [0, 1, -1]
    assert not asked
