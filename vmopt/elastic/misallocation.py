"""What VMs are given, against what they must get and can use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import PlacementError
from vmopt.model.amounts import in_own_unit
from vmopt.model.index_labels import by_place
from vmopt.model.instance import Instance


@dataclass(frozen=True)
class Misallocation:
    """One VM that gets less of one resource than it must, or more than it can use.

    Attributes
    ----------
    vm, resource : str
    given, least, most : int
        In the instance's integer units; an unplaced VM gets nothing.
    scale : int
        How many of these one of the user's own units is.
    """

    vm: str
    resource: str
    given: int
    least: int
    most: int
    scale: int = 1

    def __str__(self) -> str:
        given, least, most = (in_own_unit(units, self.scale) for units in (self.given, self.least, self.most))
        return f"VM {self.vm!r} is given {given} of {self.resource}, but {least} to {most} is allowed"


def to_allocation(instance: Instance, allocation: Any) -> IntArray:
    """Read an allocation as integers, one row per VM.

    Raises
    ------
    PlacementError
        If it has the wrong shape or is not of integers.
    """
    by_place(allocation, "allocation", "the VMs and resources", PlacementError)
    try:
        array = np.asarray(allocation)
    except ValueError as error:
        raise PlacementError(f"the allocation is ragged: {error}; give one amount per VM and resource.") from None
    if array.shape != instance.demand.shape or array.dtype.kind not in "iu":
        raise PlacementError(
            f"the allocation has shape {array.shape} and type {array.dtype}, expected integers of shape "
            f"{instance.demand.shape}: give each VM one amount per resource."
        )
    return array.astype(np.int64)


def misallocations(instance: Instance, host_index: IntArray, amounts: IntArray) -> list[Misallocation]:
    """List what every VM is given too little or too much of."""
    placed = (host_index >= 0)[:, None]
    least, most = np.where(placed, instance.reserved, 0), np.where(placed, instance.demand, 0)
    wrong = np.argwhere((amounts < least) | (amounts > most)).tolist()
    return [
        Misallocation(
            instance.vm_names[i],
            instance.resources[k],
            int(amounts[i, k]),
            int(least[i, k]),
            int(most[i, k]),
            int(instance.scale[k]),
        )
        for i, k in wrong
    ]
