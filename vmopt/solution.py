"""Solution: what comes back, and how far to trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from vmopt import checks, metrics
from vmopt.arrays import FloatArray, IntArray
from vmopt.bounds import Bound, PatternBound, RulePrices
from vmopt.carried_over import CarriedOver
from vmopt.elastic.allocation import best_allocation
from vmopt.errors import OptionError, VmoptError
from vmopt.gap import relative_gap
from vmopt.latency_trade import LatencyTrade
from vmopt.levels import Level
from vmopt.model.instance import Instance
from vmopt.placement import Placement
from vmopt.plurals import count
from vmopt.rules.inside import Landing, landings
from vmopt.status import Limit, Status

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from vmopt.network import Network, Traffic


class HistoryPoint(NamedTuple):
    """What a search knew at one moment.

    Attributes
    ----------
    seconds : float
        Wall clock since the call began.
    objective, bound : float
        Of the best placement so far (0 while there is none), and the best bound so far.
    method : str
        Which method had just improved one of them.
    """

    seconds: float
    objective: float
    bound: float
    method: str


@dataclass(frozen=True, eq=False, repr=False)
class Solution:
    """A verified placement, how good it is, and how good it could be at most.

    Attributes
    ----------
    instance : Instance
    host_index : (n_vms,) int64 array
        Host of each VM, -1 where it runs nowhere.
    status : Status
    limit : Limit or None
        Why the search stopped early, None when it ended by itself.
    objective : float
        Sum of the values of the placed VMs, less weighted latency where the objective has it, and less the penalties of
        soft rules, recomputed from the data; 0 where there is no placement.
    certificate : Bound
        What no placement is worth more than, at least `objective`, and what proves it: see `vmopt.bounds`. With tiers:
        none that has as much in every level above. `bound` is its value, `bound_by` says it in words.
    method : str
    backend : str or None
        Name and version of the backend that ran, None when none did.
    build_seconds, solve_seconds : float
        Wall clock spent building programs, and in the whole call.
    seed : int
    requested_gap : float
        Gap at which the search was to stop.
    prices : (n_host_classes, n_resources) array or None
        Prices that prove `bound`, or where it is by something else the most that prices prove.
    rule_prices : RulePrices or None
        Prices of limits of rules that belong to them; None where none costs anything.
    history : tuple of HistoryPoint
        How objective and bound came about, thinned where there were many improvements; empty where nothing searched,
        as in a solution read from a file.
    warm_start : CarriedOver or None
        How much was kept of the placement that the search started from, where it was given by names; in memory only.
    elastic_allocation : (n_vms, n_resources) int64 array or None
        What each VM gets; None for the best that the placement allows. `allocation` is always there.
    levels : tuple of Level
        Where priorities are tiers: value, bound, gap and status of each, the highest first. `objective` and `bound` are
        their sums, so that the gap is within the one requested where every level is; else empty.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[5], [4], [3]], [[8]], value=[5, 4, 2]))
    >>> solution.objective, solution.bound, solution.status.value, solution.unplaced
    (7.0, 7.0, 'optimal', ('vm-1',))
    """

    instance: Instance
    host_index: IntArray
    status: Status
    limit: Limit | None
    objective: float
    certificate: Bound
    method: str
    backend: str | None
    build_seconds: float
    solve_seconds: float
    seed: int
    requested_gap: float
    prices: FloatArray | None = None
    history: tuple[HistoryPoint, ...] = ()
    elastic_allocation: IntArray | None = None
    levels: tuple[Level, ...] = ()
    warm_start: CarriedOver | None = None
    rule_prices: RulePrices | None = None

    @property
    def bound(self) -> float:
        """No placement is worth more; at least `objective`."""
        return self.certificate.value

    @property
    def bound_by(self) -> str:
        """Where the bound comes from: ``prices``, ``patterns``, ``levels``, or the name of a backend; for people."""
        return self.certificate.by

    @property
    def pattern_bound(self) -> PatternBound | None:
        """What proves the bound, where it is by patterns."""
        proof = self.certificate.proof
        return proof if isinstance(proof, PatternBound) else None

    @property
    def gap(self) -> float:
        """``(bound - objective) / |bound|``; 0 where they are equal, inf where only the bound is 0."""
        return relative_gap(self.objective, self.bound)

    @property
    def trade(self) -> LatencyTrade | None:
        """Latency and what it costs, where it has a price."""
        delays, latency = self.instance.delays, self.instance.objective.latency
        if delays is None or latency is None or not latency.weight:
            return None
        mean = delays.cost(self.host_index) / latency.weight
        return LatencyTrade(latency.weight, mean, self.objective, self.bound)

    @property
    def placement(self) -> Placement:
        """VM name to host name, for the placed VMs."""
        return Placement(self.instance, self.host_index)

    @cached_property
    def parts(self) -> dict[str, tuple[Landing, ...]]:
        """Where the pieces of each placed VM are on the parts of its host, by VM name; empty where hosts have none."""
        return landings(self.instance, self.host_index)

    def landed_as(self, landed: Mapping[str, tuple[Landing, ...]]) -> Self:
        """Return it with pieces where they are said to be: `vmopt.check_landings` has judged that."""
        found = replace(self)
        found.__dict__["parts"] = checks.mapping(landed, "landed", "VM names to Landings")
        return found

    @property
    def unplaced(self) -> tuple[str, ...]:
        """Names of the VMs that run nowhere."""
        return tuple(self.instance.vm_names[int(i)] for i in np.flatnonzero(self.host_index < 0))

    @property
    def n_placed(self) -> int:
        """Number of VMs that run."""
        return int(np.count_nonzero(self.host_index >= 0))

    @cached_property
    def allocation(self) -> IntArray:
        """What each VM gets, ``(n_vms, n_resources)``, in the instance's integer units; 0 where it is unplaced."""
        given = self.elastic_allocation
        return best_allocation(self.instance, self.host_index) if given is None else given

    @cached_property
    def loads(self) -> IntArray:
        """Load of each host and resource, ``(n_hosts, n_resources)``, in the instance's integer units."""
        return metrics.loads(self.instance, self.host_index, self.allocation if self.instance.elastic else None)

    @property
    def host_utilisation(self) -> FloatArray:
        """Load over capacity of each host and resource, ``(n_hosts, n_resources)``."""
        return metrics.utilisation(self.loads, self.instance.capacity)

    @property
    def utilisation(self) -> dict[str, float]:
        """Load over capacity of the whole cluster, by resource."""
        overall = metrics.utilisation(self.loads.sum(axis=0), self.instance.total)
        return dict(zip(self.instance.resources, overall.tolist(), strict=True))

    def as_level(self) -> Level:
        """Return what it says itself as a level: the one tier of an instance whose VMs all have one priority."""
        return Level(int(self.instance.priority[0]), self.objective, self.certificate, self.status, self.solve_seconds)

    def summary(self, network: Network | None = None, traffic: Traffic | None = None) -> str:
        """Return what the solution is, in a few lines of plain text; with a network and traffic, their figures too."""
        from vmopt import indicators, summary

        return summary.text(self, indicators.facts_of_traffic(self, network, traffic))

    def plot(self) -> Axes:
        """Draw how full the hosts are, what was left out, and how the search went; needs the extra ``plot``.

        Returns
        -------
        matplotlib.axes.Axes
            The picture of the hosts; its ``figure`` holds all of them.
        """
        from vmopt import plotting

        return plotting.overview(self)

    def __repr__(self) -> str:
        if self.instance.objective.goal_levels and self.levels:
            said = "; ".join(f"{row.goal} {row.value:.6g}, bound {row.bound:.6g}" for row in self.levels)
        else:
            said = f"objective {self.objective:.6g}, bound {self.bound:.6g}, gap {self.gap:.3%}"
        return f"Solution({self.status.value}; {said}; {self.n_placed:,} of {count(self.instance.n_vms, 'VM')} placed)"

    def _repr_html_(self) -> str:
        from vmopt import summary

        return summary.html(self)


def require_solution(solution: object, error: type[VmoptError] = OptionError, name: str = "the solution") -> Solution:
    """Return `solution`, or say clearly that it is something else; `name` is the argument's."""
    return checks.of_kind(solution, Solution, name, "what vmopt.solve returned", error)
