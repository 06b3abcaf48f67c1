"""Offered load: how much requests ask of hosts in the time in which they come, and how to change it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import InstanceError
from vmopt.model import columns
from vmopt.model.happenings import Change, HostEvent
from vmopt.model.host import Host

if TYPE_CHECKING:
    from vmopt.model.instance import Instance


class OfferedLoad(ABC):
    """What requests know of their pace."""

    arrival: FloatArray
    duration: FloatArray
    changes: tuple[Change, ...]
    host_events: tuple[HostEvent, ...]

    @abstractmethod
    def on(self, hosts: Instance | Iterable[Host]) -> Instance:
        """Return the instance of all VMs on these hosts."""

    @property
    def span(self) -> float:
        """Seconds from the first arrival to the last."""
        return float(self.arrival.max() - self.arrival.min())

    def offered_load(self, hosts: Instance | Iterable[Host]) -> float:
        """Demand times duration over capacity times `span`, of the most wanted resource; infinite durations count 0.

        Above 1 the hosts cannot serve all of it in the time in which it comes; it is infinite where all comes at once.
        A duration counts in full even where it is longer than the span: with many of those the hosts stay emptier than
        the load says.
        """
        instance = self.on(hosts)
        finite = np.where(np.isfinite(self.duration), self.duration, 0.0)
        asked = finite @ instance.demand
        offered = instance.total * self.span
        at_once = np.where((asked > 0) & (instance.total > 0), np.inf, 0.0)
        return float(np.divide(asked, offered, out=at_once, where=offered > 0).max())

    def squeezed(self, factor: float) -> Self:
        """Let everything come `factor` times as fast, with durations as they are; the first arrival stays.

        The usual way to load a cluster more with the requests of a trace (Feitelson, Workload Modeling, 2015, 8.2).

        Examples
        --------
        >>> from vmopt.model.requests import Requests
        >>> Requests.from_arrays([10, 30], [[1], [1]]).squeezed(2).arrival.tolist()
        [10.0, 20.0]
        """
        factor = checks.positive(factor, "factor", InstanceError, "such as 2 for twice as fast")
        first = float(self.arrival.min())

        def sooner(time: Any) -> Any:
            return first + (time - first) / factor

        itself: Any = self  # a dataclass, as its subclass is
        squeezed: Self = replace(
            itself,
            arrival=columns.frozen(sooner(self.arrival)),
            changes=tuple(replace(change, time=sooner(change.time)) for change in self.changes),
            host_events=tuple(replace(event, time=sooner(event.time)) for event in self.host_events),
        )
        return squeezed

    def at_load(self, load: float, hosts: Instance | Iterable[Host]) -> Self:
        """Squeeze or stretch the arrivals so that the offered load on these hosts is `load`.

        Raises
        ------
        InstanceError
            If `load` is no number above 0, or all VMs come at once or ask for nothing that ends: then no pace gives it.
        """
        wanted, offered = checks.positive(load, "load", InstanceError, "such as 1.3"), self.offered_load(hosts)
        if offered == np.inf:
            raise InstanceError("all VMs come at once, and squeezed or stretched still do: let them arrive apart.")
        if offered == 0:
            raise InstanceError(
                "the VMs ask for nothing that the hosts have and that ends, which is a load of 0 at any pace: "
                "give them demands and finite durations."
            )
        return self.squeezed(wanted / offered)
