"""A first placement where VMs must run: theirs is worth more than everything else, until all of them do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.methods.inner_search import InnerSearch
from vmopt.methods.ruled.mend import urgent_vms
from vmopt.methods.search import Search
from vmopt.model.instance import Instance


def find(search: Search, method: Callable[[Search], None]) -> None:
    """Let a method place the VMs that must run before all others, until there is a placement with all of them.

    Parameters
    ----------
    search : Search
        Without a placement so far.
    method : callable
        What improves placements under rules that any placement can keep.
    """
    urgent = urgent_vms(search.problem) > 0
    inside = FirstSearch(search, raised(search.instance, urgent), urgent)
    method(inside)
    search.limit = inside.limit


def raised(instance: Instance, urgent: BoolArray) -> Instance:
    """Return the instance in which each urgent VM is worth more than all others together, and no rule asks for any.

    Soft rules are left out: to keep them may not be worth more than a VM that must run.

    Examples
    --------
    >>> import vmopt
    >>> must = vmopt.MustRun("vm-0")
    >>> cluster = vmopt.Instance.from_arrays([[2], [3]], [[4]], value=[1, 5], rules=[must])
    >>> raised(cluster, np.array([True, False])).value.tolist()
    [8.0, 5.0]
    """
    value = instance.value + np.where(urgent, 1 + instance.value.sum(), 0.0)
    both = zip(instance.rules, instance.rules_in_force, strict=True)
    kept = [rule for rule, here in both if here.urgent is None and here.penalty is None]
    return replace(instance, own_value=value, rules=tuple(kept))


class FirstSearch(InnerSearch):
    """A search that is over as soon as a placement runs all urgent VMs, and hands that one on."""

    def __init__(self, whole: Search, instance: Instance, urgent: BoolArray) -> None:
        super().__init__(whole, instance, gap=0.0)
        self._urgent = urgent

    def offer(self, placement: IntArray, method: str) -> bool:
        """Take a placement if it is better here; hand it on if all urgent VMs run."""
        better = Search.offer(self, placement, method)
        if better and (self.host_index[self._urgent] >= 0).all():
            self.whole.offer(self.host_index, method)
        return better

    @property
    def finished(self) -> bool:
        """Whether there is such a placement, or no time."""
        return self.whole.found or super().finished
