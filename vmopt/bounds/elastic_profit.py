"""What an elastic VM is worth at prices: the closed form behind bounds by prices."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.model.fitting import fitting


def elastic_profit(
    least: IntArray,
    most: IntArray,
    value: FloatArray,
    unit_value: FloatArray,
    capacity: IntArray,
    prices: FloatArray,
    toll: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Best reduced value of elastic VM classes over the host classes they fit, and the most that rounding may hide.

    A VM that gets a is worth ``value - unit_value . (most - a)`` and pays ``prices . a``. Both are linear, so each
    resource stands by itself and is best at an end of ``[least, min(most, capacity)]``: as much as can be where a unit
    is worth more than its price, else as little.

    Parameters
    ----------
    least, most : (n_vm_classes, n_resources) int64 arrays
        Reservation and demand.
    value : (n_vm_classes,) array
    unit_value : (n_vm_classes, n_resources) array
    capacity, prices : (n_host_classes, n_resources) arrays
    toll : (n_vm_classes, n_host_classes) array, optional
        What each VM pays besides, whatever it gets; infinite where it may not run.

    Returns
    -------
    profit, magnitude : (n_vm_classes,) arrays
        The profit is at least 0; the magnitude is that of the numbers that were added up for it.

    Examples
    --------
    >>> profit, _ = elastic_profit(np.array([[1]]), np.array([[4]]), np.array([8.0]), np.array([[2.0]]),
    ...                         np.array([[9], [3]]), np.array([[3.0], [1.0]]))
    >>> profit.tolist()
    [3.0]
    """
    all_units = (unit_value * most).sum(axis=1)
    profit = np.repeat((value - all_units)[:, None], len(capacity), axis=1)
    magnitude = np.repeat((value + all_units)[:, None], len(capacity), axis=1)
    for k in range(most.shape[1]):
        amount, gain = best_amount(least[:, k], most[:, k], unit_value[:, k], capacity[:, k], prices[:, k])
        profit += gain * amount
        magnitude += (unit_value[:, k, None] + prices[:, k]) * amount
    fits = fitting(least, capacity)
    if toll is not None:
        fits &= np.isfinite(toll)
        profit, magnitude = profit - toll, magnitude + toll
    return np.where(fits, profit, 0.0).max(axis=1, initial=0.0), np.where(fits, magnitude, 0.0).max(axis=1, initial=0.0)


def best_amount(
    least: IntArray, most: IntArray, unit_value: FloatArray, capacity: IntArray, prices: FloatArray
) -> tuple[IntArray, FloatArray]:
    """Best amount of one resource, and the gain per unit, for each VM class and host class."""
    gain = unit_value[:, None] - prices
    amount = np.where(gain > 0, np.minimum(most[:, None], capacity), least[:, None])
    return amount, gain
