"""A VM or a container: what runs on hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from vmopt.model.parts import OneOf, Pieces

Kind = Literal["vm", "container"]
KINDS: tuple[Kind, ...] = ("vm", "container")


@dataclass(frozen=True)
class VM:
    """A VM (or container) and what it asks for.

    Parameters
    ----------
    name : str
        Unique among the VMs.
    demand : mapping of str to int or float
        What it needs of each resource; a resource left out is not needed.
    priority : float, default 1
        Its weight in the objective, positive.
    value : float, optional
        What placing it adds to the objective, in place of weight times share.
    reservation : mapping of str to int or float, optional
        What it must get of each resource to run at all; it may get anything from there to its demand, and counts for
        the part it gets. A resource left out, and by default every resource, is reserved in full.
    kind : {"vm", "container"}
        A virtual machine or a container.
    labels : mapping of str to str, optional
        Anything else worth knowing, such as an application or a tier.
    current : str, optional
        Name of the host that it runs on now.
    move_cost : float, optional
        What moving, or stopping, it costs if it runs now; default 1.
    pieces : sequence of Pieces, or OneOf, optional
        What it asks of parts of its host, beside its demand of the host as a whole.

    Examples
    --------
    >>> VM("web-1", {"cpu": 4, "memory": 16}, priority=3).kind
    'vm'
    """

    name: str
    demand: Mapping[str, float]
    priority: float = 1.0
    value: float | None = None
    kind: Kind = "vm"
    labels: Mapping[str, str] = field(default_factory=dict)
    reservation: Mapping[str, float] | None = None
    current: str | None = None
    move_cost: float | None = None
    pieces: Sequence[Pieces] | OneOf = ()
