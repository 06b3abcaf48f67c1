"""The linear program of classes: fractions of hosts in use carry fractions of VMs; its prices bound the cost.

Where there are many pairs of classes, VM classes of about the same size are merged first: any prices are valid, and
those of the smaller program are almost as good.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.bounds import HostPrices
from vmopt.formulation.linear_program import LinearProgram
from vmopt.goals.host_bound import verify_host_prices
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.stage import Stage
from vmopt.model.classes import merge_rows

BACKEND = "glop"
METHOD = "packing"
MOST_PAIRS = 60_000
"""Pairs of classes up to which the program is solved; sizes are rounded to have fewer."""
STEPS_OF_SIZE = (64.0, 16.0, 8.0, 4.0, 2.0, 1.0)
"""Into how many steps a doubling of a size is cut: coarser ones where there are still too many pairs."""


@dataclass(frozen=True, eq=False)
class RelaxedPacking:
    """What the linear program says.

    Attributes
    ----------
    in_use : (n_host_classes,) float64 array
        How many hosts of each class are in use.
    prices : (n_host_classes, n_resources) float64 array
        In parts of the scale of the ground.
    per_floor : (n_floors,) float64 array
    """

    in_use: FloatArray
    prices: FloatArray
    per_floor: FloatArray


def relax(stage: Stage, ground: PackingProblem) -> RelaxedPacking | None:
    """Solve it, and tighten the bound of the stage by its prices; None where time runs out."""
    program, n_groups = class_program(ground)
    result = registry.get(BACKEND).solve(program, LPOptions(time_limit=stage.remaining, threads=1))
    if result.x is None or result.prices is None or result.limit is not None:
        return None
    n_classes = len(ground.hosts)
    capacity = result.prices[n_groups : n_groups + ground.capacity.size].reshape(ground.capacity.shape)
    prices = np.maximum(capacity, 0.0) / np.maximum(ground.capacity, 1)
    per_floor = np.maximum(-result.prices[n_groups + ground.capacity.size :], 0.0)
    tell(stage, ground, prices, per_floor)
    return RelaxedPacking(np.maximum(result.x[-n_classes:], 0.0), prices, per_floor)


def tell(stage: Stage, ground: PackingProblem, prices: FloatArray, per_floor: FloatArray) -> None:
    """Tighten the bound of a stage by prices in parts of the scale."""
    proof = HostPrices(prices * ground.scale, per_floor * ground.scale)
    bound = verify_host_prices(stage.instance, ground.goal, stage.holds, proof)
    stage.tighten(ground.weight * bound, proof, METHOD)


def class_program(ground: PackingProblem, most_pairs: int = MOST_PAIRS) -> tuple[LinearProgram, int]:
    """Columns: pairs of a group of VM classes and a host class, then hosts in use; rows: supply, capacity, floors.

    Returns
    -------
    program : LinearProgram
    n_groups : int
        How many rows say what has to run.
    """
    group = _groups(ground, most_pairs)
    return _program(ground, group), int(group.max(initial=-1)) + 1


def _groups(ground: PackingProblem, most_pairs: int) -> IntArray:
    """Group of each VM class: itself, or those of about the same size."""
    group = np.arange(len(ground.demand))
    size = np.log2(ground.demand / np.maximum(ground.capacity.max(axis=0), 1) + 1e-6)
    for steps in STEPS_OF_SIZE:
        if (int(group.max(initial=0)) + 1) * len(ground.hosts) <= most_pairs:
            break
        group = merge_rows(np.floor(size * steps).astype(np.int64))[1]
    return group


def _program(ground: PackingProblem, group: IntArray) -> LinearProgram:
    n_groups, (n_classes, n_resources) = int(group.max(initial=-1)) + 1, ground.capacity.shape
    count, demand, fits = _merged(ground, group, n_groups)
    g, c = np.nonzero(fits)
    pair, width = np.arange(len(g)), len(g) + n_classes
    row, entry = _capacity_entries(ground, c, demand[g])
    capacity = sparse.csr_array((entry, row), shape=(n_classes * n_resources, width))
    supply = sparse.csr_array((np.ones(len(g)), (g, pair)), shape=(n_groups, width))
    required = np.bincount(group, ground.asked.required, n_groups)
    floors = [_floor_row(group, floor.value, ground.asked.count, count, g, width) for floor in ground.asked.floors]
    limits = np.array([floor.limit for floor in ground.asked.floors])
    return LinearProgram(
        objective=np.concatenate([np.zeros(len(g)), -ground.cost]),
        matrix=sparse.vstack([supply, capacity, *floors], format="csr", dtype=np.float64),
        row_lower=np.concatenate([required, np.full(capacity.shape[0], -np.inf), limits]),
        row_upper=np.concatenate([count, np.zeros(capacity.shape[0]), np.full(len(floors), np.inf)]),
        lower=np.zeros(width),
        upper=np.concatenate([np.full(len(g), np.inf), ground.hosts]).astype(np.float64),
        integer=np.zeros(width, dtype=bool),
    )


def _merged(ground: PackingProblem, group: IntArray, n_groups: int) -> tuple[FloatArray, FloatArray, BoolArray]:
    """How many VMs a group has, their mean demand, and where all or most of them fit."""
    count: FloatArray = np.bincount(group, ground.asked.count, n_groups).astype(np.float64)
    asked = ground.demand * ground.asked.count[:, None]
    summed = np.column_stack([np.bincount(group, column, n_groups) for column in asked.T])
    demand: FloatArray = summed / np.maximum(count, 1)[:, None]
    fits = np.column_stack([np.bincount(group, column, n_groups) > 0 for column in ground.allowed.T])
    return count, demand, fits


def _capacity_entries(
    ground: PackingProblem, c: IntArray, demand: FloatArray
) -> tuple[tuple[IntArray, IntArray], FloatArray]:
    """Rows in parts of the capacity: what is carried, less what hosts in use have."""
    n_classes, n_resources = ground.capacity.shape
    k = np.arange(n_resources)
    part = demand / np.maximum(ground.capacity[c], 1)
    rows = np.concatenate([(c[:, None] * n_resources + k).ravel(), np.arange(n_classes * n_resources)])
    columns = np.concatenate(
        [np.repeat(np.arange(len(c)), n_resources), len(c) + np.repeat(np.arange(n_classes), n_resources)]
    )
    entries = np.concatenate([part.ravel(), np.where(ground.capacity > 0, -1.0, 0.0).ravel()])
    return (rows, columns), entries


def _floor_row(
    group: IntArray, value: FloatArray, number: IntArray, count: FloatArray, g: IntArray, width: int
) -> sparse.csr_array:
    mean = np.bincount(group, value * number, len(count)) / np.maximum(count, 1)
    return sparse.csr_array((mean[g], (np.zeros(len(g), dtype=np.int64), np.arange(len(g)))), shape=(1, width))
