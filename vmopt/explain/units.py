"""Units: amounts of further VMs and hosts in the integer units of an instance."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.errors import InstanceError
from vmopt.model.instance import Instance

LARGEST = 1e12
"""Amounts beyond are more than anybody has."""


def units(instance: Instance, what: str, names: Sequence[str], amounts: Sequence[Sequence[Any]]) -> IntArray:
    """Amounts in the integer units of an instance: those of VMs rounded up, those of hosts down.

    Raises
    ------
    InstanceError
        If one is no finite number of at least 0.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[0.5]], [[8]])
    >>> units(cluster, "VM", ["db"], [[1.25]]).tolist(), units(cluster, "host", ["h2"], [[1.25]]).tolist()
    ([[3]], [[2]])
    """
    rounded = ceil if what == "VM" else floor
    table = np.zeros((len(names), len(instance.resources)), dtype=np.int64)
    for row, (name, given) in enumerate(zip(names, amounts, strict=True)):
        for k, amount in enumerate(given):
            if not checks.finite(amount) or not 0 <= amount <= LARGEST:
                raise InstanceError(
                    f"{what} {name!r} has {checks.shown(amount)} of {instance.resources[k]}: give a number from 0 to "
                    f"{LARGEST:g}."
                )
            table[row, k] = rounded(Fraction(str(amount)) * int(instance.scale[k]))
    return table
