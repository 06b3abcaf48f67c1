"""Few moves beside few hosts: what has to leave the hosts that are given up, with a proof that anyone can check."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

import vmopt
from vmopt import FewestHosts, FewestMoves, MustRun, Objective, PlacementError, Utilisation
from vmopt.bounds import MovePrices
from vmopt.goals.holds import holds_of
from vmopt.goals.move_bound import verify_move_prices
from vmopt.methods.change import prices
from vmopt.methods.goals.stage import Stage
from vmopt.options import Options

LEVELS = [Utilisation(), FewestHosts(), FewestMoves()]


def scattered(n_hosts: int = 8) -> vmopt.Instance:
    """Hosts that run 2 or 3 VMs of 4 each, all of which fit on half of them."""
    n_vms = [2, 3] * (n_hosts // 2)
    return vmopt.Instance.from_arrays(
        [[1]] * sum(n_vms),
        [[5]] * n_hosts,
        current=np.repeat(np.arange(n_hosts), n_vms),
        objective=Objective(levels=LEVELS),
    )


def stage_of(instance: vmopt.Instance, placed: np.ndarray) -> Stage:
    """The level of moves, the others held as a placement has them."""
    levels, slack = instance.objective.goal_levels, instance.objective.slack_of_levels
    holds = holds_of(instance, levels[:-1], slack[:-1], placed)
    return Stage(instance, Options(None, 60.0, 0.0, 0, 1), levels[-1], holds, placed)


def drawn(seed: int) -> vmopt.Instance:
    """Draw some VMs, not all of which run, on hosts that cost differently."""
    rng = np.random.default_rng(seed)
    costs = FewestHosts(cost=rng.choice([0, 1, 2.5], 3).tolist()) if seed % 3 else FewestHosts()
    return vmopt.Instance.from_arrays(
        rng.integers(0, 5, (5, 2)),
        rng.integers(4, 10, (3, 2)),
        current=rng.integers(-1, 3, 5),
        move_cost=rng.choice([0.0, 1.0, 0.5, 3.0], 5) if seed % 2 else None,
        rules=[MustRun(f"vm-{rng.integers(5)}")] if seed % 4 else [],
        objective=Objective(levels=[*LEVELS[: 1 if seed % 5 else 0], costs, FewestMoves()], slack=[0.0, 0.2, 0.0][-2:]),
    )


@pytest.mark.parametrize("seed", range(60))
def test_no_placement_on_so_few_hosts_moves_less(seed: int) -> None:
    """Tests prices of the linear program, and prices at random, against all placements."""
    instance, rng = drawn(seed), np.random.default_rng([seed, 1])
    some = [np.array(at) for at in product(range(-1, 3), repeat=5)]
    placements = [at for at in some if not vmopt.verify(instance, at)]
    if not placements:
        return
    stage = stage_of(instance, placements[int(rng.integers(len(placements)))])
    best = min(
        stage.level.value(instance, at) for at in placements if all(hold.keeps(instance, at) for hold in stage.holds)
    )
    prices.run(stage)
    assert stage.bound <= best
    floors = sum(hold.level.maximised for hold in stage.holds)
    for _ in range(20):
        proof = MovePrices(rng.exponential(0.1, (3, 2)), rng.exponential(1.0, floors), None, rng.exponential(1.0, 1))
        assert verify_move_prices(instance, FewestMoves(), stage.holds, proof) <= best


def test_who_is_on_hosts_that_are_given_up_moves() -> None:
    """Tests that the bound counts them, where no host by itself has to let anybody go."""
    instance = scattered()
    solution = vmopt.solve(instance, threads=1, gap=0, time_limit=60)
    assert [row.value for row in solution.levels[1:]] == [4.0, 8.0]
    assert solution.levels[2].bound == 8.0
    stage = stage_of(instance, solution.host_index)
    prices.run(stage)
    assert stage.bound == 8
    assert stage.proof.in_use[0] > 0
    nothing = replace(stage.proof, in_use=None)
    assert verify_move_prices(instance, FewestMoves(), stage.holds, nothing) < 8


def test_the_proof_is_written_and_checked_again(tmp_path) -> None:
    """Tests that files hold it, and that those from before hosts in use had prices are read."""
    instance = scattered()
    stage = stage_of(instance, vmopt.solve(instance, threads=1, gap=0, time_limit=60).host_index)
    prices.run(stage)
    solution = vmopt.solve(instance, threads=1, gap=0, time_limit=60)
    row = replace(solution.levels[2], certificate=replace(solution.levels[2].certificate, proof=stage.proof))
    path = tmp_path / "s.json"
    vmopt.io.write_solution(replace(solution, levels=(*solution.levels[:2], row)), path)
    again = vmopt.io.read_solution(instance, path)
    assert vmopt.verify_goal_bound(instance, again, 2) == 8.0
    document = json.loads(path.read_text())
    held = next(entry for entry in document["goals"] if "in_use" in entry.get("proof", {}))
    del held["proof"]["in_use"]
    path.write_text(json.dumps(document))
    with pytest.raises(vmopt.FileError, match="bound"):  # it proves less without
        vmopt.io.read_solution(instance, path)


@pytest.mark.parametrize("in_use", [np.zeros(2), np.array([-1.0]), np.array([np.nan])])
def test_wrong_prices_of_hosts_in_use_are_refused(in_use: np.ndarray) -> None:
    """Tests that as many as there are holds are asked for, none negative or no number."""
    instance = scattered()
    stage = stage_of(instance, instance.current)
    with pytest.raises(PlacementError, match="prices of hosts in use"):
        verify_move_prices(
            instance, FewestMoves(), stage.holds, MovePrices(np.zeros((8, 1)), np.zeros(1), None, in_use)
        )


@pytest.mark.parametrize("seed", range(40))
def test_who_is_too_many_below_a_fullest_host_moves(seed: int) -> None:
    """Tests that moves are bounded by what hosts may hold as the level above has it, and by no more."""
    rng = np.random.default_rng(seed)
    instance = drawn(seed)
    instance = instance.replace(
        objective=Objective(levels=[Utilisation(), vmopt.Balance(), FewestMoves()]), rules=[MustRun("*")]
    )
    placements = [np.array(at) for at in product(range(3), repeat=5) if not vmopt.verify(instance, np.array(at))]
    if not placements:
        return
    stage = stage_of(instance, placements[int(rng.integers(len(placements)))])
    kept = [at for at in placements if all(hold.keeps(instance, at) for hold in stage.holds)]
    prices.run(stage)
    assert stage.bound <= min(stage.level.value(instance, at) for at in kept)


def test_even_hosts_are_what_moves_are_for() -> None:
    """Tests the bound of an overloaded host that has to share what it runs."""
    levels = [Utilisation(), vmopt.Balance(), FewestMoves()]
    instance = vmopt.Instance.from_arrays([[1]] * 12, [[12]] * 4, current=[0] * 12, objective=Objective(levels=levels))
    solution = vmopt.solve(instance, threads=1, gap=0, time_limit=60)
    assert [row.value for row in solution.levels[1:]] == [0.25, 9.0]
    stage = stage_of(instance, solution.host_index)
    prices.run(stage)
    assert stage.bound == 9
