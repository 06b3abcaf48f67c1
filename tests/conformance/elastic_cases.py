"""Named tiny elastic instances, each about one thing that a method or a backend can get wrong."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vmopt.model import Instance, Objective

ELASTIC_CASES: dict[str, Callable[[], Instance]] = {}


def case(make: Callable[[], Instance]) -> Callable[[], Instance]:
    ELASTIC_CASES[make.__name__.replace("_", "-")] = make
    return make


def of(demand, capacity, reservation, **columns) -> Instance:
    return Instance.from_arrays(np.array(demand), np.array(capacity), reservation=np.array(reservation), **columns)


@case
def one_vm_above_the_host() -> Instance:
    return of([[9]], [[8]], [[3]])


@case
def one_reservation_above_the_host() -> Instance:
    return of([[9], [4]], [[8]], [[9], [1]])


@case
def two_share_one_host() -> Instance:
    return of([[6], [6]], [[8]], [[2], [2]])


@case
def the_weightier_gets_more() -> Instance:
    return of([[6], [6]], [[8]], [[2], [2]], priority=[1, 3])


@case
def one_more_vm_is_not_worth_it() -> Instance:
    return of([[8], [6]], [[8]], [[2], [5]], priority=[5, 1])


@case
def no_reservation_at_all() -> Instance:
    return of([[5], [4], [6]], [[7]], [[0], [0], [0]], priority=[2, 1, 3])


@case
def reserved_in_one_resource_only() -> Instance:
    return of([[4, 4], [4, 4], [3, 2]], [[7, 7]], [[4, 1], [4, 1], [1, 2]])


@case
def elastic_beside_inelastic() -> Instance:
    return of([[5], [4], [4]], [[8], [5]], [[5], [1], [4]], priority=[3, 1, 2])


@case
def alike_but_for_the_reservation() -> Instance:
    return of([[5], [5], [5]], [[8]], [[5], [3], [1]])


@case
def identical_vms_share_unevenly() -> Instance:
    return of([[3]] * 4, [[8]], [[1]] * 4)


@case
def identical_hosts() -> Instance:
    return of([[5], [4], [3], [3]], [[6], [6]], [[2], [4], [1], [2]], priority=[1, 2, 3, 1])


@case
def different_hosts() -> Instance:
    return of([[6, 2], [2, 6], [4, 4]], [[5, 4], [4, 5]], [[2, 1], [1, 2], [3, 3]], priority=[2, 1, 2])


@case
def explicit_values() -> Instance:
    return of([[5], [4], [3]], [[8]], [[2], [2], [1]], value=[10, 40, 30])


@case
def values_for_some() -> Instance:
    return of([[5], [4], [3]], [[8]], [[2], [2], [1]], value=[np.nan, 2.5, np.nan])


@case
def values_of_vms_that_ask_for_nothing() -> Instance:
    return of([[0], [6], [5]], [[8]], [[0], [3], [2]], value=[7, 6, 5])


@case
def demand_weighting() -> Instance:
    return of([[6], [3], [4]], [[8]], [[2], [1], [4]], objective=Objective("demand"))


@case
def resource_weights() -> Instance:
    weights = Objective(resource_weights={"cpu": 3, "memory": 1})
    return of([[4, 2], [2, 4]], [[5, 5]], [[1, 2], [2, 1]], resources=["cpu", "memory"], objective=weights)


@case
def a_resource_that_does_not_count() -> Instance:
    weights = Objective(resource_weights={"cpu": 0, "memory": 1})
    return of([[4, 2], [4, 4]], [[5, 5]], [[1, 2], [3, 1]], resources=["cpu", "memory"], objective=weights)


@case
def zero_capacity_in_one_resource() -> Instance:
    return of([[3, 1], [3, 0]], [[5, 0]], [[1, 0], [2, 0]])


@case
def fractional_amounts() -> Instance:
    return of([[0.4], [0.5]], [[0.6]], [[0.1], [0.25]], priority=[2, 1])


@case
def random_two_hosts() -> Instance:
    rng = np.random.default_rng(5)
    demand = rng.integers(1, 5, (4, 2))
    return of(demand, rng.integers(3, 7, (2, 2)), rng.integers(0, demand + 1), priority=rng.integers(1, 4, 4))


@case
def random_three_resources() -> Instance:
    rng = np.random.default_rng(6)
    demand = rng.integers(1, 4, (4, 3))
    return of(demand, rng.integers(4, 7, (1, 3)), rng.integers(0, demand + 1), priority=rng.integers(1, 4, 4))
