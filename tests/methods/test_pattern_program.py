"""The program over patterns: its master, what is priced for it, and what dives and improvements make of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from scipy.optimize import linprog

from tests.patience import PATIENCE
from vmopt import Instance
from vmopt.bounds.pattern_bound import recheck_pattern_bound, verify_pattern_bound
from vmopt.methods import column_generation
from vmopt.methods.patterns.diving import Chosen, dive, fill
from vmopt.methods.patterns.improvement import Filling, improve
from vmopt.methods.patterns.master import Master, MasterSolution
from vmopt.methods.patterns.parameters import DEFAULT, ColumnGenerationParameters, PricingLimits
from vmopt.methods.patterns.program import PatternProgram
from vmopt.methods.search import Search
from vmopt.options import Options

SUPPLY, HOSTS = np.array([5, 4, 3]), np.array([2, 1])
PATTERNS = [(0, [2, 0, 0]), (0, [0, 1, 1]), (0, [1, 1, 0]), (1, [3, 0, 1]), (1, [0, 3, 0])]
VALUE = np.array([2.0, 3.0, 4.0])
never: Callable[[], bool] = partial(bool, False)
at_once: Callable[[], bool] = partial(bool, True)


def master_of(patterns: list[tuple[int, list[int]]], supply: np.ndarray, hosts: np.ndarray) -> Master:
    master = Master(supply, hosts)
    for host_class, row in patterns:
        master.add(host_class, np.array([row]), np.array([row]) @ VALUE)
    return master


def optimum_of(patterns: list[tuple[int, list[int]]], supply: np.ndarray, hosts: np.ndarray) -> float:
    """What the master may come to, by another solver."""
    counts, of = np.array([row for _, row in patterns]), np.array([c for c, _ in patterns])
    rows = np.vstack([counts.T, of == np.arange(len(hosts))[:, None]])
    return -float(linprog(-(counts @ VALUE), rows, np.concatenate([supply, hosts])).fun)


def program_of(seed: int, *, n_hosts: int = 8, n_classes: int = 6) -> PatternProgram:
    """Return the program of a small instance with few classes, from the prices of the relaxation."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(2, 9, (n_classes, 2))
    demand = kinds[rng.integers(0, n_classes, 40)]
    capacity = np.array([[12, 15], [16, 11]])[rng.integers(0, 2, n_hosts)]
    instance = Instance.from_arrays(demand, capacity, value=demand.sum(axis=1) + 0.5)
    program = column_generation.begin(Search(instance, Options(time_limit=PATIENCE, gap=0, threads=1)))
    assert program is not None
    return program


def every_pattern(program: PatternProgram, c: int) -> np.ndarray:
    """All that one host of a class holds."""
    demand, capacity = program.classes.demand, program.classes.knapsacks[c].capacity
    most = np.minimum(program.supply, (capacity // demand).min(axis=1))
    rows = np.array(list(np.ndindex(*(most + 1))))
    return rows[(rows @ demand <= capacity).all(axis=1)]


def used(chosen: Chosen, n_classes: int, n_host_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """VMs and hosts of each class that chosen patterns use."""
    vms, hosts = np.zeros(n_classes, dtype=int), np.zeros(n_host_classes, dtype=int)
    for c, row, times in zip(chosen.host_class, chosen.counts, chosen.times, strict=True):
        vms += times * row
        hosts[c] += times
    return vms, hosts


def test_the_master_is_a_linear_program() -> None:
    """Tests optimum, prices that prove it, and that it stays right when it grows, shrinks and forgets patterns."""
    master = master_of(PATTERNS[:3], SUPPLY, HOSTS)
    assert master.solve().objective == pytest.approx(optimum_of(PATTERNS[:3], SUPPLY, HOSTS))
    for host_class, row in PATTERNS[3:]:
        master.add(host_class, np.array([row]), np.array([row]) @ VALUE)
    found = master.solve()
    assert found.objective == pytest.approx(optimum_of(PATTERNS, SUPPLY, HOSTS))
    assert SUPPLY @ found.vm_prices + HOSTS @ found.host_prices == pytest.approx(found.objective)
    earned = [np.array(row) @ (VALUE - found.vm_prices) - found.host_prices[c] for c, row in PATTERNS]
    assert max(earned) <= 1e-9
    fewer, one = np.array([2, 4, 0]), np.array([1, 1])
    master.select(np.array([True, False, True, False, True]))
    master.resize(fewer, one)
    assert master.solve().objective == pytest.approx(optimum_of(PATTERNS[::2], fewer, one))


@pytest.mark.parametrize("seed", range(3))
def test_generated_patterns_are_as_good_as_all(seed: int) -> None:
    """Tests that the program ends at the optimum over all patterns there are, with a bound that can be rechecked."""
    program = program_of(seed)
    found = program.generate(DEFAULT.exact, never)
    every = [(c, row) for c in range(len(program.hosts)) for row in every_pattern(program, c)]
    counts, of = np.array([row for _, row in every]), np.array([c for c, _ in every])
    rows = np.vstack([counts.T, of == np.arange(len(program.hosts))[:, None]])
    best = -float(linprog(-(counts @ program.classes.value), rows, np.concatenate([program.supply, program.hosts])).fun)
    assert found.objective == pytest.approx(best, rel=1e-6)
    assert best * (1 - 1e-9) <= program.bound <= best * (1 + 1e-4)


def test_its_certificate_needs_no_trust() -> None:
    """Tests that what is proven is recomputed from the data, and that another search proves its knapsacks."""
    rng = np.random.default_rng(5)
    demand = rng.integers(2, 9, (6, 2))[rng.integers(0, 6, 40)]
    instance = Instance.from_arrays(demand, [[12, 15], [16, 11]] * 3)
    search = Search(instance, Options(time_limit=PATIENCE, gap=0, threads=1))
    program = column_generation.begin(search)
    assert program is not None
    program.generate(DEFAULT.exact, never)
    certificate = program.certificate()
    stated = verify_pattern_bound(instance, certificate)
    assert stated == pytest.approx(program.bound * program.classes.unit, rel=1e-6)
    again = recheck_pattern_bound(instance, certificate)
    assert again.proven.all()
    assert again.bound <= stated * (1 + 1e-9)


def test_a_part_has_what_fits_it() -> None:
    """Tests that a part of the program takes the best patterns of the pool that fit, and only these."""
    program = program_of(1)
    program.generate(DEFAULT.quick, never)
    supply, hosts = program.supply // 3, program.hosts * (np.arange(len(program.hosts)) == 0)
    part = program.part(supply, hosts, len(program.pool))
    assert len(part.patterns)
    assert (part.patterns.counts <= supply).all()
    assert set(part.patterns.host_class.tolist()) == {0}
    few = program.part(program.supply, program.hosts, 3)
    assert len(few.patterns) == 3
    lost = (
        program.pool.counts @ (program.classes.value - program.valid.vms) - program.valid.hosts[program.pool.host_class]
    )
    kept = (
        few.patterns.counts @ (program.classes.value - program.valid.vms) - program.valid.hosts[few.patterns.host_class]
    )
    assert np.sort(kept) == pytest.approx(np.sort(lost)[-3:])


def test_patterns_are_used_as_often_as_what_is_left_allows() -> None:
    """Tests that nothing is used beyond supply and hosts, and that what does not fit any more is forgotten."""
    program = program_of(2)
    program.generate(DEFAULT.quick, never)
    supply, hosts = program.supply.copy(), program.hosts.copy()
    row, c = program.patterns.counts[0], int(program.patterns.host_class[0])
    times = program.take(0, 10**6)
    assert times == min(hosts[c], min(supply[row > 0] // row[row > 0]))
    assert (program.supply == supply - times * row).all()
    assert program.hosts[c] == hosts[c] - times
    program.shrink()
    assert (program.patterns.counts <= program.supply).all()
    assert (program.hosts[program.patterns.host_class] > 0).all()


@pytest.mark.parametrize("stop", [never, at_once])
@pytest.mark.parametrize("seed", range(3))
def test_a_dive_ends_in_whole_patterns(seed: int, stop: Callable[[], bool]) -> None:
    """Tests that what is chosen fits supply and hosts, is no better than the bound, and hardly worse when in time."""
    program = program_of(seed)
    program.generate(DEFAULT.quick, never)
    bound, supply, hosts = program.bound, program.supply.copy(), program.hosts.copy()
    chosen = dive(program.part(program.supply, program.hosts, len(program.pool)), stop)
    vms, on = used(chosen, len(supply), len(hosts))
    assert (vms <= supply).all()
    assert (on <= hosts).all()
    assert 0 < chosen.value(program.classes.value) <= bound * (1 + 1e-9)
    assert stop is at_once or chosen.value(program.classes.value) >= 0.9 * bound


def test_a_dive_fixes_more_at_a_time_where_time_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a dive that is to be ready at once prices less often, and still ends in whole patterns."""
    priced: list[bool] = []
    generate = PatternProgram.generate

    def counted(self: PatternProgram, limits: PricingLimits, stop: Callable[[], bool]) -> MasterSolution:
        priced.append(True)
        return generate(self, limits, stop)

    monkeypatch.setattr(PatternProgram, "generate", counted)
    steps, values = [], []
    for seconds in (np.inf, 0.0):
        program = program_of(3)
        program.generate(DEFAULT.quick, never)
        priced.clear()
        chosen = dive(program.part(program.supply, program.hosts, len(program.pool)), never, DEFAULT.dive, seconds)
        steps.append(len(priced))
        values.append(chosen.value(program.classes.value))
    assert 1 < steps[1] < steps[0]
    assert values[1] >= 0.9 * values[0]


def test_filling_leaves_the_program_as_it_was() -> None:
    """Tests that the first fill uses what there is once, adds what it finds, and takes nothing from the program."""
    program = program_of(4)
    supply, hosts = program.supply.copy(), program.hosts.copy()
    chosen = fill(program, never)
    assert (program.supply == supply).all()
    assert (program.hosts == hosts).all()
    assert len(program.patterns) >= len({row.tobytes() for row in chosen.counts})
    vms, on = used(chosen, len(supply), len(hosts))
    assert (vms <= supply).all()
    assert (on <= hosts).all()


def test_improving_never_loses() -> None:
    """Tests that every step keeps supply and hosts, and tells truly whether it gained."""
    program = program_of(6, n_hosts=6)
    program.generate(DEFAULT.quick, never)
    value = program.classes.value
    filling = Filling(fill(program, at_once), program.hosts, len(program.supply))
    assert not filling.counts.any()  # stopped at once, it filled nothing
    before, gained = 0.0, []
    steps = improve(program, filling, 1, never, ColumnGenerationParameters(emptied=3))
    for _, better in zip(range(30), steps, strict=False):
        now = float((filling.counts @ value).sum())
        assert (filling.counts.sum(axis=0) <= program.supply).all()
        assert now >= before - 1e-9
        assert better == (now > before + 1e-9)
        gained.append(better)
        before = now
    assert any(gained)
    assert before >= 0.9 * program.bound
