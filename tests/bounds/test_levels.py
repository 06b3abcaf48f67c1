"""Bounds of levels: units in which values are integers, what a level can have, what a bound leaves of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import vmopt
from vmopt.bounds import LevelBound
from vmopt.bounds.level_worth import ROUNDING, LevelWorth, Steps, bounds_of_levels, combined, worth_of
from vmopt.level_values import EXACT_FLOAT, exact_values, tiers_of, values_of
from vmopt.model import Instance

TIERS = vmopt.Objective("tiers")


def draws(count: int) -> Iterator[Instance]:
    """Yield small instances with levels: shares, values of VMs' own, both, decimals, or elastic VMs."""
    for seed in range(count):
        rng = np.random.default_rng(seed)
        n, m, r = int(rng.integers(1, 6)), int(rng.integers(1, 3)), int(rng.integers(1, 3))
        demand = rng.integers(0, 5, (n, r))
        value = [None, rng.integers(0, 9, n) / 4.0, np.where(rng.random(n) < 0.5, np.nan, rng.integers(0, 40, n) / 10)]
        yield Instance.from_arrays(
            demand,
            rng.integers(1, 9, (m, r)),
            priority=rng.integers(-1, 2, n),
            value=value[seed % 3],
            reservation=demand // 2 if seed % 7 == 6 and seed % 3 == 0 else None,
            objective=TIERS,
        )


def placements(instance: Instance) -> Iterator[np.ndarray]:
    """Yield all placements that no host is too small for."""
    for chosen in itertools.product(range(-1, instance.n_hosts), repeat=instance.n_vms):
        if not vmopt.verify(instance, np.array(chosen)):
            yield np.array(chosen)


def test_values_are_integers_in_the_largest_units() -> None:
    """Tests against exact fractions that no value is rounded, and that units have no common part left."""
    whole = 0
    for instance in draws(120):
        worth, of = worth_of(instance), tiers_of(instance).of
        if instance.elastic:
            assert not worth.whole
            assert set(worth.unit) == {Fraction(1)}
            assert (worth.value == instance.value).all()
            continue
        exact = exact_values(instance, np.arange(instance.n_vms))
        assert worth.whole
        assert [Fraction(v) * worth.unit[k] for v, k in zip(worth.value.tolist(), of.tolist(), strict=True)] == exact
        assert (worth.value % 1 == 0).all()
        for k in range(len(tiers_of(instance))):
            assert np.gcd.reduce(worth.value[of == k].astype(int)) <= 1
        whole += 1
    assert whole > 80


@pytest.mark.parametrize(
    ("demand", "capacity", "is_whole"),
    [
        ([[1], [2**52]], [[2**52]], True),
        ([[1], [2**53 - 2]], [[2**53 - 2]], True),
        ([[1], [2**53 - 1]], [[2**53 - 1]], False),
    ],
)
def test_sums_beyond_doubles_are_no_integers(demand: Any, capacity: Any, is_whole: bool) -> None:
    """Tests that a level whose values add up beyond 2^53 parts is left as it is, and one below is not."""
    instance = Instance.from_arrays(demand, capacity, objective=TIERS)
    worth = worth_of(instance)
    assert worth.whole is is_whole
    if not is_whole:
        assert worth.unit == (Fraction(1),)
        assert (worth.value == instance.value).all()


@pytest.mark.parametrize(("own", "is_whole"), [(2.0**51, True), (2.0**52 - 1, True), (2.0**52, False)])
def test_own_values_count_towards_the_limit(own: float, is_whole: bool) -> None:
    """Tests that values of VMs' own and shares, here halves, are added up before they are called exact."""
    worth = worth_of(Instance.from_arrays([[1], [2]], [[2]], value=[np.nan, own], objective=TIERS))
    assert worth.whole is is_whole
    assert worth.value.tolist() == ([1.0, 2 * own] if is_whole else [0.5, own])


def test_levels_are_brought_to_integers_together_or_not_at_all() -> None:
    """Tests that one level beyond doubles leaves the other as it is."""
    instance = Instance.from_arrays([[1], [1]], [[2]], priority=[1, 0], value=[2.0**54, 3.0], objective=TIERS)
    worth = worth_of(instance)
    assert not worth.whole
    assert worth.value.tolist() == [2.0**54, 3.0]
    assert worth.unit == (1, 1)
    demand = [[2**53 - 1], [1], [3]]
    shares = worth_of(Instance.from_arrays(demand, [[2**53 - 1]], priority=[1, 1, 0], objective=TIERS))
    assert (shares.whole, shares.unit) == (False, (1, 1))


def test_what_nobody_asks_for_makes_no_value_finer() -> None:
    """Tests that a resource of a capacity that divides nothing is left out where a level asks for none of it."""
    worth = worth_of(Instance.from_arrays([[5, 0], [3, 0]], [[8, 2**53 - 111]], objective=TIERS))
    assert worth.whole
    assert worth.value.tolist() == [5.0, 3.0]


def test_decimals_count_as_what_they_are_worth() -> None:
    """Tests that values of VMs' own are compared with the limit in parts of 1, not in those they are given in."""
    worth = worth_of(Instance.from_arrays([[1]] * 100, [[100]], value=[123456.789] * 100, objective=TIERS))
    assert worth.whole
    assert worth.unit == (Fraction(123456789, 1000),)


def test_steps_are_what_levels_can_be() -> None:
    """Tests `down` against all sums of values that a level can have, and that it does not move what is one."""
    for instance in draws(90):
        worth = worth_of(instance)
        steps, of = Steps.of(instance, worth), tiers_of(instance).of
        exact = None if instance.elastic else exact_values(instance, np.arange(instance.n_vms))
        for k, total in enumerate(steps.totals):
            mine = np.flatnonzero(of == k)
            assert steps.count[k] == (worth.value[mine] > 0).sum()
            assert steps.down(k, total) == steps.down(k, total + Fraction(1, 3)) == total
            if exact is None:
                step = steps.step[k]
                assert steps.least[k] == 0
                assert steps.down(k, total / 3) == (total / 3 // step * step if step else total / 3)
                assert not step or total % step == 0
                continue
            values = [exact[i] for i in mine.tolist() if exact[i] > 0]
            assert total == sum(values)
            assert steps.most[k] == max(values, default=0)
            assert steps.least[k] == min(values, default=0)
            sums = sorted({sum(some) for n in range(len(values) + 1) for some in itertools.combinations(values, n)})
            for bound in [*sums, *(s + worth.unit[k] / 3 for s in sums)]:
                lowered = steps.down(k, bound)
                assert max(s for s in sums if s <= bound) <= lowered <= bound
                assert lowered in sums or lowered >= steps.least[k]
                assert lowered % worth.unit[k] == 0


def test_below_the_least_value_there_is_nothing() -> None:
    """Tests that a bound below the smallest VM of a level is 0 even where steps are finer, but for rounding."""
    instance = Instance.from_arrays([[4], [6]], [[10]], objective=TIERS)
    steps = Steps.of(instance, worth_of(instance))
    assert steps.least == (Fraction(2, 5),)
    assert steps.step == (Fraction(1, 5),)
    assert steps.down(0, Fraction(1, 5)) == 0
    assert steps.down(0, Fraction(2, 5)) == Fraction(2, 5)
    assert steps.down(0, Fraction(9, 10)) == Fraction(4, 5)
    loose = Steps((Fraction(9),), np.array([1]), (Fraction(4),), (Fraction(9),), (Fraction(0),))
    assert loose.down(0, 4 * (1 - Fraction(ROUNDING) * 2)) == 0
    assert loose.down(0, 4 * (1 - Fraction(ROUNDING) / 2)) == 4 * (1 - Fraction(ROUNDING) / 2)
    assert loose.down(0, 4 / (1 + Fraction(ROUNDING))) == 4 / (1 + Fraction(ROUNDING))


def test_levels_are_combined_by_weights() -> None:
    """Tests the values, the VMs and the priorities of the first levels as one objective."""
    for instance in draws(60):
        worth, of = worth_of(instance), tiers_of(instance).of
        for n in range(1, len(tiers_of(instance)) + 1):
            weight, each = np.arange(3.0, 3 + n), np.arange(0.0, n)
            part, vms = combined(instance, worth, weight, each)
            assert vms.tolist() == np.flatnonzero(of < n).tolist()
            wanted = [weight[of[i]] * v + each[of[i]] if (v := worth.value[i]) > 0 else 0.0 for i in vms.tolist()]
            assert part.value.tolist() == wanted
            assert (part.demand == instance.demand[vms]).all()
            assert (part.capacity == instance.capacity).all()
            assert part.priority.tolist() == [float(n - of[i]) for i in vms.tolist()]
            assert part.elastic == (bool((instance.reserved[vms] < instance.demand[vms]).any()))
            assert (part.reserved == instance.reserved[vms]).all()
            assert not part.rules


def test_rules_keep_the_vms_of_other_levels() -> None:
    """Tests that where there are rules all VMs stay, lower levels are worth nothing, and soft rules cost nothing."""
    rules = [vmopt.Spread("vm-*"), vmopt.Ban("vm-1", "host-0", penalty=2.0)]
    instance = Instance.from_arrays([[1]] * 4, [[2]] * 2, priority=[1, 2, 0, -1], rules=rules, objective=TIERS)
    part, vms = combined(instance, worth_of(instance), np.array([5.0, 1.0]), np.array([0.5, 0.25]))
    assert vms.tolist() == [0, 1, 2, 3]
    assert part.own_value is not None
    assert part.own_value.tolist() == [1.25, 5.5, 0.0, 0.0]
    assert part.priority.tolist() == [1.0, 2.0, 0.0, 0.0]
    assert [rule.penalty for rule in part.rules] == [None, 0.0]
    assert part.objective.weighting == "priority"


def truth(instance: Instance, reached: tuple[Fraction, ...], level: int) -> Fraction:
    """Most that any placement has in a level of all that have at least so much in those above."""
    every = [values_of(instance, at) for at in placements(instance)]
    return max(v[level] for v in every if all(v[k] >= reached[k] for k in range(level)))


def test_bounds_of_levels_hold() -> None:
    """Tests against all placements that what is left to each level is never too little, whatever the weights."""
    met = 0
    for seed, instance in enumerate(draws(200)):
        if (instance.n_hosts + 1) ** instance.n_vms > 100 or instance.elastic:
            continue
        rng, worth = np.random.default_rng(seed), worth_of(instance)
        steps, n = Steps.of(instance, worth), len(tiers_of(instance))
        per_value, per_vm = rng.integers(0, 4, n).astype(float), rng.integers(0, 3, n).astype(float)
        whole, _ = combined(instance, worth, per_value, per_vm)
        every = list(placements(instance))
        bound = max(float(whole.value[at >= 0].sum()) for at in every)
        reached = values_of(instance, every[int(rng.integers(len(every)))])
        for level, found in enumerate(bounds_of_levels(bound, per_value, per_vm, worth, steps, reached)):
            if found is None:
                assert per_value[level] == 0 or any(per_vm[k] and reached[k] != steps.totals[k] for k in range(level))
                continue
            most = truth(instance, reached, level)
            assert found >= most
            met += found == most
    assert met > 20


WORTH = LevelWorth(np.array([3.0, 2.0, 1.0]), (Fraction(1, 2), Fraction(1, 4)), whole=True)
STEPS = Steps(
    (Fraction(5, 2), Fraction(1, 4)), np.array([2, 1]), (Fraction(1), Fraction(1, 4)), (Fraction(3, 2),) * 2, WORTH.unit
)


@pytest.mark.parametrize(
    ("bound", "per_value", "per_vm", "values", "left"),
    [
        (17, [4, 1], [0, 0], (Fraction(2), Fraction(0)), [Fraction(17, 8), Fraction(1, 4)]),
        (23, [4, 2], [1, 0], (Fraction(5, 2), Fraction(0)), [Fraction(23, 8), Fraction(1, 8)]),
        (23, [4, 2], [1, 0], (Fraction(2), Fraction(0)), [Fraction(23, 8), None]),
        (17, [0, 1], [0, 0], (Fraction(2), Fraction(0)), [None, Fraction(17, 4)]),
        (3, [1, 1], [0, 0], (Fraction(5, 2), Fraction(0)), [Fraction(3, 2), Fraction(0)]),
    ],
)
def test_bounds_of_levels_by_hand(bound: int, per_value: Any, per_vm: Any, values: Any, left: Any) -> None:
    """Tests what integers leave to each level: nothing is added for rounding."""
    found = bounds_of_levels(bound, np.array(per_value, float), np.array(per_vm, float), WORTH, STEPS, values)
    assert list(found) == left


@pytest.mark.parametrize(
    ("bound", "per_value", "per_vm", "whole"),
    [
        (8.0, 0.5, 0.0, True),
        (8.0, 1.0, 0.5, True),
        (8.0, 1.0, 0.0, False),
        (float(EXACT_FLOAT), 1.0, 0.0, True),
    ],
)
def test_what_is_rounded_gets_room_for_it(bound: float, per_value: float, per_vm: float, whole: bool) -> None:
    """Tests that anything that is not in exact integers makes the bound larger by its rounding, and no more."""
    worth = LevelWorth(WORTH.value, WORTH.unit, whole)
    found = bounds_of_levels(bound, np.array([per_value]), np.array([per_vm]), worth, STEPS, (Fraction(0),))
    assert list(found) == [Fraction(bound) * (1 + Fraction(ROUNDING)) / Fraction(per_value) / 2]


@pytest.mark.parametrize(("per_value", "per_vm"), [([1.0, 0.5], [0.0, 0.0]), ([1.0, 1.0], [0.0, 0.5])])
def test_one_weight_that_is_no_integer_is_enough(per_value: list[float], per_vm: list[float]) -> None:
    """Tests that there is room for rounding as soon as one level's weight asks for it."""
    values = (Fraction(0), Fraction(0))
    first, _ = bounds_of_levels(17.0, np.array(per_value), np.array(per_vm), WORTH, STEPS, values)
    assert first == 17 * (1 + Fraction(ROUNDING)) / 2


def a_proof(per_value: Any = (4.0, 1.0), per_vm: Any = (0.0, 0.0), price: float = 1.0) -> LevelBound:
    """Return a proof of the two levels of `TWO`."""
    return LevelBound(prices=np.array([[price]]), per_value=np.array(per_value), per_vm=np.array(per_vm))


TWO = Instance.from_arrays([[6], [4], [3]], [[8]], priority=[5, 0, 0], objective=TIERS)


def test_a_level_is_verified_from_prices() -> None:
    """Tests the bound of both levels by hand: ``4 v0 + v1`` in units of 3/4 and 1/8, at 1 a unit of capacity."""
    worth = worth_of(TWO)
    assert worth.unit == (Fraction(3, 4), Fraction(1, 8))
    most = vmopt.verify_bound(combined(TWO, worth, np.array([4.0, 1.0]), np.zeros(2))[0], np.array([[1.0]]))
    assert most == pytest.approx(8, rel=1e-12)
    here = [0, -1, -1]
    assert vmopt.verify_level_bound(TWO, here, 5, a_proof()) == 0.75
    assert vmopt.verify_level_bound(TWO, here, 0, a_proof()) == 0.5
    assert vmopt.verify_level_bound(TWO, [-1, 0, 0], 0, a_proof()) == 7 / 8
    assert vmopt.verify_level_bound(TWO, here, 5, a_proof((4.0,), (0.0,))) == 0.75


def test_priorities_may_be_far_below_0() -> None:
    """Tests the bound of a level of a low priority."""
    lowest = -(2**53 - 1)
    low = TWO.replace(priority=[5, lowest, lowest])
    assert vmopt.verify_level_bound(low, [0, -1, -1], lowest, a_proof()) == 0.5


@pytest.mark.parametrize(
    ("priority", "proof", "said"),
    [
        (3, a_proof(), "says nothing of priority 3"),
        (0, a_proof((4.0,), (0.0,)), "says nothing of priority 0"),
        (0, a_proof((4.0, 0.0)), "says nothing of priority 0"),
        (0, a_proof((4.0, -1.0)), "at least 0"),
        (0, a_proof((4.0, 1.0), (0.0, -1.0)), "at least 0"),
        (0, a_proof((4.0, np.inf)), "one finite number"),
        (0, a_proof((4.0, 1.0), (np.nan, 0.0)), "one finite number"),
        (0, a_proof((4.0, 1.0), (0.0,)), "one finite number"),
        (0, a_proof((4.0, 1.0, 1.0), (0.0, 0.0, 0.0)), "one finite number"),
        (0, a_proof((), ()), "one finite number"),
        (0, "prices", "the proof of a Level"),
        (1.5, a_proof(), "priority is 1.5"),
    ],
)
def test_proofs_that_make_no_sense_are_refused(priority: Any, proof: Any, said: str) -> None:
    """Tests that each gets one clear error."""
    with pytest.raises(vmopt.PlacementError, match=said):
        vmopt.verify_level_bound(TWO, [0, -1, -1], priority, proof)


def test_elastic_levels_go_in_steps_of_the_amounts_that_add_least() -> None:
    """Tests a twelfth and an eighth a unit, which go in steps of a 24th, but for a level with a value of its own."""
    cluster = Instance.from_arrays(
        [[4, 2], [3, 1], [2, 2]],
        [[6, 4]],
        priority=[2, 1, 1],
        reservation=[[1, 1], [3, 1], [2, 2]],
        value=[np.nan, np.nan, 0.3],
        objective=TIERS,
    )
    assert Steps.of(cluster, worth_of(cluster)).step == (Fraction(1, 24), 0)
    plain = cluster.replace(value=None)
    assert Steps.of(plain, worth_of(plain)).step == (Fraction(1, 24),) * 2


def test_values_that_no_integers_hold_go_in_no_steps() -> None:
    """Tests values forty orders of magnitude apart: a bound of their level is lowered to no multiple of anything."""
    cluster = Instance.from_arrays([[1]] * 3, [[9]], priority=[1, 1, 2], value=[1e-20, 3.3e20, 1], objective=TIERS)
    worth = worth_of(cluster)
    steps = Steps.of(cluster, worth)
    assert not worth.whole
    assert steps.step == (0, 0)
    assert steps.down(1, Fraction(5, 2)) == Fraction(5, 2)
