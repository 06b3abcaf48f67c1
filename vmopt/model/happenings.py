"""What happens besides arrivals: a VM changes what it asks for, a host is drained, fails or returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from vmopt import checks
from vmopt.errors import InstanceError

Action = Literal["drain", "fail", "return"]
ACTIONS: tuple[Action, ...] = ("drain", "fail", "return")


@dataclass(frozen=True)
class Change:
    """A VM asks for something else, or becomes more or less important, from a moment on.

    Parameters
    ----------
    time : float
        Seconds.
    vm : str
        Name of the VM.
    demand : mapping of str to int or float, optional
        The resources whose demand changes, and what is asked of them from now on.
    priority : float, optional
        The priority from now on.

    Examples
    --------
    >>> Change(3600, "web-1", demand={"cpu": 8}).priority is None
    True
    """

    time: float
    vm: str
    demand: Mapping[str, float] | None = None
    priority: float | None = None


@dataclass(frozen=True)
class HostEvent:
    """A host stops taking VMs (``drain``), loses them (``fail``), or takes VMs again (``return``).

    Parameters
    ----------
    time : float
        Seconds.
    host : str
        Name of the host.
    action : {"drain", "fail", "return"}
        A drained host keeps what runs on it until that ends; the VMs of a failed one go back to the queue.

    Examples
    --------
    >>> HostEvent(60.0, "h1", "drain").action
    'drain'
    """

    time: float
    host: str
    action: Action


def checked_changes(
    given: Iterable[Change], known: Mapping[str, int], resources: tuple[str, ...]
) -> tuple[Change, ...]:
    """Return the changes in the order of their times.

    Raises
    ------
    InstanceError
        If one is no `Change`, names an unknown VM or resource, or changes nothing.
    """
    changes = _sorted(given, Change, "changes")
    for change in changes:
        if change.vm not in known:
            raise InstanceError(f"a change at {change.time:g} s names VM {change.vm!r}, which is not requested.")
        if change.demand is None and change.priority is None:
            raise InstanceError(f"the change of VM {change.vm!r} at {change.time:g} s changes nothing: leave it out.")
        for resource in change.demand or ():
            if resource not in resources:
                raise InstanceError(
                    f"the change of VM {change.vm!r} at {change.time:g} s names resource {resource!r}, "
                    f"but the resources are {', '.join(resources)}."
                )
    return changes


def checked_host_events(given: Iterable[HostEvent]) -> tuple[HostEvent, ...]:
    """Return the host events in the order of their times.

    Raises
    ------
    InstanceError
        If one is no `HostEvent`, or its action is unknown.
    """
    events = _sorted(given, HostEvent, "host_events")
    for event in events:
        if event.action not in ACTIONS:
            raise InstanceError(f"host {event.host!r} is to {event.action!r}: use {', '.join(ACTIONS)}.")
    return events


def _plain(number: Any) -> Any:
    return number.item() if hasattr(number, "item") else number


def _sorted(given: Iterable[Any], kind: type, name: str) -> tuple[Any, ...]:
    give = f"a list of {kind.__name__} objects"
    kept = checks.listed(given, name, InstanceError, give)
    for entry in kept:
        checks.of_kind(entry, kind, f"one of {name}", give, InstanceError)
        time: Any = getattr(entry, "time", None)
        if not checks.finite(time):
            raise InstanceError(f"{entry!r} has no finite time: give seconds.")
    plain = [replace(entry, time=_plain(entry.time)) for entry in kept]
    return tuple(sorted(plain, key=lambda entry: float(entry.time)))
