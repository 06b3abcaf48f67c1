"""Patterns in a stage: the bound that they prove, and whole patterns as placements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.bounds import HostPatterns
from vmopt.formulation.patterns import Patterns
from vmopt.goals.host_bound import cheapest, verify_host_patterns
from vmopt.methods.goals.packing.covering import Covering, Knapsacks, Point
from vmopt.methods.goals.packing.master import Requirement
from vmopt.methods.goals.packing.packing_problem import PackingProblem
from vmopt.methods.goals.packing.parameters import DEFAULT, CoverParameters
from vmopt.methods.goals.packing.relaxed import METHOD, RelaxedPacking
from vmopt.methods.goals.stage import Stage
from vmopt.methods.patterns.capacity_table import CapacityTable
from vmopt.methods.patterns.diving import Chosen
from vmopt.methods.patterns.knapsack import Knapsack


def begin(
    stage: Stage,
    ground: PackingProblem,
    relaxed: RelaxedPacking,
    packings: Sequence[IntArray] = (),
    parameters: CoverParameters = DEFAULT.cover,
) -> Covering:
    """Set up the program over patterns, from the prices of the relaxation and the patterns of placements."""
    vms = stage.problem.vms
    knapsacks = tuple(Knapsack(ground.demand, capacity, at_most=vms.most) for capacity in ground.capacity)
    need, worth = _need(ground), cheapest(stage.instance, relaxed.prices, ground.capacity)
    valid = Point(worth, (relaxed.prices * ground.capacity).sum(axis=1), relaxed.per_floor[: len(need.limit)])
    table = _table(stage, ground)
    kinds = Knapsacks(knapsacks, table, ground.cost, ground.demand, ground.capacity, ground.allowed, parameters)
    program = Covering(kinds, need, valid, Patterns(len(vms)), 1.0 / ground.scale)
    for host_index in (stage.host_index, *packings):
        add_placement(stage, program, host_index)
    return program


def _table(stage: Stage, ground: PackingProblem) -> CapacityTable | None:
    """All knapsacks at once, where that is quick and only capacity says who may run where."""
    fits = [(ground.demand <= capacity).all(axis=1) for capacity in ground.capacity]
    if (np.column_stack(fits) != ground.allowed).any():
        return None
    return CapacityTable.where_quick(ground.demand, ground.capacity, stage.problem.vms.most, ground.asked.count)


def add_placement(stage: Stage, program: Covering, host_index: IntArray) -> None:
    """Add the patterns of a placement."""
    problem = stage.problem
    placed = host_index >= 0
    hosts, row = np.unique(host_index[placed], return_inverse=True)
    counts = np.zeros((len(hosts), len(problem.vms)), dtype=np.int64)
    np.add.at(counts, (row.ravel(), problem.vms.of[placed]), 1)
    of = problem.hosts.of[hosts]
    for c in np.unique(of).tolist():
        program.add(c, counts[of == c])


def generate(stage: Stage, ground: PackingProblem, program: Covering, share: float, effort: int = 0) -> None:
    """Generate patterns for a share of the time left, and tighten the bound of the stage by what they prove.

    Parameters
    ----------
    effort : int
        In pricing, once quick pricing gains little: before that, prices are far from those that prove anything.
    """
    end, cost, limits = stage.remaining * (1 - share), np.inf, program.kinds.parameters
    rounds = limits.short if ground.alike or program.kinds.table is not None else 1
    for _ in range(limits.rounds // rounds):
        before, last = len(program.patterns), cost
        cost = program.generate(rounds, limits.hardest, lambda: stage.finished or stage.remaining < end).cost
        if last - cost < limits.slow * cost:
            program.effort = effort
        tell(stage, ground, program)
        near = 0.0 if ground.alike else limits.near * cost
        if (
            program.closed
            or cost - program.bound <= near
            or stage.finished
            or stage.remaining < end
            or len(program.patterns) == before
        ):
            return


def tell(stage: Stage, ground: PackingProblem, program: Covering) -> None:
    """Tighten the bound of a stage by the best valid point."""
    valid, n_floors = program.valid, len(ground.asked.floors)
    per_floor = np.zeros(n_floors)
    per_floor[: len(valid.per_floor)] = valid.per_floor
    worth, profit = np.maximum(valid.worth, 0.0), np.maximum(valid.profit, 0.0)
    proof = HostPatterns(worth * ground.scale, profit * ground.scale, per_floor * ground.scale)
    bound = verify_host_patterns(stage.instance, ground.goal, stage.holds, proof)
    stage.tighten(ground.weight * bound, proof, METHOD)


def offer(stage: Stage, chosen: Chosen | None) -> bool:
    """Place the VMs that run as the patterns say, if these cover all of them; tell whether the stage took it."""
    if chosen is None or not chosen.times:
        return False
    problem = stage.problem
    columns = np.array(chosen.host_class), np.array(chosen.counts), np.array(chosen.times)
    found = problem.dealer.deal_patterns(problem.hosts, *columns)
    running = np.bincount(problem.vms.of[stage.host_index >= 0], minlength=len(problem.vms))
    surplus = np.bincount(problem.vms.of[found >= 0], minlength=len(problem.vms)) - running
    if (surplus < 0).any():
        return False
    for j in np.flatnonzero(surplus).tolist():
        members = problem.vms.members[j]
        found[members[found[members] >= 0][-int(surplus[j]) :]] = -1
    return stage.offer(found, METHOD)


def _need(ground: PackingProblem) -> Requirement:
    """What every placement that keeps the holds covers."""
    asked = ground.asked
    floors = () if asked.complete else asked.floors
    limit, value = np.array([floor.limit for floor in floors]), [floor.value for floor in floors]
    return Requirement(
        asked.required, asked.count, ground.hosts, limit, np.array(value).reshape(len(floors), len(asked.count))
    )
