"""What an elastic VM is worth at prices, worked out by hand."""

from __future__ import annotations

import numpy as np

from vmopt.bounds.elastic_profit import best_amount, elastic_profit
from vmopt.model.fitting import fitting

LEAST, MOST = np.array([[1, 2], [3, 0]]), np.array([[4, 2], [3, 5]])
VALUE, UNIT = np.array([11.0, 8.0]), np.array([[2.0, 1.0], [1.0, 1.0]])
CAPACITY, PRICES = np.array([[9, 9], [3, 4], [2, 2]]), np.array([[3.0, 0.5], [1.0, 0.0], [0.0, 0.0]])


def test_as_much_as_pays_and_fits() -> None:
    """Tests VMs of 1 to 4 units at 2, and of 3 at 1: at a price of 2 a unit more is worth no more than it costs."""
    amount, gain = best_amount(LEAST[:, 0], MOST[:, 0], UNIT[:, 0], np.array([9, 3, 9]), np.array([2.0, 1.0, 0.0]))
    assert amount.tolist() == [[1, 3, 4], [3, 3, 3]]
    assert gain.tolist() == [[0.0, 1.0, 2.0], [-1.0, 0.0, 1.0]]


def test_who_gets_its_least_fits() -> None:
    """Tests that all resources count, and that just enough is enough."""
    assert fitting(LEAST, CAPACITY).tolist() == [[True, True, True], [True, True, False]]
    assert fitting(np.array([[0, 5]]), CAPACITY).tolist() == [[True, False, False]]


def test_the_best_is_over_hosts_that_hold_the_least() -> None:
    """Tests ``value - unit . most + sum (unit - price) amount``.

    The first VM: 11 - 10 - 1 + 0.5 x 2 = 1, 1 + 3 + 2 = 6 and 1 + 2 x 2 + 2 = 7. The second: 8 - 8 - 2 x 3 + 0.5 x 5
    is a loss, 0 + 0 + 4 = 4, and it does not fit the third host. What is added up for the first is at most
    21 + 5 x 1 + 1.5 x 2 = 29, 21 + 3 x 3 + 2 = 32 and 21 + 4 + 2 = 27; for the second 16 + 4 x 3 + 1.5 x 5 = 35.5.
    """
    profit, magnitude = elastic_profit(LEAST, MOST, VALUE, UNIT, CAPACITY, PRICES)
    assert (profit.tolist(), magnitude.tolist()) == ([7.0, 4.0], [32.0, 35.5])
    assert elastic_profit(LEAST[:1], MOST[:1], VALUE[:1], UNIT[:1], CAPACITY, PRICES)[0].tolist() == [7.0]


def test_tolls_are_paid_once_and_may_forbid() -> None:
    """Tests tolls of 2 on the second host, and of infinity on the third for the first VM, the first for the second."""
    toll = np.array([[0.0, 2.0, np.inf], [np.inf, 2.0, 0.0]])
    profit, magnitude = elastic_profit(LEAST, MOST, VALUE, UNIT, CAPACITY, PRICES, toll)
    assert (profit.tolist(), magnitude.tolist()) == ([4.0, 2.0], [34.0, 16 + 2 * 3 + 4 + 2])


def test_who_fits_nowhere_gains_nothing() -> None:
    """Tests that a loss, a host that is too small and no host at all are worth 0."""
    one = np.array([[1]])
    loss = elastic_profit(one, one, np.array([1.0]), np.array([[0.5]]), one, np.array([[4.0]]))
    assert [found.tolist() for found in loss] == [[0.0], [6.0]]
    for capacity in (np.array([[0]]), np.zeros((0, 1), dtype=np.int64)):
        found = elastic_profit(one, one, np.array([1.0]), np.array([[0.5]]), capacity, np.zeros(capacity.shape))
        assert [part.tolist() for part in found] == [[0.0], [0.0]]
