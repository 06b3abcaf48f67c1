"""Kin: a solution with more VMs of a kind that do not run yet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vmopt.explain import forced
from vmopt.explain.guests import guest, with_clones
from vmopt.explain.scene import Scene
from vmopt.model.instance import Instance
from vmopt.solution import Solution


@dataclass(frozen=True, eq=False)
class Kin:
    """A solution, and a VM of whose kind there may be more."""

    solution: Solution
    vm: Any
    deadline: float

    @cached_property
    def _of(self) -> tuple[Instance, int]:
        return guest(self.solution.instance, self.vm)

    @property
    def name(self) -> str:
        """Name of the VM."""
        return self._of[0].vm_names[self._of[1]]

    @property
    def seconds(self) -> float:
        """Seconds that are left."""
        return self.deadline - time.perf_counter()

    @property
    def is_small(self) -> bool:
        """Whether it can be solved, and there is time."""
        return self.seconds > 0 and not self._of[0].elastic and forced.is_small(self._of[0])

    def scene(self, n: int) -> Scene:
        """The placement, with so many more VMs of the kind, which run nowhere, at the end."""
        instance, vm = self._of
        missing = n - (instance.n_vms - self.solution.instance.n_vms)
        if missing:
            instance = with_clones(instance, vm, missing)
        return Scene(instance, np.append(self.solution.host_index, np.full(n, -1)))
