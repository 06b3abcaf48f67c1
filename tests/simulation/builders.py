"""Small simulations for tests: one resource, hosts named h0, h1 ..."""

from __future__ import annotations

from typing import Any

from vmopt.model import Host
from vmopt.model.requests import Requests
from vmopt.simulation import Timeline, simulate


def hosts(*capacities: int) -> list[Host]:
    """Make hosts h0, h1 ... with so many cpus."""
    return [Host(f"h{i}", {"cpu": capacity}) for i, capacity in enumerate(capacities)]


def requests(arrival: Any, cpu: Any, duration: Any, **more: Any) -> Requests:
    """Make requests for cpus."""
    return Requests.from_arrays(arrival, [[n] for n in cpu], duration=duration, resources=["cpu"], **more)


def run(capacities: Any, arrival: Any, cpu: Any, duration: Any, policy: Any = "fcfs", **more: Any) -> Timeline:
    """Simulate; keywords of `simulate` go there, all others to the requests."""
    own = {key: more.pop(key) for key in ("preemption", "reallocate", "until", "seed") if key in more}
    return simulate(hosts(*capacities), requests(arrival, cpu, duration, **more), policy=policy, **own)


def kinds(timeline: Timeline, vm: int) -> list[str]:
    """Names of what happened to one VM, in order."""
    table = timeline.table("events")
    return [kind for kind, name in zip(table["kind"], table["vm"], strict=True) if name == f"vm-{vm}"]
