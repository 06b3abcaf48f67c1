"""A host: where VMs run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vmopt.model.parts import Part


@dataclass(frozen=True)
class Host:
    """A host and what it offers.

    Parameters
    ----------
    name : str
        Unique among the hosts.
    capacity : mapping of str to int or float
        What the host offers of each resource, in the unit you use for that resource everywhere.
    labels : mapping of str to str, optional
        Anything else worth knowing, such as a rack or a model.
    parts : mapping of str to sequence of Part, or of mappings of str to int or float, optional
        What lies inside, by kind: NUMA nodes, GPUs; a mapping is what a part offers.

    Examples
    --------
    >>> Host("h1", {"cpu": 64, "memory": 256}, labels={"rack": "r7"}).capacity["cpu"]
    64
    """

    name: str
    capacity: Mapping[str, float]
    labels: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Part | Mapping[str, float]]] = field(default_factory=dict)
