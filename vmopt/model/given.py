"""An instance as it was given: its columns in the user's own units, its rows, and how it is copied and shown."""

from __future__ import annotations

from typing import Any

from vmopt.arrays import BoolArray, IntArray
from vmopt.model import amounts, columns, rows
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
        return rows.host_at(self, index)

    def vm(self, index: int) -> VM:
        """Row view of one VM."""
        return rows.vm_at(self, index)

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
