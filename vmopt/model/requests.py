"""Requests: VMs that come, ask, run for a while and leave, as columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.model import amounts, columns, on_hosts
from vmopt.model.happenings import Change, HostEvent, checked_changes, checked_host_events
from vmopt.model.host import Host
from vmopt.model.index_labels import by_place
from vmopt.model.indexed_rows import IndexedRows
from vmopt.model.instance import Instance
from vmopt.model.label_rows import kept_rows
from vmopt.model.names import Names
from vmopt.model.objective import Objective
from vmopt.model.offered_load import OfferedLoad
from vmopt.model.parts import OneOf, pieces_of
from vmopt.model.resources import resources_of
from vmopt.model.rule import Rule, narrowed_rules
from vmopt.model.tables import read_table
from vmopt.plurals import count


@dataclass(frozen=True, eq=False, repr=False)
class Requests(OfferedLoad):
    """VMs with a time of arrival and a duration, and what else happens meanwhile. Make them with `from_arrays`.

    Attributes
    ----------
    arrival : (n_vms,) float64 array
        When each VM asks to run, in seconds.
    duration : (n_vms,) float64 array
        For how long it runs once it has started, in seconds; infinite: until the end.
    demand : (n_vms, n_resources) array
        In the user's own units.
    priority : (n_vms,) float64 array
    reservation : (n_vms, n_resources) array or None
        What an elastic VM must get to run at all.
    resources : tuple of str
    vm_names : Names
    changes : tuple of Change
        In the order of their times.
    host_events : tuple of HostEvent
        In the order of their times.
    objective : Objective
    vm_labels : tuple of mappings or None
    rules : tuple of Rule
        What is demanded at every moment, beyond capacity, of the VMs that run.
    pieces : tuple of OneOf or None for each VM, or None
        What each VM asks of parts of its host; None where none asks for any.

    Examples
    --------
    >>> requests = Requests.from_arrays([0, 60], [[4], [8]], duration=[3600, 600], resources=["cpu"])
    >>> requests.n_vms, requests.vm_names[1]
    (2, 'vm-1')
    """

    arrival: FloatArray
    duration: FloatArray
    demand: Any
    priority: FloatArray
    reservation: Any
    resources: tuple[str, ...]
    vm_names: Names
    changes: tuple[Change, ...]
    host_events: tuple[HostEvent, ...]
    objective: Objective
    vm_labels: columns.Labels | None = None
    rules: tuple[Rule, ...] = ()
    pieces: tuple[OneOf | None, ...] | None = None

    @classmethod
    def from_arrays(
        cls,
        arrival: Any,
        demand: Any,
        *,
        duration: Any = None,
        priority: Any = None,
        reservation: Any = None,
        resources: Sequence[str] | None = None,
        vm_names: Sequence[str] | None = None,
        changes: Iterable[Change] = (),
        host_events: Iterable[HostEvent] = (),
        objective: Objective | None = None,
        vm_labels: Sequence[Mapping[str, str]] | None = None,
        rules: Sequence[Rule] = (),
        pieces: Any = None,
    ) -> Requests:
        """Make requests from columns, in any order of arrival.

        Parameters
        ----------
        arrival : (n_vms,) array-like
            Seconds, finite.
        demand : (n_vms, n_resources) array-like
            Amounts in your own units, at least 0. Names and labels count as in `Instance.from_arrays`.
        duration : (n_vms,) array-like, optional
            Seconds, above 0; infinite, and by default: until the end.
        priority : (n_vms,) array-like, optional
            Positive (any integers where the objective has tiers); default 1.
        reservation : (n_vms, n_resources) array-like, optional
            At most the demand; default: the demand.
        resources, vm_names : sequences of str, optional
        changes : iterable of Change, optional
        host_events : iterable of HostEvent, optional
        objective : Objective, optional
        vm_labels : sequence of mappings of str to str, optional
        rules : sequence of Rule, optional
            Such as `vmopt.Spread`; names and labels of hosts are looked up when there are hosts.
        pieces : sequence of lists of Pieces, or of OneOf, optional
            What each VM asks of parts of its host; None for nothing. Of a million VMs a rule `Inside` says it.

        Raises
        ------
        InstanceError
            If a column has the wrong shape or an entry makes no sense; the VM is named.
        """
        demand = read_table(demand)
        columns.length(demand, "VM")
        vms = IndexedRows.of(demand, vm_names, "VM", "demand")
        kinds = resources_of(resources, demand=demand)
        goal = columns.objective(objective, kinds)
        if goal.latency is not None:
            raise InstanceError("requests come and go, latency is of one placement: leave it out of the objective.")
        if goal.goal_levels:
            raise InstanceError("requests come and go, goals are of one placement: leave levels out of the objective.")
        asked = _amounts(vms, demand, kinds, "demand")
        reserved = None if reservation is None else _amounts(vms, reservation, kinds, "reservation")
        arrival = vms.column(arrival, "arrival")
        stay = np.full(len(demand), np.inf) if duration is None else vms.column(duration, "duration")
        return cls(
            arrival=columns.frozen(columns.seconds(arrival, vms.names, "arrival", positive=False)),
            duration=columns.frozen(columns.seconds(stay, vms.names, "duration")),
            demand=asked,
            priority=columns.frozen(columns.priorities(vms.column(priority, "priority"), vms.names, goal.weighting)),
            reservation=reserved,
            resources=kinds,
            vm_names=vms.names,
            changes=checked_changes(changes, vms.names.index_of, kinds),
            host_events=checked_host_events(host_events),
            objective=goal,
            vm_labels=columns.labels(vms.column(vm_labels, "vm_labels"), vms.names, "VM"),
            rules=columns.rules(rules),
            pieces=pieces_of(vms.column(pieces, "pieces"), len(vms.names)),
        )

    @property
    def reserved(self) -> Any:
        """What each VM must get to run at all: its reservation, or its demand where nothing is elastic."""
        return self.demand if self.reservation is None else self.reservation

    @property
    def elastic(self) -> bool:
        """Whether any VM can do with less than it asks for."""
        return self.reservation is not None

    @property
    def n_vms(self) -> int:
        """Number of VMs."""
        return len(self.arrival)

    def take(self, vms: Any) -> Requests:
        """Keep some of the VMs, by index or mask, with the changes and rules that concern them.

        Raises
        ------
        InstanceError
            If `vms` is no such column, or names none.
        """
        by_place(vms, "vms", "the VMs")
        try:
            kept = np.atleast_1d(np.arange(self.n_vms)[vms])
        except (IndexError, TypeError, ValueError, OverflowError) as error:
            raise InstanceError(f"vms is {checks.shown(vms)}: give indices or a mask ({error}).") from None
        if kept.ndim != 1 or len(set(kept.tolist())) < len(kept):
            raise InstanceError(f"vms is {checks.shown(vms)}: give one column of indices, each once, or a mask.")
        names = self.vm_names.kept(kept)
        return Requests.from_arrays(
            self.arrival[kept],
            self.demand[kept],
            duration=self.duration[kept],
            priority=self.priority[kept],
            reservation=self.reserved[kept] if self.elastic else None,
            resources=self.resources,
            vm_names=names,
            changes=[change for change in self.changes if change.vm in names.index_of],
            host_events=self.host_events,
            objective=self.objective,
            vm_labels=kept_rows(self.vm_labels, kept),
            rules=narrowed_rules(self.rules, self.vm_names, self.vm_labels, kept),
            pieces=None if self.pieces is None else [self.pieces[i] for i in kept.tolist()],
        )

    def on(self, hosts: Instance | Iterable[Host]) -> Instance:
        """Return the instance of all these VMs on these hosts, as if they came at once and stayed.

        Raises
        ------
        InstanceError
            If the hosts lack a resource, or a rule speaks of VMs, hosts or labels that there are not.
        """
        return Instance.from_arrays(
            self.demand,
            priority=self.priority,
            vm_names=self.vm_names if self.vm_names.are_given else None,
            objective=self.objective,
            reservation=self.reserved if self.elastic else None,
            vm_labels=self.vm_labels,
            rules=self.rules_on(hosts),
            **self.host_columns(hosts),
        )

    def host_columns(self, hosts: Instance | Iterable[Host]) -> dict[str, Any]:
        """Return the hosts as arguments of `Instance.from_arrays`, with the resources in the order of the requests."""
        return on_hosts.host_columns(hosts, self.resources)

    def rules_on(self, hosts: Instance | Iterable[Host]) -> tuple[Rule, ...]:
        """Return the rules of these requests on hosts: their own, those that speak of hosts only, and `Inside`."""
        asked = None if self.pieces is None else dict(zip(self.vm_names, self.pieces, strict=True))
        return on_hosts.rules_on(hosts, self.rules, asked)

    def __repr__(self) -> str:
        return f"Requests({count(self.n_vms, 'VM')} within {self.span:,.0f} s; {', '.join(self.resources)})"


def require_requests(requests: object) -> Requests:
    """Return `requests`, or say clearly that they are something else."""
    if not isinstance(requests, Requests):
        raise InstanceError(f"expected Requests, got {type(requests).__name__}: make them with Requests.from_arrays.")
    return requests


def _amounts(vms: IndexedRows, table: Any, resources: tuple[str, ...], what: str) -> FloatArray | IntArray:
    """Check a table of amounts; the columns keep their digits."""
    checked: FloatArray | IntArray = amounts.as_table(columns.amounts_of(vms, table, resources, what))
    return columns.frozen(checked)
