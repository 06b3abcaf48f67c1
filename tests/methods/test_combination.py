"""Patterns combined by an integer program, with one host that is filled VM by VM."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods.test_pattern_program import every_pattern
from tests.patience import PATIENCE
from vmopt import Instance, Spread, solve
from vmopt.methods import column_generation
from vmopt.methods.patterns.combination import chosen_patterns, combine, held_by, loose_host, start_of
from vmopt.methods.patterns.enumeration import integer_program
from vmopt.methods.patterns.parameters import ColumnGenerationParameters
from vmopt.methods.patterns.program import PatternProgram
from vmopt.methods.search import Search
from vmopt.options import Options

LARGE, SMALL, ALIKE = [14, 15], [8, 6], [[7, 8], [7, 8], [7, 8]]


def different(seed: int, capacity: list[list[int]]) -> tuple[Search, PatternProgram]:
    """Return a search over a few VMs that are all different, and the program over their patterns."""
    rng = np.random.default_rng(seed)
    instance = Instance.from_arrays(rng.integers(2, 7, (11, 2)), capacity, value=rng.integers(10, 60, 11))
    return begun(instance)


def begun(instance: Instance) -> tuple[Search, PatternProgram]:
    search = Search(instance, Options(time_limit=PATIENCE, gap=0, threads=1))
    program = column_generation.begin(search)
    assert program is not None
    return search, program


def place(search: Search, method: str = "greedy-demand") -> None:
    search.offer(solve(search.instance, method=method, threads=1).host_index, "start")


@pytest.mark.parametrize("capacity", [[LARGE, SMALL, [6, 7]], ALIKE])
@pytest.mark.parametrize("seed", range(3))
def test_all_patterns_combined_are_the_optimum(seed: int, capacity: list[list[int]]) -> None:
    """Tests against another solver, with hosts alike and not, that where all patterns are known nothing is missed."""
    search, program = different(seed, capacity)
    place(search)
    for c in range(len(program.hosts)):
        program.add(c, every_pattern(program, c))
    combine(search, program)
    assert search.objective == solve(search.instance, method="exact", backend="highs", gap=0, threads=1).objective


def test_one_host_takes_what_no_pattern_knows() -> None:
    """Tests that with no pattern but those of the placement the loose host, the one that earns most, is filled best."""
    instance = Instance.from_arrays([[5], [4], [4], [2]], [[8], [2]], value=[6, 5, 5, 1])
    search, program = begun(instance)
    search.offer(np.array([0, -1, -1, 1]), "start")
    combine(search, program)
    assert search.host_index.tolist() == [-1, 0, 0, 1]


@pytest.mark.parametrize("capacity", [[LARGE, SMALL, [6, 7]], ALIKE])
def test_the_start_is_the_best_placement(capacity: list[list[int]]) -> None:
    """Tests that the program begins at a point of its own that is worth what the best placement is."""
    search, program = different(4, capacity)
    place(search)
    held = held_by(search.problem, search.host_index)
    within = chosen_patterns(program, held, loose_host(program), 0)
    rows, x = integer_program(program, within, search.problem.vms.value), start_of(program, within, held)
    assert rows.objective @ x == pytest.approx(search.objective)
    assert (rows.matrix @ x <= rows.row_upper).all()
    assert (x <= rows.upper).all()


def test_patterns_that_lose_least_are_combined() -> None:
    """Tests that no more are taken than asked for, the best at the prices, none of the host that is loose."""
    _, program = different(5, [LARGE, SMALL, [6, 7]])
    for c in range(len(program.hosts)):
        program.add(c, every_pattern(program, c))
    loose = loose_host(program)
    nothing = [np.zeros((1, len(program.supply)), dtype=np.int64)] * 3
    within = chosen_patterns(program, nothing, loose, 7)
    assert len(within.counts) == 7
    assert loose not in within.host_class
    loss = program.valid.hosts[program.pool.host_class] - program.pool.counts @ (
        program.classes.value - program.valid.vms
    )
    taken = program.valid.hosts[within.host_class] - within.counts @ (program.classes.value - program.valid.vms)
    assert np.sort(taken) == pytest.approx(np.sort(loss[program.pool.host_class != loose])[:7])


def test_the_loose_host_keeps_rules() -> None:
    """Tests that it runs no more of a VM class than rules allow on a host."""
    rule = Spread(["vm-1", "vm-2"], over="host")
    names = ["vm-1", "vm-2", "vm-3", "vm-4"]
    instance = Instance.from_arrays([[3], [3], [2], [1]], [[6], [1]], value=[9, 9, 2, 1], vm_names=names, rules=[rule])
    search, program = begun(instance)
    search.offer(np.array([-1, -1, 0, -1]), "start")
    combine(search, program)
    assert search.objective == 9 + 2 + 1


def test_where_vms_repeat_or_hosts_are_many_nothing_is_combined() -> None:
    """Tests that this is left to dives, even where it would gain."""
    repeated, program = begun(Instance.from_arrays([[2]] * 4, [[8]], value=[1] * 4))
    repeated.offer(np.array([0, -1, -1, -1]), "start")
    combine(repeated, program)
    many, program = begun(Instance.from_arrays([[2], [3]], [[3], [3]], value=[1, 2]))
    many.offer(np.array([0, -1]), "start")
    combine(many, program, ColumnGenerationParameters(most_hosts_to_decide=1))
    assert [repeated.objective, many.objective] == [1, 1]
