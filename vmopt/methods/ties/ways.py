"""Ways: where rules let VMs go that leave a host."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.methods.ties.parameters import DEFAULT
from vmopt.model.instance import Instance
from vmopt.problem import compile
from vmopt.rules.joined import joined


def keeps_rules(instance: Instance, host_index: IntArray) -> bool:
    """Whether a placement keeps all rules."""
    return not any(rule.breaches(host_index) for rule in joined(instance))


class Ways:
    """A placement whose VMs leave a host together, and go elsewhere one by one, or back.

    Rules that speak of who stays behind are seen by checking them once all have gone.

    Attributes
    ----------
    work : int
        Looks at a host that it takes to check all rules.

    Examples
    --------
    >>> import vmopt
    >>> apart = vmopt.Spread(["vm-0", "vm-1"])
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 2, [[3]] * 3, rules=[apart])
    >>> ways = Ways(cluster, np.array([0, 1]))
    >>> ways.leave(np.array([1]))
    >>> np.asarray(ways.open_to(1)).tolist()
    [False, True, True]
    """

    def __init__(self, instance: Instance, host_index: IntArray, work_of_check: int = DEFAULT.work_of_check) -> None:
        self._instance = instance
        self._places = PartialPlacement(compile(instance), host_index) if instance.rules else None
        self.work = work_of_check * instance.n_vms * len(instance.rules)

    def leave(self, vms: IntArray) -> None:
        """Have VMs run nowhere."""
        if self._places is not None:
            self._places.take_off(vms)

    def open_to(self, vm: int) -> BoolArray | Any:
        """Hosts that may take the VM."""
        return True if self._places is None else self._places.allowed(int(vm))

    def enter(self, vm: int, host: int) -> None:
        """Have a VM run there."""
        if self._places is not None:
            self._places.put(np.array([vm]), np.array([host]))

    def back(self, vms: IntArray, host: int) -> None:
        """Have VMs run where they did."""
        self.leave(vms)
        for vm in vms.tolist():
            self.enter(vm, host)

    @property
    def lawful(self) -> bool:
        """Whether the placement keeps all rules."""
        return self._places is None or keeps_rules(self._instance, self._places.host_index)
