"""Pool: what is shared, and who asks for it; checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import InstanceError
from vmopt.model import amounts, columns
from vmopt.model.amount_column import meant
from vmopt.model.indexed_rows import IndexedRows
from vmopt.model.named_table import NamedTable
from vmopt.model.names import Names
from vmopt.model.resources import resource_names
from vmopt.model.tables import read_table

BY_DEMAND = "demand"
SMALLEST = 1e-9
"""Amounts above 0 are at least this."""
MOST_APART = 1e12
"""The largest weight is at most so many times the smallest."""
ROUNDING = 2.0**-48
"""Sums of floats are off by up to this part of them."""


@dataclass(frozen=True, eq=False)
class Pool:
    """One pool of resources, such as a host, and the VMs that ask for parts of it.

    Attributes
    ----------
    capacity : (n_resources,) float64 array
        The sum of the reservations where they are above the capacity by no more than the rounding of floats.
    demand : (n_vms, n_resources) float64 array
        What each VM would use, the most it may get.
    reservation : (n_vms, n_resources) float64 array
        What each VM gets in any case; together they fit the capacity.
    weights : (n_vms,) float64 array
        Positive.
    resources : tuple of str
    in_whole_units : bool
        Whether capacity, demand and reservation are all integers.
    """

    capacity: FloatArray
    demand: FloatArray
    reservation: FloatArray
    weights: FloatArray
    resources: tuple[str, ...]
    in_whole_units: bool

    @classmethod
    def of(cls, capacity: Any, demand: Any, weights: Any, reservation: Any) -> Pool:
        """Check the arguments of `share`.

        Raises
        ------
        InstanceError
            If an amount or a weight makes no sense, or the reservations ask for more than there is.
        """
        demand, reservation = read_table(demand), read_table(reservation)
        resources, offered = _offered(capacity)
        asked = _as_table(demand, len(resources))
        columns.length(asked, "VM")
        rows = IndexedRows.of(asked, None, "VM", "demand")
        vms = rows.names
        capacity_row = _floats([offered], Names.given(("pool",), 1, "host"), resources, "capacity")[0]
        demand_table = _floats(rows.column(asked, "demand"), vms, resources, "demand")
        reserved = np.zeros_like(demand_table)
        if reservation is not None:
            table = rows.column(_as_table(reservation, len(resources)), "reservation")
            reserved = _floats(table, vms, resources, "reservation")
        capacity_row = _holding(reserved, capacity_row)
        _check_reservation(reserved, demand_table, capacity_row, vms, resources)
        tables = (capacity_row, demand_table, reserved)
        whole = all(bool((table == np.rint(table)).all()) for table in tables)
        return cls(
            *tables, _weights(rows.column(weights, "weights"), vms, demand_table, capacity_row), resources, whole
        )

    @property
    def rest(self) -> FloatArray:
        """Capacity that no VM has reserved, ``(n_resources,)``."""
        return np.asarray(np.maximum(self.capacity - amounts.sums(self.reservation), 0.0))

    @property
    def worth(self) -> FloatArray:
        """What one unit of each resource adds to the mean utilisation, ``(n_resources,)``: ``1 / (n C[k])``."""
        return _worth(self.capacity)


def _worth(capacity: FloatArray) -> FloatArray:
    offered = capacity > 0
    worth: FloatArray = np.divide(1.0, capacity * offered.sum(), out=np.zeros(len(offered)), where=offered)
    return worth


def _offered(capacity: Any) -> tuple[tuple[str, ...], Any]:
    """Names of the resources, and how much there is of each."""
    if hasattr(capacity, "iloc") and hasattr(capacity, "index"):  # a Series
        capacity = dict(zip(capacity.index, capacity.to_numpy(), strict=True))
    if isinstance(capacity, Mapping):
        return resource_names(tuple(capacity), None), list(capacity.values())
    row = [capacity] if np.ndim(capacity) == 0 else capacity
    return resource_names(None, [row]), row


def _as_table(table: Any, n_resources: int) -> Any:
    """A column of amounts is a table of one resource."""
    if isinstance(table, NamedTable):
        return table
    try:
        return np.reshape(table, (-1, 1)) if n_resources == 1 and np.ndim(table) == 1 else table
    except ValueError:  # ragged: whoever reads the table says so
        return table


def _floats(table: Any, names: Names, resources: tuple[str, ...], what: str) -> FloatArray:
    given = amounts.as_numbers(table, names, resources, what)
    for column, resource in zip(given, resources, strict=True):
        if float(column.sum(dtype=np.float64)) > amounts.MAX_FLOAT:
            raise InstanceError(
                f"the {what} of resource {resource!r} adds up to more than 2^53: give it in a larger unit."
            )
        if ((column > 0) & (column < SMALLEST)).any():
            least = float(column[column > 0].min())
            raise InstanceError(f"{least:g} is too little {what} of {resource!r}: give it in a smaller unit.")
    return np.column_stack([meant(column) for column in given])


def _holding(reservation: FloatArray, capacity: FloatArray) -> FloatArray:
    """Return the capacity, or what is reserved of it where only rounding is between the two."""
    reserved = amounts.sums(reservation)
    return np.where(reserved <= capacity * (1 + ROUNDING), np.maximum(reserved, capacity), capacity)


def _check_reservation(
    reservation: FloatArray, demand: FloatArray, capacity: FloatArray, vms: Names, resources: tuple[str, ...]
) -> None:
    above = reservation > demand
    if above.any():
        vm, k = (int(n) for n in np.argwhere(above)[0])
        raise InstanceError(
            f"reservation of VM {vms[vm]!r} for {resources[k]!r} is {reservation[vm, k]:g}, "
            f"above its demand of {demand[vm, k]:g}: lower the one or raise the other."
        )
    excess = amounts.sums(reservation) - capacity
    if (excess > 0).any():
        k = int(np.argmax(excess > 0))
        raise InstanceError(
            f"the reservations ask for {excess[k]:g} more of {resources[k]!r} than the {capacity[k]:g} there are: "
            "lower them, or leave VMs out."
        )


def _weights(given: Any, vms: Names, demand: FloatArray, capacity: FloatArray) -> FloatArray:
    if isinstance(given, str) and given != BY_DEMAND:
        raise InstanceError(f"weights is {given!r}: give a number per VM, such as its priority, or 'demand'.")
    weights = np.asarray((demand * _worth(capacity)).sum(axis=1) if isinstance(given, str) else given)
    if isinstance(given, str):
        weights = np.where(weights > 0, weights, weights.max(initial=0.0) or 1.0)
    elif given is not None and weights.shape != (len(vms),):
        raise InstanceError(f"weights is {checks.shown(given)}: give one number for each of {len(vms)} VMs.")
    checked = columns.priorities(None if given is None else weights, vms, called="weight")
    if checked.max() > MOST_APART * checked.min():
        raise InstanceError(
            f"weights from {checked.min():g} to {checked.max():g} are too far apart: 10^12 times at most."
        )
    return checked
