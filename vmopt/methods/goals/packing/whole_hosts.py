"""Whole hosts: what hosts cost at least that carry fractions of VMs, where hosts are in use as a whole or not at all.

Prices prove no more than the linear program of classes says. Where few hosts are in use, and the best of them are all
taken, the next whole ones cost more than their fractions: a solver for integer programs finds by how much.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import Claim
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.relaxed import METHOD, class_program
from vmopt.methods.goals.stage import Stage

BACKEND = "highs"
TOLERANCE = 1e-6
"""Part of a cost by which a solver may be wrong."""


def tighten(stage: Stage, ground: PackingProblem, seconds: float) -> None:
    """Tighten the bound of a stage by a solver's, where hosts are of several classes and no VM classes were merged."""
    program, n_groups = class_program(ground)
    n_classes = len(ground.hosts)
    if n_classes == 1 or n_groups < len(ground.demand) or stage.problem.elastic:
        return
    integer = np.arange(program.n_columns) >= program.n_columns - n_classes
    program = replace(program, integer=integer, objective=program.objective * ground.scale)
    options = LPOptions(time_limit=seconds, gap=0.0, seed=stage.options.seed, threads=stage.options.threads)
    least = -registry.get(BACKEND).solve(program, options).bound
    if np.isfinite(least) and least > 0:
        unit = ground.in_use.unit
        stage.tighten(ground.weight * ceil(least * (1 - TOLERANCE)) * unit, Claim(BACKEND), METHOD)
