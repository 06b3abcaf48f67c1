"""Given up: the hosts that a level above no longer pays for, chosen so that few have to move, and emptied.

The program of moves says which hosts are cheapest to give up, in whole hosts, as if VMs could be cut in pieces to fill
the others. They cannot: so hosts are chosen with room to spare on those that are kept, less and less of it.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import replace

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.errors import SolverError
from vmopt.formulation.moves import MoveProgram
from vmopt.methods.change.make_room import with_room
from vmopt.methods.change.parameters import DEFAULT, ChangeParameters
from vmopt.methods.goals.stage import Stage
from vmopt.methods.repair import repair
from vmopt.model.columns import frozen
from vmopt.model.objective import Objective
from vmopt.problem import compile

METHOD, BACKEND = "given-up", "highs"


def run(stage: Stage, model: MoveProgram, parameters: ChangeParameters = DEFAULT) -> None:
    """Give up hosts and put who ran there elsewhere, where a level above holds what hosts in use cost.

    With most room to spare first, which takes little time; on, as long as with less of it fewer move.
    """
    if not model.n_held or stage.problem.elastic or stage.finished:
        return
    runs, choices, gained = stage.problem.stay(stage.host_index) >= 0, _Choices(stage, model, parameters), False
    with stage.within(parameters.given_up_share):
        most = choices.most_ease()
        for part in parameters.eases if most is not None else ():
            kept = choices.kept(part * (most or 0.0))
            placed = None if kept is None else _emptied(stage, kept, runs, parameters)
            better = placed is not None and stage.suggest(placed, METHOD)
            if stage.finished or (gained and not better):
                return
            gained |= better


class _Choices:
    """Hosts to be kept, by which part of them is to be left free."""

    def __init__(self, stage: Stage, model: MoveProgram, parameters: ChangeParameters) -> None:
        current = stage.problem.current
        assert current is not None
        self._stage, self._model, self._parameters = stage, model, parameters
        self._load = stage.problem.loads(current)

    def kept(self, ease: float) -> BoolArray | None:
        """Hosts that are kept so that few move; None where there are none, or none are found."""
        seconds = self._parameters.try_given_up * self._stage.remaining
        options = LPOptions(time_limit=seconds, threads=1, gap=self._parameters.near_fewest)
        with suppress(SolverError):  # then there is no such choice
            return self._model.kept(registry.get(BACKEND).solve(self._model.eased(self._load, ease), options).x)
        return None

    def most_ease(self) -> float | None:
        """About the largest part that can be left free; None where none is found with nothing left free."""
        if self.kept(0.0) is None:
            return None
        low, high = 0.0, 1.0
        while high - low > self._parameters.near_ease and not self._stage.finished:
            middle = (low + high) / 2
            low, high = (low, middle) if self.kept(middle) is None else (middle, high)
        return low


def _emptied(stage: Stage, kept: BoolArray, runs: BoolArray, parameters: ChangeParameters) -> IntArray | None:
    """All that run, on kept hosts: those there stay, as far as they may; the others find room or have it made.

    None where some find none.
    """
    instance, current = stage.instance, stage.instance.current
    assert current is not None
    part = replace(instance, capacity=frozen(np.where(kept[:, None], instance.capacity, 0)), objective=Objective())
    problem = compile(part)
    home = repair(problem, np.where(runs & kept[current], current, -1))
    stop = time.perf_counter() + parameters.try_given_up * stage.remaining
    placed = with_room(problem, home, np.flatnonzero(runs), stop, gap=parameters.loosely)
    return placed if placed is not None and np.array_equal(placed >= 0, runs) else None
