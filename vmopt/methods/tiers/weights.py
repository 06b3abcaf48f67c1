"""What each level counts for where several are solved as one: so much that none above loses for one below."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray
from vmopt.bounds.level_worth import LevelWorth, Steps
from vmopt.level_values import Values
from vmopt.methods.tiers.parameters import DEFAULT, TierParameters


class Weights(NamedTuple):
    """Factors of the first levels, as in `LevelBound`.

    Attributes
    ----------
    per_value, per_vm : (n,) float64 arrays
    strict : bool
        Whether no gain in lower levels can make up for any loss in one above.
    """

    per_value: FloatArray
    per_vm: FloatArray
    strict: bool


def weights(
    level: int, last: int, worth: LevelWorth, steps: Steps, values: Values, parameters: TierParameters = DEFAULT
) -> Iterator[Weights]:
    """Yield weights for levels up to `last`, those above `level` being settled; each stricter than the one before.

    Parameters
    ----------
    values : tuple of Fraction
        What each level has.
    parameters : TierParameters
    """
    exact = _exact(level, last, worth, steps, values, parameters.most_exact) if worth.whole else None
    if exact is not None:
        yield exact
        return
    for ratio, cap in parameters.ratios:
        yield _in_units(_moderate(level, last, steps, values, (ratio, cap), parameters), worth, steps)


def gentle(
    level: int, worth: LevelWorth, steps: Steps, values: Values, weight: float, full_ratio: float = DEFAULT.full_ratio
) -> Weights:
    """Weights for a bound of one level: small ones say most where the levels above leave room."""
    full = np.array([values[k] == steps.totals[k] for k in range(level)] + [False])
    per_value = np.where(full, max(weight, full_ratio), weight)
    per_value[level] = 1.0
    return _in_units(Weights(per_value, np.zeros(level + 1), strict=False), worth, steps)


def _in_units(weights: Weights, worth: LevelWorth, steps: Steps) -> Weights:
    """Bring weights of values, and of VMs in parts of the largest value, to the units of the levels."""
    last = len(weights.per_value) - 1
    unit = np.array([float(worth.unit[k] / worth.unit[last]) for k in range(last + 1)])
    largest = max(float(most / worth.unit[last]) for most in steps.most[: last + 1])
    return Weights(weights.per_value * unit, weights.per_vm * largest, weights.strict)


def _exact(level: int, last: int, worth: LevelWorth, steps: Steps, values: Values, most: float) -> Weights | None:
    """Integers that make the combined order lexicographic; None where they get too large.

    A level that runs in full can only lose, and at least a VM; another one loses at least a unit. Either has to be
    worth more than all that the levels below can gain.
    """
    per_value, per_vm = np.zeros(last + 1), np.zeros(last + 1)
    gain = total = 0
    for k in range(last, -1, -1):
        have, whole = int(values[k] / worth.unit[k]), int(steps.totals[k] / worth.unit[k])
        if k < level and have == whole:
            per_vm[k] = gain + 1
            total += (gain + 1) * int(steps.count[k])
        else:
            weight = gain + 1
            per_value[k] = weight
            gain += weight * (whole - (have if k < level else 0))
            total += weight * whole
        if total > most:
            return None
    return Weights(per_value, per_vm, strict=True)


def _moderate(
    level: int, last: int, steps: Steps, values: Values, strictness: tuple[float, float], parameters: TierParameters
) -> Weights:
    """Weights that solvers can compute with, which keep the order as a rule: whoever takes the answer checks it."""
    (ratio, cap), per_value, per_vm = strictness, np.ones(last + 1), np.zeros(last + 1)
    together = np.arange(last, level - 1, -1)
    apart = together[-parameters.most_apart :]  # of many levels solved as one, the first are kept apart
    per_value[apart] = np.minimum(ratio ** np.arange(len(apart)), cap)
    weight, cap = per_value[level], cap * per_value[level]
    stricter = ratio / parameters.ratios[0][0]
    for k in range(level - 1, -1, -1):
        if values[k] == steps.totals[k]:
            per_value[k] = parameters.full_ratio * weight * stricter
            per_vm[k] = parameters.full_each * weight * stricter
        else:
            weight = min(weight * ratio, cap)
            per_value[k] = weight
    return Weights(per_value, per_vm, strict=False)
