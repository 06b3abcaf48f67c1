"""An instance as it was given: its columns in the user's own units, its rows, and how it is copied and shown."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model import amounts, columns
from vmopt.model.derived import Derived
from vmopt.model.host import Host
from vmopt.model.names import Names
from vmopt.model.vm import VM
from vmopt.plurals import count


class Given(Derived):
    """What leads from an instance back to what it was made from."""

    scale: IntArray
    host_names: Names
    is_container: BoolArray | None
    vm_labels: columns.Labels | None
    host_labels: columns.Labels | None
    transient: tuple[str, ...]

    def as_columns(self) -> dict[str, Any]:
        """Return the arguments of `from_arrays` that make this instance again."""
        return {
            "demand": amounts.as_table(amounts.in_user_units(self.demand, self.scale)),
            "capacity": amounts.as_table(amounts.in_user_units(self.capacity, self.scale)),
            "priority": self.priority,
            "value": self.own_value,
            "resources": self.resources,
            "vm_names": self.vm_names if self.vm_names.are_given else None,
            "host_names": self.host_names if self.host_names.are_given else None,
            "is_container": self.is_container,
            "vm_labels": self.vm_labels,
            "host_labels": self.host_labels,
            "objective": self.objective,
            "reservation": self._reservation_in_user_units(),
            "rules": self.rules,
            "current": self.current,
            "move_cost": self.move_cost,
            "transient": self.transient,
        }

    def _reservation_in_user_units(self) -> Any:
        return amounts.as_table(amounts.in_user_units(self.reserved, self.scale)) if self.elastic else None

    def host(self, index: int) -> Host:
        """Row view of one host."""
        index = _row(index, self.host_names, "host")
        labels = self.host_labels[index] if self.host_labels else {}
        parts = self._inside("parts_at", index, {})
        return Host(self.host_names[index], self._named(self.capacity[index]), dict(labels), parts)

    def vm(self, index: int) -> VM:
        """Row view of one VM."""
        index = _row(index, self.vm_names, "VM")
        own = None if self.own_value is None or np.isnan(self.own_value[index]) else float(self.own_value[index])
        container = self.is_container is not None and bool(self.is_container[index])
        return VM(
            self.vm_names[index],
            self._named(self.demand[index]),
            priority=float(self.priority[index]),
            value=own,
            kind="container" if container else "vm",
            labels=dict(self.vm_labels[index]) if self.vm_labels else {},
            reservation=self._named(self.reserved[index]) if self.elastic else None,
            current=self._runs_on(index),
            move_cost=None if self.move_cost is None else float(self.move_cost[index]),
            pieces=self._inside("pieces_at", index, ()),
        )

    def _named(self, units: IntArray) -> dict[str, float]:
        scales = self.scale.tolist()
        given = (n if s == 1 else n / s for n, s in zip(units.tolist(), scales, strict=True))
        return dict(zip(self.resources, given, strict=True))

    def _inside(self, said: str, index: int, nothing: Any) -> Any:
        """What a rule about parts says of a host or a VM."""
        found = (getattr(here, said)(index) for here in self.rules_in_force if hasattr(here, said))
        return next(found, nothing)

    def _runs_on(self, index: int) -> str | None:
        host = -1 if self.current is None else int(self.current[index])
        return None if host < 0 else self.host_names[host]

    def __eq__(self, other: object) -> bool:
        return columns.same(self.as_columns(), other.as_columns()) if isinstance(other, Given) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return columns.remake, (type(self), columns.picklable(self.as_columns()))

    def __repr__(self) -> str:
        less = "" if self.objective.latency is None else " less latency"
        size = f"{count(self.n_vms, 'VM')} on {count(self.n_hosts, 'host')}"
        goals = "".join(f", {level}" for level in self.objective.goal_levels)
        return f"Instance({size}; {', '.join(self.resources)}; {self.objective.weighting} weighting{less}{goals})"


def _row(index: Any, names: Names, what: str) -> int:
    """Return the number of a row, which may be counted from the end."""
    if not checks.is_integer(index) or not -len(names) <= int(index) < len(names):
        raise InstanceError(f"there is no {what} {checks.shown(index)}: give a number from 0 to {len(names) - 1}.")
    return int(index)
