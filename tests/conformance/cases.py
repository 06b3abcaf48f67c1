"""Named tiny instances, each about one thing that a method or a backend can get wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.model import Instance, Objective

Case = Callable[[], Instance]
CASES: dict[str, Case] = {}


def case(make: Case) -> Case:
    CASES[make.__name__.replace("_", "-")] = make
    return make


def of(demand, capacity, **columns) -> Instance:
    return Instance.from_arrays(np.array(demand), np.array(capacity), **columns)


@case
def one_vm_one_host() -> Instance:
    return of([[3]], [[8]])


@case
def exact_fit() -> Instance:
    return of([[3], [5]], [[8]])


@case
def one_unit_too_much() -> Instance:
    return of([[3], [6]], [[8]])


@case
def exact_fit_in_two_resources() -> Instance:
    return of([[3, 1], [5, 7]], [[8, 8]])


@case
def one_unit_too_much_in_the_second_resource() -> Instance:
    return of([[3, 2], [5, 7]], [[8, 8]])


@case
def nothing_fits() -> Instance:
    return of([[9], [10]], [[8], [7]])


@case
def everything_fits() -> Instance:
    return of([[1], [2], [3]], [[8], [8]])


@case
def ties_everywhere() -> Instance:
    return of([[4]] * 5, [[8], [8]])


@case
def ties_in_value_not_in_demand() -> Instance:
    return of([[6], [4], [4]], [[8]], value=[5, 5, 5])


@case
def ties_in_demand_not_in_value() -> Instance:
    return of([[4]] * 4, [[8]], value=[1, 2, 3, 4])


@case
def identical_hosts() -> Instance:
    return of([[5], [4], [3], [3], [2]], [[8]] * 3, priority=[1, 2, 3, 2, 1])


@case
def different_hosts() -> Instance:
    return of([[5], [4], [3], [3], [2]], [[4], [5], [6]], priority=[1, 2, 3, 2, 1])


@case
def only_the_large_host_will_do() -> Instance:
    return of([[9], [2], [2]], [[4], [10]], priority=[5, 1, 1])


@case
def zero_demand() -> Instance:
    return of([[0], [8], [1]], [[8]])


@case
def zero_demand_only() -> Instance:
    return of([[0, 0], [0, 0]], [[1, 1]])


@case
def zero_demand_with_a_value() -> Instance:
    return of([[0], [8]], [[8]], value=[2, 1])


@case
def zero_capacity_host() -> Instance:
    return of([[3], [4]], [[0], [5]])


@case
def zero_capacity_everywhere() -> Instance:
    return of([[3], [4]], [[0], [0]])


@case
def zero_capacity_in_one_resource() -> Instance:
    return of([[3, 0], [3, 1], [2, 0]], [[5, 0]], priority=[1, 5, 1])


@case
def resource_that_nobody_asks_for() -> Instance:
    return of([[3, 0], [4, 0], [5, 0]], [[8, 8]])


@case
def seven_resources() -> Instance:
    rng = np.random.default_rng(7)
    return of(rng.integers(0, 6, (6, 7)), rng.integers(6, 12, (2, 7)))


@case
def seven_resources_one_binds() -> Instance:
    demand = np.ones((6, 7), dtype=int)
    demand[:, 6] = [5, 4, 3, 3, 2, 1]
    return of(demand, [[100] * 6 + [8]])


@case
def one_resource_many_sizes() -> Instance:
    return of([[7], [6], [5], [4], [3], [2], [1]], [[10], [9]])


@case
def priorities_against_sizes() -> Instance:
    return of([[8], [3], [3], [2]], [[8]], priority=[2, 3, 3, 3])


@case
def priority_of_a_small_vm_is_not_worth_it() -> Instance:
    return of([[1], [8]], [[8]], priority=[5, 1])


@case
def fractional_priorities() -> Instance:
    return of([[5], [4], [4]], [[8]], priority=[1.75, 1.1, 1.05])


@case
def huge_priorities() -> Instance:
    return of([[5], [4], [4]], [[8]], priority=[1e9, 1e-3, 1e9])


@case
def demand_weighting() -> Instance:
    return of([[5], [4], [4], [3]], [[8]], objective=Objective("demand"))


@case
def demand_weighting_ignores_priority() -> Instance:
    return of([[5], [4]], [[8]], priority=[1, 100], objective=Objective("demand"))


@case
def resource_weights() -> Instance:
    weights = Objective(resource_weights={"cpu": 3, "memory": 1})
    return of([[6, 1], [1, 6], [3, 3]], [[7, 7]], resources=["cpu", "memory"], objective=weights)


@case
def resource_weight_of_zero() -> Instance:
    weights = Objective(resource_weights={"cpu": 0, "memory": 1})
    return of([[6, 1], [2, 6], [3, 3]], [[7, 7]], resources=["cpu", "memory"], objective=weights)


@case
def explicit_values() -> Instance:
    return of([[5], [4], [3]], [[8]], value=[10, 40, 30])


@case
def values_of_zero() -> Instance:
    return of([[5], [4], [3]], [[8]], value=[0, 0, 0])


@case
def values_for_some() -> Instance:
    return of([[5], [4], [3]], [[8]], value=[np.nan, 2.5, np.nan])


@case
def classic_knapsack() -> Instance:
    return of([[12], [7], [11], [8], [9]], [[26]], value=[24, 13, 23, 15, 16])


@case
def greedy_by_density_fails() -> Instance:
    return of([[1], [10]], [[10]], value=[2, 10])


@case
def two_knapsacks() -> Instance:
    return of([[9], [8], [6], [5], [4], [3]], [[13], [11]], value=[9, 7, 6, 6, 3, 3])


@case
def complementary_vms() -> Instance:
    return of([[9, 1], [1, 9], [8, 2], [2, 8], [5, 5]], [[10, 10], [10, 10]])


@case
def complementary_hosts() -> Instance:
    return of([[8, 2], [2, 8], [7, 3], [3, 7]], [[9, 3], [3, 9]])


@case
def three_per_host_perfect_packing() -> Instance:
    return of([[2], [3], [5], [4], [3], [3]], [[10], [10]])


@case
def triplets() -> Instance:
    return of([[49], [26], [25], [47], [27], [26]], [[100], [100]])


@case
def fractional_amounts() -> Instance:
    return of([[0.1], [0.2], [0.3], [0.4]], [[0.6]])


@case
def amounts_that_round() -> Instance:
    return of([[1 / 3], [1 / 3], [1 / 3]], [[1.0]])


@case
def large_amounts() -> Instance:
    gib = 2**30
    return of([[5 * gib + 1], [3 * gib], [3 * gib - 1], [2 * gib]], [[8 * gib], [5 * gib]])


@case
def row_sums_beyond_32_bits() -> Instance:
    unit = 10**9
    return of([[3 * unit + 1], [3 * unit + 2], [3 * unit + 4], [2 * unit + 1]], [[8 * unit + 3], [3 * unit]])


@case
def a_single_unit_decides_among_billions() -> Instance:
    unit = 4 * 10**9
    return of([[unit], [unit], [unit + 1]], [[2 * unit], [unit]], value=[2, 2, 3])


@case
def more_hosts_than_vms() -> Instance:
    return of([[3], [4]], [[2], [3], [4], [5], [6]])


@case
def containers_and_vms() -> Instance:
    return of([[3], [4], [2]], [[5]], is_container=[True, False, True])


@case
def gpu_on_one_host_only() -> Instance:
    return of([[4, 1], [4, 0], [4, 1], [2, 0]], [[8, 0], [6, 2]], priority=[3, 1, 2, 1])


@case
def many_identical_vms_few_fit() -> Instance:
    return of([[3]] * 6 + [[4]], [[8], [7]])


@case
def tiny_values() -> Instance:
    return of([[5], [4], [4]], [[8]], value=[1.5e-9, 1e-9, 1e-9])


@case
def random_three_hosts() -> Instance:
    rng = np.random.default_rng(3)
    return of(rng.integers(1, 9, (6, 2)), rng.integers(6, 14, (3, 2)), priority=rng.integers(1, 6, 6))


@case
def random_two_hosts_three_resources() -> Instance:
    rng = np.random.default_rng(11)
    return of(rng.integers(1, 9, (8, 3)), rng.integers(10, 18, (2, 3)), priority=rng.integers(1, 6, 8))
