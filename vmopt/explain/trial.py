"""Trial: whether some rules, VMs and capacities can stand together."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from vmopt.arrays import IntArray
from vmopt.explain.forced import FOUND, is_small, moves_free
from vmopt.explain.lots import Lots, in_lots
from vmopt.explain.overasked import Overasked, overasked
from vmopt.model.columns import frozen
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective
from vmopt.model.rule import Rule
from vmopt.rules import MustRun
from vmopt.rules.contradictions import contradictions
from vmopt.rules.eligible import must_run
from vmopt.solving import solve
from vmopt.status import Status


class Relaxable(NamedTuple):
    """What can be let off: a hard rule, a VM that must run, or the capacity of a host.

    Attributes
    ----------
    kind : {"rule", "vm", "host"}
    number : int
        Its position in the instance.
    """

    kind: Literal["rule", "vm", "host"]
    number: int


@dataclass(frozen=True, eq=False)
class Trial:
    """An instance of which parts are let off.

    Attributes
    ----------
    instance : Instance
    deadline : float
        Of `time.perf_counter`.
    must : (n,) int64 array
        The VMs that must run.

    Examples
    --------
    >>> trial = Trial(Instance.from_arrays([[4], [4]], [[7]]), float("inf"), np.array([0, 1]))
    >>> trial.conflicting(trial.members), trial.conflicting([Relaxable("vm", 0), Relaxable("host", 0)])
    (True, False)
    """

    instance: Instance
    deadline: float
    must: IntArray

    @classmethod
    def of(cls, instance: Instance, deadline: float, further: Iterable[int] = ()) -> Trial:
        """Try an instance with further VMs that must run."""
        must = must_run(instance)
        required = np.zeros(instance.n_vms, dtype=bool) if must is None else must.copy()
        required[list(further)] = True
        return cls(instance, deadline, np.flatnonzero(required))

    @cached_property
    def members(self) -> list[Relaxable]:
        """All there is: hosts and VMs first, so that rules are what is left of several ways to tell it."""
        hard = [n for n, rule in enumerate(self.instance.rules) if _speaks(rule)]
        hosts = [Relaxable("host", n) for n in range(self.instance.n_hosts)]
        return [*hosts, *(Relaxable("vm", n) for n in self.must.tolist()), *(Relaxable("rule", n) for n in hard)]

    def others(self, member: Relaxable) -> list[Relaxable]:
        """All but one."""
        return [other for other in self.members if other != member]

    def overasked(self) -> Overasked | None:
        """Those that ask for more than there is, of whom, and under which rules; None where no sum tells."""
        rules = [member.number for member in self.members if member.kind == "rule"]
        return overasked(self.instance, self.must, rules, self.deadline)

    def in_lots(self) -> Lots | None:
        """Those that ask for more in whole than hosts have in one piece; None where that is not what is wrong."""
        return in_lots(self.instance, self.must)

    @property
    def late(self) -> bool:
        """Whether time is up."""
        return time.perf_counter() >= self.deadline

    def conflicting(self, members: Sequence[Relaxable]) -> bool | None:
        """Whether these cannot stand together; None where that is not known in time.

        Counts over the columns of the rules come first, the exact model second. All there is is counted in any case.
        """
        if self.late and len(members) < len(self.members):
            return None
        tried = self._with(members)
        if any(found.fatal for found in contradictions(tried)):
            return True
        left = self.deadline - time.perf_counter()
        if left <= 0:
            return None
        method = "exact" if is_small(tried) else "auto"
        found = solve(tried, method=method, gap=0, threads=1, ties=None, time_limit=min(left, 1e9))
        if found.status is Status.INFEASIBLE:
            return True
        return False if found.status in FOUND else None

    def _with(self, members: Sequence[Relaxable]) -> Instance:
        instance = self.instance
        rules = [instance.rules[member.number] for member in members if member.kind == "rule"]
        vms = np.zeros(instance.n_vms, dtype=bool)
        vms[[member.number for member in members if member.kind == "vm"]] = True
        enough = np.maximum(instance.reserved.sum(axis=0), instance.capacity.max(axis=0))
        capacity = np.broadcast_to(enough, instance.capacity.shape).copy()
        hosts = [member.number for member in members if member.kind == "host"]
        capacity[hosts] = instance.capacity[hosts]
        return replace(
            moves_free(instance),
            rules=(*rules, *([MustRun(vms)] if vms.any() else [])),
            capacity=frozen(capacity),
            own_value=frozen(np.zeros(instance.n_vms)),
            objective=Objective(),
            priority=frozen(np.ones(instance.n_vms)),
        )


def _speaks(rule: Rule) -> bool:
    """Whether a rule can be part of a conflict: it is hard, and is not what makes VMs run."""
    return getattr(rule, "penalty", None) is None and not isinstance(rule, MustRun)
