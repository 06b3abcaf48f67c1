"""Session: a placement that is changed by hand, step by step, and can be taken back step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vmopt import checks, metrics
from vmopt.arrays import IntArray
from vmopt.errors import OptionError
from vmopt.explain import Difference, WhatIf, what_if
from vmopt.explain.scene import position, vm_at
from vmopt.gap import relative_gap
from vmopt.report.verdict import has_placement
from vmopt.solution import Solution, require_solution
from vmopt.status import Status
from vmopt.verify import verify

NOWHERE = -1


@dataclass(frozen=True)
class Judgement:
    """What is to be said of a state.

    Attributes
    ----------
    broken : tuple of str
        What `vmopt.verify` finds; empty where all is kept.
    objective : float
        Recomputed from the data.
    change : float
        Against the state before.
    since_start : float
        Against the first one.
    penalty : float
        What soft rules cost, already taken off.
    bound : float
        What no placement of these data is worth more than.
    placed, moved : int
        How many VMs run, and how many run elsewhere than at first, or only then or now.
    """

    broken: tuple[str, ...]
    objective: float
    change: float
    since_start: float
    penalty: float
    bound: float
    placed: int
    moved: int

    @property
    def allowed(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken

    @property
    def gap(self) -> float:
        """How much better a placement could be, at most."""
        return relative_gap(self.objective, self.bound)


@dataclass(frozen=True, eq=False)
class SessionState:
    """A placement on the way.

    Attributes
    ----------
    solution : Solution
        With the placement, whether it is allowed or not.
    said : str
        What was done last.
    difference : Difference or None
        What that changed, where it was solved for.
    """

    solution: Solution
    said: str = "as it was given"
    difference: Difference | None = None


class Session:
    """Changes to a placement by hand, one after the other.

    Parameters
    ----------
    solution : Solution
        Where to begin.

    Raises
    ------
    OptionError
        If it has no placement.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], resources=["cpu"])
    >>> session = Session(vmopt.solve(cluster))
    >>> one, other = (session.solution.placement[vm] for vm in ("vm-0", "vm-1"))
    >>> session.move("vm-0", other).broken
    ("host 'host-1' has 5 of cpu, but 7 is placed on it",)
    >>> session.undo().broken
    ()
    """

    def __init__(self, solution: Solution) -> None:
        if not has_placement(require_solution(solution)):
            raise OptionError(f"the solution is {solution.status.value}: there is no placement to explore.")
        self.states = [SessionState(solution)]

    @property
    def state(self) -> SessionState:
        """The last one."""
        return self.states[-1]

    @property
    def solution(self) -> Solution:
        """Where things are now."""
        return self.state.solution

    def move(self, vm: str | int, host: str | int | None) -> Judgement:
        """Let a VM run on a host, or nowhere; whatever that breaks is said, and may be mended by the next move."""
        instance = self.solution.instance
        number = vm_at(instance, vm)
        nowhere = host is None or (isinstance(host, str) and not host)
        where = NOWHERE if nowhere else position(host, instance.host_names, "host")
        now = np.array(self.solution.host_index)
        was, now[number] = int(now[number]), where
        told = f"{instance.vm_names[number]} {_told(instance.host_names, was, where)}"
        self.states.append(SessionState(_placed(self.solution, now), told))
        return self.judge()

    def ask(self) -> WhatIf:
        """Begin a what-if from where things are now, for `solve`.

        Raises
        ------
        OptionError
            If something is broken now.
        """
        broken = self.judge().broken
        if broken:
            raise OptionError(f"what runs now is not allowed: {broken[0]}. Mend it, or undo it, and ask again.")
        return what_if(self.solution)

    def solve(self, asked: WhatIf, time_limit: float = 5.0, **options: Any) -> Judgement:
        """Solve changed data, and go on from there if there is a placement.

        Raises
        ------
        OptionError
            If there is none.
        """
        checks.of_kind(asked, WhatIf, "asked", "what ask() or vmopt.what_if returned, with its changes")
        found = asked.solve(time_limit=time_limit, **options)
        if not has_placement(found.solution):
            what = "that there is none is proven" if found.solution.status is Status.INFEASIBLE else "try more seconds"
            raise OptionError(f"what if {'; '.join(found.changes)}: no placement was found ({what}).")
        self.states.append(SessionState(found.solution, f"what if {'; '.join(found.changes)}", found))
        return self.judge()

    def undo(self) -> Judgement:
        """Take back the last step; the first state stays."""
        if len(self.states) > 1:
            self.states.pop()
        return self.judge()

    def judge(self) -> Judgement:
        """Judge the last state, from the data."""
        solution, before = self.solution, self.states[max(0, len(self.states) - 2)].solution
        first, instance = self.states[0].solution, solution.instance
        return Judgement(
            broken=tuple(str(fault) for fault in verify(instance, solution.host_index)),
            objective=solution.objective,
            change=solution.objective - before.objective,
            since_start=solution.objective - first.objective,
            penalty=metrics.penalty_of(instance, solution.host_index) if instance.has_penalties else 0.0,
            bound=solution.bound,
            placed=solution.n_placed,
            moved=int((first.host_index != solution.host_index).sum()),
        )


def _told(host_names: Sequence[str], was: int, where: int) -> str:
    """What a move by hand did."""
    to = "nowhere" if where == NOWHERE else f"on {host_names[where]}"
    if was == where:
        return f"runs {to}, as before"
    return f"runs {to}" if was == NOWHERE else f"runs {to}, before on {host_names[was]}"


def _placed(solution: Solution, host_index: IntArray) -> Solution:
    """The same data with another placement; what is known of bounds still holds."""
    host_index.setflags(write=False)
    return replace(
        solution,
        host_index=host_index,
        status=Status.FEASIBLE,
        objective=metrics.objective_of(solution.instance, host_index),
        method="by hand",
        backend=None,
        elastic_allocation=None,
        levels=(),
        history=(),
    )
