"""The assignment formulation as a model file for other solvers, and their answers back as placements."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import FileError, InstanceError
from vmopt.formulation.assignment import Assignment, assignment
from vmopt.formulation.columns import fitting_pairs
from vmopt.formulation.linear_program import LinearProgram
from vmopt.formulation.point_file import read_point
from vmopt.formulation.writers import ModelNames, write
from vmopt.io.files import PathLike
from vmopt.model.instance import Instance
from vmopt.problem import compile

MOST_LETTERS = 40
WHOLE = 1e-3
"""How far from a whole number a solver may leave a column."""
LEGEND = (
    "x12_web_h3: how many VMs identical to web run on h3 (12 numbers the column; other characters become _)",
    "y13_web_h3_cpu: what these VMs get of cpu beyond their reservations, in integer units",
    "z14: a choice that a rule leaves open, such as the rack of a group",
    "supply, capacity: rows of VMs of a class, and of a host and resource in integer units, both in lowest terms",
    "the objective is that of vmopt, in the unit of its values",
)


@dataclass(frozen=True, eq=False)
class ExportedModel:
    """The assignment formulation in the unit of the objective, with names that lead back.

    Attributes
    ----------
    model : Assignment
    program : LinearProgram
        As in the model, with the objective in its own unit.
    names : ModelNames
    """

    model: Assignment
    program: LinearProgram
    names: ModelNames

    @classmethod
    def of(cls, instance: Instance) -> ExportedModel:
        """Build it.

        Examples
        --------
        >>> cluster = Instance.from_arrays([[4], [5]], [[8]], vm_names=["web", "db-1"], host_names=["h"], value=[4, 5])
        >>> exported = ExportedModel.of(cluster)
        >>> exported.names.columns, exported.program.objective.tolist()
        (['x0_db_1_h', 'x1_web_h'], [5.0, 4.0])
        """
        if instance.objective.trades:
            raise InstanceError(
                "the model to write knows no latency, but it has a price here: leave it out of the objective."
            )
        if instance.objective.goal_levels:
            raise InstanceError(
                "the model to write is that of the utilisation, but the objective has levels of goals: "
                "write instance.replace(objective=vmopt.Objective()), or one with the weighting you want."
            )
        problem = compile(instance)
        if not any(len(pair) for pair in fitting_pairs(problem.vms.least, problem.hosts.capacity)):
            raise InstanceError("no VM fits any host, even an empty one: there is no model to write.")
        model = assignment(problem)
        objective = model.padded(model.columns.value(model.vms))
        if instance.has_penalties:
            objective = model.program.objective * model.unit
        program = replace(model.program, objective=objective)
        rows = [f"c{i}_{name}" for name, block in program.blocks.items() for i in range(block.start, block.stop)]
        return cls(model, program, ModelNames([*_columns(instance, model), *_own(model)], rows, LEGEND))

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write it as its suffix says, see `writers.write`."""
        return write(self.program, path, self.names)

    def read(self, path: PathLike) -> IntArray:
        """Read the solution file of a solver as a placement, ``(n_vms,)``, -1 for what is unplaced.

        Raises
        ------
        FileError
            If it cannot be read, or holds no point of this model.
        """
        x = read_point(path, self.names.columns)
        broken = np.flatnonzero(self.program.integer & (np.abs(x - np.rint(x)) > WHOLE))
        if broken.size:
            column = int(broken[0])
            raise FileError(
                f"{path}: {self.names.columns[column]} is {x[column]:g}, which is no whole number: solve the model "
                "with its integers, not its relaxation."
            )
        high = self.program.upper + 0.5
        if (x > high).any() or (x < -0.5).any():
            column = int(np.argmax((x > high) | (x < -0.5)))
            raise FileError(
                f"{path}: {self.names.columns[column]} is {x[column]:g}, but 0 to {self.program.upper[column]:g} is "
                "allowed: it is the solution of another model."
            )
        return self.model.host_index(x)


def _own(model: Assignment) -> list[str]:
    """Names of the columns that rules have of their own."""
    first = len(model.columns)
    return [f"z{first + i}" for i in range(model.n_own)]


def _columns(instance: Instance, model: Assignment) -> list[str]:
    vms = [_word(instance.vm_names[int(members[0])]) for members in instance.vm_classes.members]
    hosts = [_word(name) for name in instance.host_names]
    columns = model.columns
    words = [f"{vms[j]}_{hosts[h]}" for j, h in zip(columns.vm_class.tolist(), columns.where.tolist(), strict=True)]
    resources = [_word(name) for name in instance.resources]
    amounts = zip(columns.pair.tolist(), columns.resource.tolist(), strict=True)
    more = [f"y{len(words) + i}_{words[pair]}_{resources[k]}" for i, (pair, k) in enumerate(amounts)]
    return [*(f"x{i}_{word}" for i, word in enumerate(words)), *more]


def _word(name: str) -> str:
    """Letters, digits and underscores, which every reader takes."""
    return re.sub(r"[^A-Za-z0-9]", "_", name)[:MOST_LETTERS]
