"""Settings of plans: what may run at once, and how long things take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray
from vmopt.errors import OptionError
from vmopt.model.instance import Instance


@dataclass(frozen=True)
class Settings:
    """How a plan is carried out.

    Attributes
    ----------
    at_once, per_host : int
        How many actions are under way at most, in all, and on each host (a move is at work on two).
    parking : bool
        Whether VMs may be moved to a third host to make room.
    memory : str or None
        The resource that is copied when a VM moves; None: all take equally long.
    bandwidth : float
        How much of it is copied in a second, in the unit of the instance.
    overhead : float
        Seconds that any action takes besides.
    tries : int
        How many other placements are looked for where no order leads to the one that was asked for.
    time_limit : float
        Seconds for each of them.
    """

    at_once: int = 8
    per_host: int = 2
    parking: bool = True
    memory: str | None = None
    bandwidth: float = 1.0
    overhead: float = 1.0
    tries: int = 3
    time_limit: float = 10.0

    def __post_init__(self) -> None:
        checks.integer(self.at_once, "at_once", 1)
        checks.integer(self.per_host, "per_host", 1)
        checks.flag(self.parking, "parking")
        if self.memory is not None:
            checks.text(self.memory, "memory", what="the name of a resource, or None")
        checks.positive(self.bandwidth, "bandwidth")
        checks.seconds(self.overhead, "overhead")
        checks.integer(self.tries, "tries", 0, 100)
        checks.seconds(self.time_limit, "time_limit")

    def durations(self, instance: Instance) -> tuple[FloatArray, float]:
        """Seconds that moving each VM takes, and that stopping or starting one does.

        Raises
        ------
        OptionError
            If there is no such resource.
        """
        memory = self.memory
        if memory is None:
            memory = "memory" if "memory" in instance.resources else None
        if memory is None:
            return np.full(instance.n_vms, self.overhead), self.overhead
        if memory not in instance.resources:
            known = ", ".join(instance.resources)
            raise OptionError(f"memory names resource {checks.shown(memory)}, but the resources are {known}.")
        k = instance.resources.index(memory)
        amounts = instance.reserved[:, k] / instance.scale[k]
        return amounts / self.bandwidth + self.overhead, self.overhead
