"""Several policies with the same requests, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, overload

from vmopt import checks
from vmopt.errors import InstanceError, OptionError
from vmopt.model.host import Host
from vmopt.model.instance import Instance
from vmopt.model.requests import Requests
from vmopt.simulation.measures import spread
from vmopt.simulation.run import simulate
from vmopt.simulation.scheduling.base import Policy
from vmopt.simulation.timeline import Timeline
from vmopt.summary.figures import number, percent
from vmopt.summary.layout import Table, table_html, table_text


class PolicyRow(NamedTuple):
    """One policy in a comparison.

    Attributes
    ----------
    policy : str
    weighted, utilisation : float
        Averaged over time, from the first arrival to the last (or to the end).
    waiting_mean, waiting_p95 : float
        Seconds, of all VMs that came.
    top_waiting_mean : float
        Seconds, of the VMs of the highest priority.
    slowdown_mean : float
    starved, rejected, preempted, moved : int
    decision_seconds : float
        Wall clock of all decisions.
    """

    policy: str
    weighted: float
    utilisation: float
    waiting_mean: float
    waiting_p95: float
    top_waiting_mean: float
    slowdown_mean: float
    starved: int
    rejected: int
    preempted: int
    moved: int
    decision_seconds: float


class PolicyComparison(Sequence[PolicyRow]):
    """A table of timelines of the same requests: prints as text, shows as HTML, and is what ``pandas.DataFrame`` takes.

    Attributes
    ----------
    timelines : tuple of Timeline
        In the order of the rows.

    Raises
    ------
    OptionError
        If there is nothing to compare.
    InstanceError
        If the timelines are not all of the same requests until the same time.

    Examples
    --------
    >>> import vmopt
    >>> requests = vmopt.Requests.from_arrays([0, 1, 2], [[6], [6], [2]], duration=[60, 60, 60], resources=["cpu"])
    >>> rows = vmopt.compare_policies([vmopt.Host("h1", {"cpu": 8})], requests, ["fcfs", "fcfs:strict"])
    >>> [(row.policy, row.waiting_mean) for row in rows]
    [('fcfs', 19.666666666666668), ('fcfs:strict', 39.0)]
    """

    def __init__(self, timelines: Iterable[Timeline]) -> None:
        self.timelines = tuple(
            checks.of_kind(one, Timeline, "one of the timelines", "what vmopt.simulate returned")
            for one in checks.listed(timelines, "timelines", what="a list of Timelines")
        )
        if not self.timelines:
            raise OptionError("there is nothing to compare: give at least one timeline.")
        first = self.timelines[0]
        for other in self.timelines[1:]:
            if other.workload.instance != first.workload.instance or other.until != first.until:
                raise InstanceError("the timelines are not of the same requests and end: simulate them alike.")
        # windows of the same length make averages comparable
        self._window = first.window[0], min(timeline.window[1] for timeline in self.timelines)
        self._rows = tuple(self._row(timeline) for timeline in self.timelines)

    @property
    def best(self) -> Timeline:
        """The timeline of the largest weighted utilisation; of equals, the first."""
        return max(zip(self._rows, self.timelines, strict=True), key=lambda pair: pair[0].weighted)[1]

    @overload
    def __getitem__(self, position: int) -> PolicyRow: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[PolicyRow, ...]: ...
    def __getitem__(self, position: int | slice) -> PolicyRow | tuple[PolicyRow, ...]:
        return self._rows[position]

    def __len__(self) -> int:
        return len(self._rows)

    def table(self) -> Table:
        """Return the rows as cells of text, under a header."""
        header = (
            "policy",
            "weighted",
            "utilisation",
            "waits: mean",
            "95 %",
            "top priority",
            "slowdown",
            "starved",
            "rejected",
            "preempted",
            "moved",
            "deciding",
        )
        return Table(header, [_cells(row) for row in self._rows])

    def __str__(self) -> str:
        return table_text(self.table())

    def __repr__(self) -> str:
        return f"PolicyComparison({', '.join(f'{row.policy} {number(row.weighted)}' for row in self._rows)})"

    def _repr_html_(self) -> str:
        return table_html(self.table())

    def _row(self, timeline: Timeline) -> PolicyRow:
        ranks = timeline.by_priority()
        vms = timeline.vms
        came = ~timeline.rejected & (vms["arrival"] <= timeline.end)
        waiting = spread(vms["waited"][came])
        return PolicyRow(
            policy=timeline.policy,
            weighted=timeline.mean_weighted(self._window),
            utilisation=timeline.mean_utilisation(self._window),
            waiting_mean=waiting.mean,
            waiting_p95=waiting.p95,
            top_waiting_mean=ranks[0].waiting.mean if ranks else float("nan"),
            slowdown_mean=spread(vms["slowdown"][came]).mean,
            starved=int(timeline.starved.sum()),
            rejected=int(timeline.rejected.sum()),
            preempted=timeline.n_preemptions,
            moved=timeline.n_moves,
            decision_seconds=timeline.decision_seconds,
        )


ProgressCallback = Callable[[str, float, int, int], object]
"""Told (policy, seconds of the simulation, VMs that have come, VMs that wait), now and then."""


OPTIONS = ("reallocate", "preemption", "seed", "until")
"""What `simulate` takes for every policy."""


def compare_policies(
    hosts: Instance | Iterable[Host],
    requests: Requests,
    policies: Iterable[str | Policy] = ("fcfs", "priority", "demand-largest", "optimal"),
    *,
    progress: ProgressCallback | None = None,
    **options: Any,
) -> PolicyComparison:
    """Simulate the same requests under several policies.

    Parameters
    ----------
    hosts, requests
        As for `simulate`.
    policies : iterable of str or Policy
    progress : callable, optional
        Called as ``progress(policy, now, n_come, n_waiting)`` after every event.
    **options
        As for `simulate`.

    Returns
    -------
    PolicyComparison

    Examples
    --------
    >>> requests = Requests.from_arrays([0, 1, 2], [[6], [6], [2]], duration=[60, 60, 60], resources=["cpu"])
    >>> rows = compare_policies([Host("h1", {"cpu": 8})], requests, ["fcfs", "fcfs:strict"])
    >>> [row.waiting_mean for row in rows]
    [19.666666666666668, 39.0]
    """
    if isinstance(policies, str):
        raise OptionError(f"policies is the string {policies!r}: give a list, such as [{policies!r}].")
    checks.called(progress, "progress", "policy, now, n_come, n_waiting")
    checks.known_only(options, OPTIONS, "compare_policies, which hands on what simulate takes,")
    what = "an Instance, or a list of Host objects"
    kept = checks.listed(hosts, "hosts", InstanceError, what) if not isinstance(hosts, Instance) else hosts
    timelines = []
    for policy in checks.listed(policies, "policies", what="a list of policies"):
        name = policy if isinstance(policy, str) else getattr(policy, "name", "")
        told = None if progress is None else lambda *where, name=name: progress(name, *where)
        timelines.append(simulate(kept, requests, policy=policy, progress=told, **options))
    return PolicyComparison(timelines)


def _cells(row: PolicyRow) -> tuple[str, ...]:
    return (
        row.policy,
        number(row.weighted, 5),
        percent(row.utilisation, 2),
        f"{row.waiting_mean:,.0f} s",
        f"{row.waiting_p95:,.0f} s",
        f"{row.top_waiting_mean:,.0f} s",
        f"{row.slowdown_mean:,.2f}",
        f"{row.starved:,}",
        f"{row.rejected:,}",
        f"{row.preempted:,}",
        f"{row.moved:,}",
        f"{row.decision_seconds:,.1f} s",
    )
