"""What whole numbers say of balances: loads that sums can come to, values that levels can have, and their bounds."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import vmopt
from tests.goals.tiny import cases, every_placement
from vmopt import Balance, FewestHosts, Instance, MustRun, Objective, Utilisation
from vmopt.goals.balance.left_over import least_left_over
from vmopt.goals.counting import counted
from vmopt.goals.lattice import Lattice, lattice_of
from vmopt.goals.reachable import reachable
from vmopt.model.goal_level import GoalLevel

ALL = (MustRun("vm-*"),)


def _drawn(seed: int) -> Instance:
    rng = random.Random(seed)
    demand = [[rng.choice([0, 2, 3, 4, 6, 6, 9, 15])] for _ in range(rng.randint(1, 7))]
    return Instance.from_arrays(demand, [[rng.randint(1, 30)] for _ in range(rng.randint(1, 3))])


def _sums(instance: Instance, *, somebody: bool = False) -> set[int]:
    choices = product((0, 1), repeat=instance.n_vms)
    return {int(np.array(c) @ instance.demand[:, 0]) for c in choices if any(c) or not somebody}


def test_loads_are_all_sums_of_demands() -> None:
    """Tests loads against all sets of VMs, up to the largest host."""
    for seed in range(60):
        instance = _drawn(seed)
        (loads,) = reachable(instance)
        assert loads is not None
        assert loads.tolist() == sorted(s for s in _sums(instance) if s <= instance.capacity.max()), seed


def test_loads_beyond_counting_are_not_listed() -> None:
    """Tests that a resource in fine units is left to multiples of its step."""
    assert reachable(Instance.from_arrays([[2**20 + 1]], [[2**21]]))[0] is not None, "one step fits"
    assert reachable(Instance.from_arrays([[1], [2**20]], [[2**21]])) == (None,)


@pytest.mark.parametrize("size", [1, 4, 7, 16])
def test_lines_are_below_what_hosts_leave_over_and_touch_it(size: int) -> None:
    """Tests the hull at every load that a host in use can have."""
    for seed in range(60):
        instance = _drawn(seed)
        for c, lines in enumerate(least_left_over(instance, 0, size)):
            room = int(instance.host_classes.capacity[c, 0])
            loads = sorted(s for s in _sums(instance, somebody=True) if s <= room)
            over = [(room - load) % size for load in loads]
            under = [max(Fraction(a) + Fraction(b) * load for a, b in lines.tolist()) for load in loads]
            assert all(low <= left for low, left in zip(under, over, strict=True)), (seed, c)
            if loads:
                assert float(over[0] - under[0]) < 1e-9, (seed, c)
                assert float(over[-1] - under[-1]) < 1e-9, (seed, c)


def test_levels_have_no_value_beside_the_lattice() -> None:
    """Tests values of all placements, of goals alone and of sums, that keep what is above."""
    n_offset = 0
    for case in cases(range(300)):
        lattice = lattice_of(case.instance, case.level, case.holds)
        if lattice is None or case.level.maximised:
            continue
        n_offset += lattice.offset > 0
        for placement in every_placement(case.instance):
            if all(hold.keeps(case.instance, placement) for hold in case.holds):
                value = case.level.value(case.instance, placement)
                assert lattice.at_least(value) == value, (case.seed, str(case.level))
    assert n_offset > 5


def test_a_bound_goes_on_to_the_next_value() -> None:
    """Tests bounds on, just above and below a value."""
    lattice = Lattice(Fraction(4), Fraction(1))
    assert [lattice.at_least(Fraction(n, 2)) for n in (2, 3, 9, 10, 11)] == [1, 5, 5, 5, 9]


def test_fragments_that_no_load_can_mend() -> None:
    """Tests VMs of 12 on hosts of 40 by pieces of 16: three of them leave 4 over, two nothing, one 12, none 8."""
    level = Balance(kind="fragments", size=16)
    for n, best in ((15, 20.0), (14, 16.0), (13, 12.0), (10, 0.0)):
        cluster = Instance.from_arrays([[12]] * n, [[40]] * 5, rules=ALL, objective=Objective(levels=[level]))
        solution = vmopt.solve(cluster, time_limit=20, gap=0, threads=1, method="greedy-demand")
        assert solution.levels[0].bound == best, n
        assert vmopt.goals.recheck.verify_goal_bound(cluster, solution, 0) == best


def test_idle_hosts_are_the_emptiest() -> None:
    """Tests that a spread over hosts of which levels above leave some idle is what the fullest has."""
    above = [Utilisation(), FewestHosts()]
    cluster = Instance.from_arrays([[5]] * 4, [[10]] * 4, objective=Objective(levels=[*above, Balance(kind="spread")]))
    assert vmopt.solve(cluster, time_limit=20, gap=0, threads=1).levels[2].bound == 1.0


def test_large_vms_fill_hosts_unevenly() -> None:
    """Tests three VMs of 7 on two hosts of 20: one holds 14 at least, the other 7 at most."""
    cluster = Instance.from_arrays([[7]] * 3, [[20]] * 2, rules=ALL)
    for kind, best in (("max", Fraction(14, 20)), ("spread", Fraction(7, 20))):
        assert counted(cluster, GoalLevel.of(Balance(kind=kind)), ()) == best


def test_hosts_of_two_sizes_leave_a_gap() -> None:
    """Tests VMs of 6: hosts of 12 are half full or full, a host of 18 by thirds, and 24 of 42 fit no such fractions."""
    cluster = Instance.from_arrays([[6]] * 4, [[12], [12], [18]], rules=ALL)
    values = [GoalLevel.of(Balance(kind="spread")).value(cluster, p) for p in every_placement(cluster)]
    assert counted(cluster, GoalLevel.of(Balance(kind="spread")), ()) == min(values)
