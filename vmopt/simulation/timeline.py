"""Timeline: what happened in a simulation, and how good it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vmopt import checks
from vmopt.plurals import count
from vmopt.rules import Breach
from vmopt.rules.inside import Landing
from vmopt.simulation import frames, landed, recheck
from vmopt.simulation.course import Course
from vmopt.simulation.kinds import VMState
from vmopt.simulation.lives import Table
from vmopt.simulation.workload import Workload

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, eq=False, repr=False)
class Timeline(Course):
    """What `simulate` returns. Arrays with a row for each event, moment and VM; prints as text, shows as HTML.

    Attributes
    ----------
    workload : Workload
        Requests and hosts, as the simulation saw them.
    policy : str
    reallocate : str or None
        Sharing policy of the hosts at every event; None if VMs kept what they got at their start.
    seed : int
    until : float
        When the simulation was to stop, infinite if when nothing more could happen.
    events : (n_events,) structured array
        ``time``, ``kind`` (an `EventKind`), ``vm``, ``host`` (-1 where none is concerned).
    series : (n_moments,) structured array
        ``time``, and from then on ``utilisation`` (the mean over the resources of what is given over the capacity of
        all hosts, closed ones included), ``weighted`` (the objective: sum of the values of what runs), ``waiting``,
        ``running``; ``decision_seconds`` is the wall clock that the policy took at that moment.

    Examples
    --------
    >>> from vmopt.model import Host
    >>> from vmopt.model.requests import Requests
    >>> from vmopt.simulation import simulate
    >>> requests = Requests.from_arrays([0, 0], [[6], [4]], duration=[60, 60], priority=[1, 3], resources=["cpu"])
    >>> timeline = simulate([Host("h1", {"cpu": 8})], requests, policy="priority")
    >>> timeline.vms["waited"].tolist(), timeline.mean_utilisation(window=(0, 120))
    ([60.0, 0.0], 0.625)
    """

    workload: Workload
    policy: str
    reallocate: str | None
    seed: int
    until: float
    events: Table
    series: Table

    def breaches(self) -> tuple[tuple[float, Breach], ...]:
        """Return where rules were broken, with the times, found from the events alone: of what `simulate` does, none.

        Examples
        --------
        >>> import vmopt
        >>> requests = vmopt.Requests.from_arrays([0, 1], [[1], [1]], resources=["cpu"], rules=[vmopt.Spread("vm-*")])
        >>> timeline = vmopt.simulate([vmopt.Host("h1", {"cpu": 8})], requests, policy="fcfs")
        >>> timeline.breaches(), timeline.started.tolist()
        ((), [0.0, nan])
        """
        found = recheck.breaches(self.workload, self.events)
        return (*found, *landed.misplaced(self.workload, self.events))

    def parts(self, time: float) -> dict[str, tuple[Landing, ...]]:
        """Return where the pieces of each VM are that runs at a time; whoever runs keeps its parts until it leaves.

        Examples
        --------
        >>> import vmopt
        >>> half = [vmopt.Pieces("gpu", 1, {"milli": 500})]
        >>> requests = vmopt.Requests.from_arrays([0], [[1]], resources=["cpu"], pieces=[half])
        >>> host = vmopt.Host("h1", {"cpu": 8}, parts={"gpu": [{"milli": 1000}]})
        >>> vmopt.simulate([host], requests, policy="fcfs").parts(0)["vm-0"][0].parts
        (0,)
        """
        return landed.parts_at(self.workload, self.events, checks.seconds(time, "time"))

    def table(self, what: str) -> dict[str, Any]:
        """Return ``events``, ``series`` or ``vms`` as columns, with names in place of numbers.

        Raises
        ------
        OptionError
            If there is no such table.
        """
        checks.choice(what, "what", ("events", "series", "vms"))
        return frames.columns(self, what)

    def to_frame(self, what: str = "series") -> Any:
        """Return a table as a pandas DataFrame.

        Raises
        ------
        ExtraError
            If pandas is not installed; `table` gives the same without it.
        """
        return frames.to_pandas(self.table(what))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw weighted utilisation over time, with matplotlib (``pip install 'vmopt[plot]'``)."""
        from vmopt import plotting

        drawn: Axes = plotting.timeline([self], ax=ax)
        return drawn

    def summary(self) -> str:
        """Return what there is to say, as plain text."""
        return frames.summary(self)

    def __repr__(self) -> str:
        done = int((self.vms["state"] == VMState.DONE).sum())
        return (
            f"Timeline({self.policy}; {done:,} of {count(self.workload.n_vms, 'VM')} done by {self.end:,.0f} s; "
            f"weighted utilisation {self.mean_weighted():.4f})"
        )

    def _repr_html_(self) -> str:
        return frames.html(self)
