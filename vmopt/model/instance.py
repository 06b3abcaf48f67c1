"""Instance: the data of one placement problem, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model import columns, rows
from vmopt.model.current import current_of, move_costs, transient_of
from vmopt.model.given import Given
from vmopt.model.host import Host
from vmopt.model.indexed_rows import IndexedRows
from vmopt.model.names import Names
from vmopt.model.objective import Objective
from vmopt.model.resources import resources_of
from vmopt.model.rule import Rule
from vmopt.model.tables import read_table
from vmopt.model.vm import VM
from vmopt.model.worth import Worth, worth_of


@dataclass(frozen=True, eq=False, repr=False)
class Instance(Given):
    """Hosts, VMs and an objective. Frozen; make one with `from_rows` or `from_arrays`, a changed one with `replace`.

    Attributes
    ----------
    demand : (n_vms, n_resources) int64 array
        What each VM asks for, in units of ``1 / scale[k]``.
    capacity : (n_hosts, n_resources) int64 array
        What each host offers, in the same units.
    priority : (n_vms,) float64 array
        Weight of each VM; under tiers its level, an integer.
    own_value : (n_vms,) float64 array or None
        Value that a VM brings of its own; NaN where it has none.
    resources : tuple of str
        Names of the resources, the columns of `demand` and `capacity`.
    scale : (n_resources,) int64 array
        What the given amounts were multiplied by to make them integers; 1 where they were integers.
    vm_names, host_names : Names
        Kept if given, else made on demand.
    is_container : (n_vms,) bool array or None
        Which VMs are containers; None where none is.
    vm_labels, host_labels : tuple of mappings or None
    objective : Objective
    reservation : (n_vms, n_resources) int64 array or None
        What each VM must get, at most its demand; None where every VM must get its demand.
    rules : tuple of Rule
        What is demanded of a placement beyond capacity: see `vmopt.rules`.
    current : (n_vms,) int64 array or None
        Host on which each VM runs now, -1 for none; None where nothing runs yet.
    move_cost : (n_vms,) float64 array or None
        What moving or stopping each VM costs that runs; None for 1 each.
    transient : tuple of str
        Resources that a VM takes on its old and on its new host while it moves.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4, 16], [8, 8]], [[8, 32]], resources=("cpu", "memory"))
    >>> cluster.n_vms, cluster.n_hosts, cluster.value.round(3).tolist()
    (2, 1, [0.5, 0.625])
    """

    demand: IntArray
    capacity: IntArray
    priority: FloatArray
    own_value: FloatArray | None
    resources: tuple[str, ...]
    scale: IntArray
    vm_names: Names
    host_names: Names
    is_container: BoolArray | None
    vm_labels: columns.Labels | None
    host_labels: columns.Labels | None
    objective: Objective
    reservation: IntArray | None = None
    rules: tuple[Rule, ...] = ()
    current: IntArray | None = None
    move_cost: FloatArray | None = None
    transient: tuple[str, ...] = ()

    @classmethod
    def from_arrays(
        cls,
        demand: Any,
        capacity: Any,
        *,
        priority: Any = None,
        value: Any = None,
        resources: Sequence[str] | None = None,
        vm_names: Sequence[str] | None = None,
        host_names: Sequence[str] | None = None,
        is_container: Any = None,
        vm_labels: Sequence[Mapping[str, str]] | None = None,
        host_labels: Sequence[Mapping[str, str]] | None = None,
        objective: Objective | None = None,
        reservation: Any = None,
        rules: Sequence[Rule] = (),
        current: Any = None,
        move_cost: Any = None,
        transient: str | Sequence[str] = (),
    ) -> Instance:
        """Make an instance from columns; no object per VM or host is made.

        Parameters
        ----------
        demand, capacity : (n_vms, n_resources) and (n_hosts, n_resources) array-likes
            A data frame, an Arrow table, a structured array or a dict of columns is matched by the names of its columns
            and the labels of its rows, where it has them; without `resources` its columns name the resources.
            A Series, or an Arrow array, is the column of one resource.
            Amounts in your own units, integers or floats, at least 0. A float counts as the simple fraction or decimal
            that it is the nearest float of: 0.1, 1/3 and 100/1024 are exact, and so are sums of them.
        priority : (n_vms,) array-like, optional
            Positive (any integers where the objective has tiers); default 1.
        value : (n_vms,) array-like, optional
            Value of each VM in place of weight times share; NaN for VMs that have none.
        resources : sequence of str, optional
            Default: as the columns are named, else ``resource-0``, ``resource-1``, ...
        vm_names, host_names, vm_labels, host_labels : sequences of str, and of mappings of str to str, optional
        is_container : (n_vms,) bool array-like, optional
        objective : Objective, optional
            Default: priority weighting.
        reservation : (n_vms, n_resources) array-like, optional
            What each VM must get to run at all, at most its demand; default: the demand.
        rules : sequence of Rule, optional
            Such as `vmopt.Spread`; see `vmopt.rules`.
        current : mapping of VM name to host name, Solution, or (n_vms,) array-like, optional
            Where VMs run now: hosts by name or by position; None or -1 for a VM that runs nowhere.
        move_cost : (n_vms,) array-like, optional
            What moving, or stopping, each VM costs that runs now; default 1.
        transient : str or sequence of str, optional
            Resources that a VM takes on its old and on its new host while it moves.

        Raises
        ------
        InstanceError
            If anything is negative, NaN, infinite, too large, of the wrong shape, or named twice; if labels differ.

        Warns
        -----
        RoundingWarning
            Where the floats of a resource have no common unit, demand was rounded up and capacity down.

        Notes
        -----
        What is labelled (the index of pandas, the keys of a dict) is matched by its labels, whatever its order: with
        the other tables and columns of the same VMs or hosts, and where the labels are strings with their names. An
        index that only counts from 0 says nothing, unless another has the same numbers in another order.
        """
        demand, capacity = read_table(demand), read_table(capacity)
        columns.length(demand, "VM"), columns.length(capacity, "host")
        vms = IndexedRows.of(demand, vm_names, "VM", "demand")
        hosts = IndexedRows.of(capacity, host_names, "host", "capacity")
        kinds = resources_of(resources, capacity=capacity, demand=demand)
        asked = columns.amounts_of(vms, demand, kinds, "demand")
        offered = columns.amounts_of(hosts, capacity, kinds, "capacity")
        reserved = None if reservation is None else columns.amounts_of(vms, reservation, kinds, "reservation")
        goal = columns.objective(objective, kinds)
        demand_int, capacity_int, scale, reserved_int = columns.integers(asked, offered, kinds, reserved)
        instance = cls(
            demand=columns.frozen(demand_int),
            capacity=columns.frozen(capacity_int),
            priority=columns.frozen(columns.priorities(vms.column(priority, "priority"), vms.names, goal.weighting)),
            own_value=columns.own_values(vms.column(value, "value"), vms.names),
            resources=kinds,
            scale=columns.frozen(scale),
            vm_names=vms.names,
            host_names=hosts.names,
            is_container=columns.container_flags(vms.column(is_container, "is_container"), len(demand)),
            vm_labels=columns.labels(vms.column(vm_labels, "vm_labels"), vms.names, "VM"),
            host_labels=columns.labels(hosts.column(host_labels, "host_labels"), hosts.names, "host"),
            objective=goal,
            reservation=columns.elastic(reserved_int, demand_int, vms.names, kinds),
            rules=columns.rules(rules),
            current=current_of(current, vms, hosts.names),
            move_cost=move_costs(None if move_cost is None else vms.column(move_cost, "move_cost"), vms.names),
            transient=transient_of(transient, kinds),
        )
        instance.check_objective()
        return instance

    @classmethod
    def from_rows(
        cls,
        hosts: Iterable[Host],
        vms: Iterable[VM],
        *,
        resources: Sequence[str] | None = None,
        objective: Objective | None = None,
        rules: Sequence[Rule] = (),
        transient: str | Sequence[str] = (),
    ) -> Instance:
        """Make an instance from `Host` and `VM` objects.

        Parameters
        ----------
        hosts, vms : iterables of Host and of VM
        resources : sequence of str, optional
            Order of the resources; default: as the hosts first name them.
        objective : Objective, optional
            Default: priority weighting.
        rules : sequence of Rule, optional
        transient : str or sequence of str, optional
            Resources that a VM takes on its old and on its new host while it moves.

        Raises
        ------
        InstanceError
            If a VM asks for a resource that no host names, or as for `from_arrays`.
        """
        hosts, vms = rows.listed(hosts, Host, "host"), rows.listed(vms, VM, "VM")
        columns_given = rows.to_columns(hosts, vms, resources)
        rules = [*columns.rules(rules), *rows.rules_of_parts(hosts, vms)]
        return cls.from_arrays(**columns_given, objective=objective, rules=rules, transient=transient)

    def replace(self, **changes: Any) -> Instance:
        """Make a changed copy; takes the arguments of `from_arrays`, amounts in the user's own units.

        Examples
        --------
        >>> cluster = Instance.from_arrays([[4]], [[8]])
        >>> cluster.replace(priority=[7]).priority.tolist()
        [7.0]
        """
        columns_now = self.as_columns()
        checks.known_only(changes, columns_now, "an Instance")
        return Instance.from_arrays(**{**columns_now, **changes})

    @cached_property
    def worth(self) -> Worth | None:
        """What a VM of each class is worth exactly; None where that is not worked out."""
        return worth_of(self)

    def _repr_html_(self) -> str:
        from vmopt import summary

        return summary.instance_html(self)


def require_instance(instance: object) -> Instance:
    """Return `instance`, or say clearly that it is something else."""
    if not isinstance(instance, Instance):
        given = type(instance).__name__
        raise InstanceError(f"expected an Instance, got {given}: make one with Instance.from_rows or vmopt.io.read.")
    return instance
