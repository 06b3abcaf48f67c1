"""FreedHosts: some hosts of a placement as a program, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import IntArray
from vmopt.formulation.goals import GoalProgram, part_program
from vmopt.methods.goals.choice import Drawn
from vmopt.methods.goals.parameters import DEFAULT, RefillParameters
from vmopt.methods.goals.stage import Stage
from vmopt.model.shapes import Worth, consists_of


@dataclass(frozen=True, eq=False)
class FreedHosts:
    """Hosts that are filled anew.

    Attributes
    ----------
    drawn : Drawn
    vms : (n,) int64 array
        Who may be put there: those who run there, then those who run nowhere.
    vm_class : (n,) int64 array
        Of these.
    model : GoalProgram
    """

    drawn: Drawn
    vms: IntArray
    vm_class: IntArray
    model: GoalProgram

    @classmethod
    def of(cls, stage: Stage, drawn: Drawn, parameters: RefillParameters = DEFAULT.refill) -> FreedHosts | None:
        """Write the program; None where there is nobody to be put, or too much to be decided."""
        problem, placed = stage.problem, stage.host_index
        chosen = np.zeros(problem.n_hosts + 1, dtype=bool)
        chosen[drawn.hosts] = True
        inside = np.flatnonzero(chosen[placed])
        vms = inside
        if drawn.others:
            vms = np.append(inside, _guests(placed, parameters.guests * len(inside) + 4, drawn.seed))
        vm_class = problem.vms.of[vms]
        supply = np.bincount(vm_class, minlength=len(problem.vms)).astype(np.int64)
        if not len(vms) or np.count_nonzero(supply) * len(drawn.hosts) > parameters.most_cells:
            return None
        outside = placed.copy()
        outside[inside] = -1
        holds = stage.holds
        if not drawn.others and not stage.instance.has_penalties:  # the same VMs run
            holds = tuple(hold for hold in holds if not consists_of(stage.instance, hold.level, Worth))
        model = part_program(
            problem, drawn.hosts, outside, supply, stage.level, holds, all_run=not drawn.others, below=stage.value
        )
        return cls(drawn, vms, vm_class, model)

    def placed(self, counts: IntArray, host_index: IntArray) -> IntArray:
        """A placement with these counts on the hosts: of a class, whoever runs there is put first."""
        taken = host_index.copy()
        taken[self.vms] = -1
        some = np.flatnonzero(counts)
        vm_class = np.repeat(self.model.columns.vm_class[some], counts[some])
        host = np.repeat(self.model.columns.where[some], counts[some])
        by_class = np.argsort(vm_class, kind="stable")
        order = np.argsort(self.vm_class, kind="stable")
        first = np.searchsorted(self.vm_class[order], vm_class[by_class])
        nth = np.arange(len(by_class)) - np.searchsorted(vm_class[by_class], vm_class[by_class])
        taken[self.vms[order[first + nth]]] = host[by_class]
        return taken


def _guests(placed: IntArray, most: int, seed: int) -> IntArray:
    """Some of the VMs that run nowhere."""
    waiting = np.flatnonzero(placed < 0)
    return np.sort(np.random.default_rng(seed).choice(waiting, min(len(waiting), most), replace=False))
