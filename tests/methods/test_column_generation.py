"""Patterns, their bound, and what column generation makes of them."""

from __future__ import annotations

import numpy as np
import pytest

import vmopt
from tests.conformance.brute_force import optimum
from tests.conformance.cases import CASES
from tests.methods.certificates import certified_by_patterns
from tests.patience import PATIENCE
from vmopt.backends import LPOptions, get
from vmopt.bounds.pattern_bound import PatternBound, verify_pattern_bound
from vmopt.errors import SolverError
from vmopt.formulation.linear_program import LinearProgram
from vmopt.methods import column_generation, greedy
from vmopt.methods.patterns import enumeration
from vmopt.methods.patterns.combination import held_by
from vmopt.methods.patterns.parameters import ColumnGenerationParameters, DiveParameters, PricingEffort, PricingLimits
from vmopt.methods.search import Search
from vmopt.options import Options
from vmopt.problem import compile


def searched(kind: str, hosts: int, seed: int = 1) -> Search:
    search = Search(vmopt.generate(kind, hosts=hosts, seed=seed), Options(time_limit=PATIENCE, gap=1e-3))
    column_generation.run_once(search)
    return search


def test_parameters_say_where_patterns_are_used() -> None:
    """Tests that with more VM classes than patterns are worth, or more hosts than can be decided, that is left out."""
    instance = vmopt.Instance.from_arrays([[5], [4], [4], [3]], [[8], [7]], value=[5.3, 4.1, 4, 3.2])
    few_classes = ColumnGenerationParameters(most_vm_classes=3)
    assert column_generation.begin(Search(instance, Options(time_limit=PATIENCE)), few_classes) is None
    searches = [Search(instance, Options(time_limit=PATIENCE, gap=0, threads=1)) for _ in range(2)]
    for search, most_hosts in zip(searches, (0, 2), strict=True):
        column_generation.run_once(search, ColumnGenerationParameters(most_hosts_to_decide=most_hosts))
    assert [search.proven for search in searches] == [False, True]


@pytest.fixture(scope="module")
def certified() -> vmopt.Solution:
    """A solution whose bound is by patterns."""
    return certified_by_patterns()


def pricing(instance: vmopt.Instance, bound: PatternBound, host_class: int) -> LinearProgram:
    """The knapsack whose optimum the host profit of a pattern bound must not lie below."""
    vms, capacity = instance.vm_classes, instance.host_classes.capacity[host_class]
    fits = (vms.demand <= capacity).all(axis=1)
    upper = np.where(fits, vms.count, 0)
    return LinearProgram.with_upper_rows(
        vms.value - bound.prices, vms.demand.T.astype(float), capacity, upper=upper, integer=True
    )


@pytest.mark.parametrize("name", CASES)
def test_bounds_lie_above_the_optimum(name: str) -> None:
    """Tests that on every tiny case the placement fits, and the bound is no lower than the brute-force optimum."""
    instance = CASES[name]()
    solution = vmopt.solve(instance, method="column-generation", time_limit=2, gap=0, threads=1)
    best = optimum(instance)
    assert vmopt.verify(instance, solution) == ()
    assert solution.objective <= best * (1 + 1e-9)
    assert solution.bound >= best * (1 - 1e-9)


@pytest.mark.parametrize("kind", ["flavor", "large"])
def test_reaches_the_bound(kind: str) -> None:
    """Tests that a small cluster is filled to within one percent of the bound, far beyond greedy."""
    search = searched(kind, 6)
    assert search.objective >= 0.98 * search.bound
    assert search.objective > vmopt.solve(search.instance, method="greedy-priority").objective


def test_the_pattern_bound_holds_and_is_the_tighter_one(certified: vmopt.Solution) -> None:
    """Tests, with another solver, that no pattern earns more than its certificate says; and that it beats prices."""
    instance, certificate = certified.instance, certified.pattern_bound
    assert certificate is not None
    assert certified.bound == verify_pattern_bound(instance, certificate)
    assert certified.bound < vmopt.verify_bound(instance, certified.prices)
    for c in range(len(instance.host_classes)):
        result = get("highs").solve(pricing(instance, certificate, c), LPOptions(gap=0.0))
        assert result.bound <= certificate.host_profit[c] * (1 + 1e-6) + 1e-12


@pytest.mark.parametrize(("most_few", "begins"), [(5, True), (6, False)])
def test_patterns_begin_with_the_best_placement(most_few: int, begins: bool) -> None:
    """Tests that what hosts hold is known where they are more than a few and VMs different: else they are filled."""
    search = Search(vmopt.generate("large", hosts=6, seed=3), Options(time_limit=PATIENCE, gap=0, threads=1))
    greedy.run_best(search)
    quick = PricingLimits(rounds=1, outward=0.5, hardest=0)
    dive = DiveParameters(fixed=0.5, limits=quick)
    parameters = ColumnGenerationParameters(most_hosts_to_decide=most_few, quick=quick, dive=dive)
    program = column_generation.begin(search, parameters)
    held = held_by(search.problem, search.host_index)
    column_generation.construct(search, program, parameters)
    known = {(c, row.tobytes()) for c, row in zip(program.pool.host_class, program.pool.counts, strict=True)}
    dtype = program.pool.counts.dtype
    of_hosts = [(c, row.astype(dtype).tobytes()) in known for c, rows in enumerate(held) for row in rows]
    assert all(of_hosts) == begins


def test_patterns_become_a_placement() -> None:
    """Tests that patterns are dealt to hosts of their class, and VMs to patterns of theirs."""
    instance = vmopt.Instance.from_arrays([[4], [4], [3]], [[8], [8]], value=[4, 4, 3])
    placed = compile(instance).dealer.deal_patterns(
        instance.host_classes, np.array([0, 0]), np.array([[2, 0], [0, 1]]), np.array([1, 1])
    )
    assert placed.tolist() == [0, 0, 1]


def test_a_wrong_certificate_is_refused() -> None:
    """Tests that a certificate of the wrong shape or with negative prices proves nothing."""
    instance = vmopt.Instance.from_arrays([[4], [5]], [[8]], value=[4, 5])
    with pytest.raises(vmopt.PlacementError, match="2 finite numbers"):
        verify_pattern_bound(instance, PatternBound(np.zeros(3), np.zeros(1)))
    with pytest.raises(vmopt.PlacementError, match="at least 0"):
        verify_pattern_bound(instance, PatternBound(np.array([-1.0, 0.0]), np.ones(1)))


def test_enumeration_proves_the_optimum() -> None:
    """Tests, against another solver, that few hosts are decided: equal demands and worthless VMs among them."""
    rng = np.random.default_rng(5)
    for _ in range(6):
        demand = rng.integers(3, 7, (14, 2)).repeat(2, axis=0)
        instance = vmopt.Instance.from_arrays(demand, np.full((4, 2), 15), value=rng.integers(0, 9, 28))
        search = Search(instance, Options(time_limit=PATIENCE, gap=0.0))
        column_generation.run_once(search)
        best = vmopt.solve(instance, method="exact", backend="highs", gap=0)
        assert search.proven
        assert search.objective == pytest.approx(best.objective)


def test_the_certificate_survives_a_file(certified: vmopt.Solution, tmp_path) -> None:
    """Tests that a solution proven by patterns is read back with what proves it, and only if it does."""
    instance, solution = certified.instance, certified
    assert solution.bound_by == "patterns"
    vmopt.io.write_solution(solution, tmp_path / "s.json")
    again = vmopt.io.read_solution(instance, tmp_path / "s.json")
    assert verify_pattern_bound(instance, again.pattern_bound) == solution.bound
    text = (tmp_path / "s.json").read_text()
    (tmp_path / "t.json").write_text(text.replace('"host_profit":[', '"host_profit":[9,', 1))
    with pytest.raises(vmopt.FileError, match="profit of a pattern bound"):
        vmopt.io.read_solution(instance, tmp_path / "t.json")


@pytest.mark.parametrize("seed", range(4))
def test_a_host_of_too_many_patterns_stays_as_it_is(seed: int) -> None:
    """Tests that one host far larger than the others joins their patterns as in the assignment formulation."""
    rng = np.random.default_rng(seed)
    demand, value = rng.integers(3, 9, (16, 2)), rng.integers(10, 60, 16)
    instance = vmopt.Instance.from_arrays(demand, [[40, 36], [9, 9], [9, 8], [10, 7]], value=value)
    narrow = ColumnGenerationParameters(enumeration=PricingEffort(beam=60, core=10**6, every=True))
    search = Search(instance, Options(time_limit=PATIENCE, gap=0))
    program = column_generation.begin(search)
    within = enumeration.enumerate_within(search, program, 0.1 * program.bound, narrow)
    assert within is not None
    assert within.individual.tolist() == [0]
    search.offer(vmopt.solve(instance, method="price-guided", threads=1).host_index, "start")
    enumeration.run(search, program, narrow)
    exact = vmopt.solve(instance, method="exact", gap=0, threads=1)
    assert search.objective == exact.objective
    assert search.bound == pytest.approx(exact.objective, rel=1e-12)
    assert search.proven


def test_patterns_that_earn_nothing_are_not_left_out() -> None:
    """Tests that where hosts cost nothing, because everything fits, enumeration claims no bound below everything."""
    demand = [[6], [4], [6], [4], [7], [3], [5], [5]]
    instance = vmopt.Instance.from_arrays(demand, [[10]] * 4, value=[1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8])
    search = Search(instance, Options(time_limit=PATIENCE, gap=0))
    program = column_generation.begin(search)
    assert program.valid.hosts.tolist() == [0.0]
    search.offer(np.array([0, 1, 1, 0, 2, 3, 3, -1]), "all but one")
    enumeration.run(search, program)
    assert search.objective == pytest.approx(instance.value.sum())
    assert search.bound >= search.objective


def test_enumeration_goes_on_in_integers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a backend whose tolerances are too coarse is replaced by one that has none."""
    asked: list[str] = []

    def too_coarse(*_: object) -> None:
        asked.append(enumeration.BACKEND)
        raise SolverError("a point that breaks the program.")

    instance = vmopt.Instance.from_arrays([[5], [4], [4], [3]], [[8], [7]], value=[5.3, 4.1, 4, 3.2])
    search = Search(instance, Options(time_limit=PATIENCE, gap=0, threads=1))
    program = column_generation.begin(search)
    assert program is not None
    program.generate(column_generation.DEFAULT.exact, lambda: False)
    monkeypatch.setattr(type(get(enumeration.BACKEND)), "solve", too_coarse)
    enumeration.run(search, program)
    assert asked
    assert search.objective == optimum(instance)
