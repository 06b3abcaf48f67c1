"""The bound as a function of prices, worked out pair by pair, and the prices where it is least."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.optimize import linprog

from vmopt.bounds import dual, price_function
from vmopt.bounds.price_bound import verify_bound
from vmopt.bounds.price_function import ElasticPriceFunction, PriceFunction
from vmopt.model import Instance
from vmopt.problem import Problem, compile


def draws(count: int, elastic: bool = False) -> Iterator[Problem]:
    """Yield small problems with classes of VMs and of hosts; some VMs fit nowhere, some hosts offer nothing."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        n, m, r = int(rng.integers(1, 9)), int(rng.integers(1, 5)), int(rng.integers(1, 4))
        demand, capacity = rng.integers(0, 7, (n, r)), rng.integers(0, 9, (m, r))
        capacity[0] = np.maximum(capacity[0], 1)
        yield compile(
            Instance.from_arrays(
                np.repeat(demand, 1 + seed % 2, axis=0),
                np.repeat(capacity, 1 + seed % 3, axis=0),
                value=None if elastic else np.repeat(rng.integers(1, 9, n), 1 + seed % 2),
                reservation=np.repeat(rng.integers(0, demand + 1), 1 + seed % 2, axis=0) if elastic else None,
            )
        )


def by_hand(problem: Problem, group: np.ndarray, prices: np.ndarray) -> float:
    """Return what prices of groups prove, VM by VM: in the best group with a host that holds it, or nowhere."""
    instance, host_group = problem.instance, group[problem.hosts.of]
    bound = float((instance.capacity * prices[host_group]).sum())
    for i in range(instance.n_vms):
        best = 0.0
        for h, g in enumerate(host_group.tolist()):
            if (instance.reserved[i] <= instance.capacity[h]).all():
                asked = instance.demand[i]
                if instance.elastic:
                    asked = np.where(instance.unit_value[i] > prices[g], instance.demand[i], instance.reserved[i])
                worth = instance.value[i] - (instance.unit_value[i] * (instance.demand[i] - asked)).sum()
                best = max(best, float(worth - asked @ prices[g]))
        bound += best
    return bound


@pytest.mark.parametrize("elastic", [False, True])
def test_value_and_slope_against_pairs(elastic: bool) -> None:
    """Tests the value VM by VM, and the slope by what it says of the value at other prices."""
    for seed, problem in enumerate(draws(80, elastic)):
        rng = np.random.default_rng(1000 + seed)
        group = np.unique(rng.integers(0, 3, len(problem.hosts)), return_inverse=True)[1].ravel()
        function = price_function.price_function(problem, group)
        assert type(function) is (ElasticPriceFunction if problem.elastic else PriceFunction)
        total = float(problem.vms.count @ problem.vms.value)
        if not total:
            continue
        points = [rng.uniform(0, 2, function.capacity.shape) * (rng.random() < 0.9) for _ in range(4)]
        found = [function(point) for point in points]
        for point, (value, _) in zip(points, found, strict=True):
            assert value * total == pytest.approx(by_hand(problem, group, function.in_units(point)), rel=1e-9, abs=1e-9)
        for (a, (at_a, slope)), (b, (at_b, _)) in itertools.permutations(zip(points, found, strict=True), 2):
            assert at_b >= at_a + float((slope * (b - a)).sum()) - 1e-9


def test_a_small_step_follows_the_slope() -> None:
    """Tests the slope against differences: exactly, where no VM changes its mind."""
    for problem in itertools.chain(draws(30), draws(30, elastic=True)):
        function = price_function.price_function(problem, np.arange(len(problem.hosts)))
        start = np.random.default_rng(3).uniform(0.3, 0.9, function.capacity.shape)
        value, slope = function(start)
        for at in np.ndindex(start.shape):
            step = np.zeros(start.shape)
            step[at] = 1e-7
            forth, back = function(start + step)[0], function(start - step)[0]
            if abs(forth + back - 2 * value) < 1e-13:
                assert (forth - back) / 2e-7 == pytest.approx(slope[at], abs=1e-5)


@pytest.mark.parametrize("step", [3, 4])
@pytest.mark.parametrize("least", [None, 1])
def test_a_sample_stands_for_all(step: int, least: int | None) -> None:
    """Tests that every third or fourth VM class, from the middle of these on, counts for its neighbours too."""
    rows = [[1, 9], [2, 8], [3, 7], [4, 6], [5, 5], [6, 4], [7, 3]]
    reservation = None if least is None else [[cpu, least] for cpu, _ in rows]
    problem = compile(Instance.from_arrays(rows, [[30, 30]], reservation=reservation))
    vms, chosen = problem.vms, slice(step // 2, None, step)
    function = price_function.price_function(problem, np.zeros(1, dtype=int), step)
    assert np.allclose(function.demand * problem.total, vms.demand[chosen])
    assert function.count.tolist() == [3.5, 3.5]
    assert function.value == pytest.approx(vms.value[chosen] / (vms.count @ vms.value))
    if isinstance(function, ElasticPriceFunction):
        whole = price_function.price_function(problem, np.zeros(1, dtype=int))
        assert isinstance(whole, ElasticPriceFunction)
        assert np.allclose(function.least * problem.total, vms.least[chosen])
        assert function.unit_value.tolist() == whole.unit_value[chosen].tolist()


def test_a_resource_that_nobody_offers() -> None:
    """Tests that it divides nothing by 0: VMs that ask for it fit nowhere, the others count."""
    for reservation in (None, [[1, 0], [1, 0], [2, 5]]):
        problem = compile(Instance.from_arrays([[2, 0], [3, 0], [4, 5]], [[9, 0]], reservation=reservation))
        function = price_function.price_function(problem, np.zeros(1, dtype=int))
        value, slope = function(np.full((1, 2), 0.25))
        total = float(problem.vms.count @ problem.vms.value)
        here = by_hand(problem, np.zeros(1, dtype=int), function.in_units(np.full((1, 2), 0.25)))
        assert value * total == pytest.approx(here)
        assert np.isfinite(slope).all()


def test_parts_are_of_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that no more pairs of a VM class and a group are looked at together than allowed, and all are looked at."""
    monkeypatch.setattr(price_function, "CHUNK", 6)
    problem = next(p for p in draws(80) if len(p.vms) > 6 and len(p.hosts) == 3)
    function, seen = price_function.price_function(problem, np.arange(3)), list[slice]()
    plain = PriceFunction._part

    def watched(self: PriceFunction, part: slice, prices: np.ndarray) -> tuple[float, np.ndarray]:
        seen.append(part)
        return plain(self, part, prices)

    monkeypatch.setattr(PriceFunction, "_part", watched)
    function(np.zeros(function.capacity.shape))
    rows = [i for part in seen for i in range(*part.indices(len(function.value)))]
    assert rows == list(range(len(function.value)))
    assert {part.stop - part.start for part in seen} == {2}


def least_bound(problem: Problem, group: np.ndarray) -> float:
    """Return the least that prices of groups can prove, by the linear program whose dual it is."""
    instance, n_groups = problem.instance, int(group.max()) + 1
    n, r = instance.n_vms, len(instance.resources)
    host_group = group[problem.hosts.of]
    capacity = np.array([instance.capacity[host_group == g].sum(axis=0) for g in range(n_groups)])
    pairs = [
        (i, g)
        for i in range(n)
        for g in range(n_groups)
        if (instance.demand[i] <= instance.capacity[host_group == g]).all(axis=1).any()
    ]
    if not pairs:
        return 0.0
    rows = np.zeros((n + n_groups * r, len(pairs)))
    for column, (i, g) in enumerate(pairs):
        rows[i, column] = 1
        rows[n + g * r : n + (g + 1) * r, column] = instance.demand[i]
    limits = np.concatenate([np.ones(n), capacity.ravel()])
    return float(-linprog([-instance.value[i] for i, _ in pairs], rows, limits).fun)


def test_the_least_is_found() -> None:
    """Tests that prices prove what the linear relaxation reaches, to the precision that is promised."""
    for problem in draws(60):
        bound = verify_bound(problem.instance, dual.prices(problem))
        least = least_bound(problem, np.arange(len(problem.hosts)))
        assert least - 1e-9 <= bound <= least * (1 + 20 * dual.DEFAULT.precision) + 1e-9


def test_host_classes_that_share_prices_are_pooled() -> None:
    """Tests that of more host classes than groups those of about the same proportions have the same prices."""
    capacity = np.array([[40, 4], [44, 4], [4, 40], [4, 48]])
    problem = compile(Instance.from_arrays(np.tile([[4, 1], [1, 4], [3, 3]], (9, 1)), capacity, value=[3, 4, 5] * 9))
    prices = dual.prices(problem, parameters=dual.DualParameters(groups=2))
    wide = problem.hosts.capacity[:, 0] > problem.hosts.capacity[:, 1]
    assert (prices[wide] == prices[wide][0]).all()
    assert (prices[~wide] == prices[~wide][0]).all()
    assert (prices[wide][0] != prices[~wide][0]).any()
    least = least_bound(problem, np.where(wide, 0, 1))
    assert verify_bound(problem.instance, prices) == pytest.approx(least, rel=1e-4)


@pytest.mark.parametrize(
    ("capacity", "most", "groups"),
    [
        ([[10, 1], [1, 10], [11, 1], [1, 12]], 2, [0, 1, 0, 1]),
        ([[10, 1], [1, 10], [11, 1], [1, 12]], 1, [0, 0, 0, 0]),
        ([[10, 1], [1, 10], [11, 1], [1, 40]], 3, [0, 1, 0, 2]),
        ([[10, 1], [1, 10]], 9, [1, 0]),
        ([[5, 5], [5, 5], [5, 5]], 3, [0, 0, 0]),
        ([[0, 0], [0, 9]], 2, [0, 1]),
        ([[1], [2], [4], [8], [100]], 2, [0, 0, 0, 0, 1]),
        ([[1], [2], [4], [8], [100]], 3, [0, 0, 0, 2, 1]),
        ([[1], [60], [100], [1]], 3, [0, 1, 2, 0]),
        ([[10, 1], [10, 9], [100, 4], [110, 5]], 3, [0, 2, 1, 1]),
    ],
)
def test_groups_by_hand(capacity: list[list[int]], most: int, groups: list[int]) -> None:
    """Tests that the group that spreads most is halved, in the middle, along the resource where it does."""
    found = dual.group_hosts(np.array(capacity), most)
    alike = [[int(a == b) for b in groups] for a in groups]
    assert [[int(a == b) for b in found] for a in found] == alike
    assert sorted(set(found.tolist())) == list(range(len(set(groups))))


def test_steps_stop_where_they_are_told_to() -> None:
    """Tests that the search for prices asks whether to go on at each step, and leaves when told."""
    problem = next(p for p in draws(60) if len(p.hosts) > 2 and p.n_resources > 1)
    asked = list[int]()

    def twice() -> bool:
        asked.append(1)
        return len(asked) < 2

    function = price_function.price_function(problem, np.arange(len(problem.hosts)))
    start = np.full(function.capacity.shape, 1.0)
    found = dual.minimise(function, start, twice)
    assert len(asked) == 2
    assert function(found)[0] <= function(start)[0]


def test_first_steps_that_are_too_short_grow() -> None:
    """Tests that the least is found from afar, by steps that promise nothing at first: a wall is no minimum."""
    for problem in draws(6):
        group = np.arange(len(problem.hosts))
        function = price_function.price_function(problem, group)
        for start in (0.0, 1.0):
            found = dual.minimise(function, np.full(function.capacity.shape, start), lambda: True, near=1e-9)
            bound = verify_bound(problem.instance, function.in_units(found)[group])
            least = least_bound(problem, group)
            assert least - 1e-9 <= bound <= least * (1 + 20 * dual.DEFAULT.precision) + 1e-9


def test_the_lowest_point_of_planes() -> None:
    """Tests a box in which two planes meet, one in which they do not, and a height that is reached."""
    slopes, heights = np.array([[-1.0], [1.0]]), np.array([4.0, 0.0])
    at, height = dual._lowest(slopes, heights, np.array([0.0]), np.array([9.0]))
    assert (at.tolist(), height) == (pytest.approx([2.0]), pytest.approx(2.0))
    at, height = dual._lowest(slopes, heights, np.array([0.0]), np.array([1.0]))
    assert (at.tolist(), height) == (pytest.approx([1.0]), pytest.approx(3.0))
    at, height = dual._lowest(slopes, heights, np.array([3.0]), np.array([9.0]))
    assert (at.tolist(), height) == (pytest.approx([3.0]), pytest.approx(3.0))


def test_a_solver_that_fails_leaves_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that no more is promised then than what the planes say of the middle of the box."""
    monkeypatch.setattr("scipy.optimize.linprog", lambda *_, **__: SimpleNamespace(x=None))
    slopes, heights = np.array([[-1.0], [1.0]]), np.array([4.0, 1.0])
    at, height = dual._lowest(slopes, heights, np.array([1.0]), np.array([9.0]))
    assert (at.tolist(), height) == ([5.0], 6.0)
