"""The linear program of moves: how many VMs of a class stay on each host, and how many move to each class of hosts.

A VM takes r of capacity, what it must get to run: its demand, or the reservation of an elastic one.

maximise   sum_jh c[j] s[j,h]                                    what staying saves
subject to sum_j r[j,k] s[j,h] + y[h,k] <= C[h,k]                for each host h: what stays, and what comes
           sum_j r[j,k] m[j,c] <= sum_(h in c) y[h,k]            for each host class c
           required[j] <= sum_h s[j,h] + sum_c m[j,c] <= n[j]    for each VM class j
           sum_(j in g, h in d) s[j,h] <= most[g]                for limits that the current placement exceeds
           sum_j v[j] (sum_h s[j,h] + sum_c m[j,c]) >= V         for each utilisation that is held

Where a level above holds what hosts in use may cost, host h is in use by a part z[h] of it, has C[h,k] z[h], and

           s[j,h] <= n[j,h] z[h]                                 for what stays on each
           sum_h g[h] z[h] <= G                                  for each such level
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds import MovePrices, RulePrices
from vmopt.formulation.columns import fitting_pairs
from vmopt.formulation.linear_program import LinearProgram
from vmopt.goals.fewest_moves import FewestMoves
from vmopt.goals.forced import room_left
from vmopt.goals.held_hosts import HeldHosts, held_hosts
from vmopt.goals.holds import Hold
from vmopt.goals.move_bound import stays
from vmopt.goals.wanted import Wanted, wanted
from vmopt.problem import Problem
from vmopt.rules.eligible import eligible


@dataclass(frozen=True, eq=False)
class MoveProgram:
    """The program, and where its rows are.

    Attributes
    ----------
    program : LinearProgram
    room : (n_hosts, n_resources) int64 array
        What hosts can take, a row each.
    limits : RulePrices
        What the limits are of, their prices left at 0; their rows come after those of host classes and supply.
    first_limit : int
    n_floors : int
        The rows of utilisations come next, then those of hosts in use.
    n_held : int
    """

    program: LinearProgram
    room: IntArray
    limits: RulePrices
    first_limit: int
    n_floors: int
    n_held: int

    def proof(self, prices: FloatArray) -> MovePrices:
        """What prices of the rows prove."""
        own = np.maximum(prices, 0.0)
        n, end = self.room.size, self.first_limit + len(self.limits.price)
        of = RulePrices(self.limits.rule, self.limits.group, self.limits.domain, own[self.first_limit : end])
        used, floors = of.kept(of.price > 0), end + self.n_floors
        return MovePrices(
            own[:n].reshape(self.room.shape),
            np.maximum(-prices[end:floors], 0.0),
            used if len(used.price) else None,
            own[floors : floors + self.n_held] if self.n_held else None,
        )

    def eased(self, load: IntArray, ease: float) -> LinearProgram:
        """The program in whole hosts, with a part `ease` (0 to 1) of each left free, or what is free beside `load`."""
        program, spared = self.program, self.room - np.maximum(np.floor(self.room * (1 - ease)), load)
        row, hosts = np.arange(self.room.size), program.n_columns - len(self.room)
        at = (row, hosts + row // self.room.shape[1])
        less = sparse.csr_array((np.maximum(spared, 0.0).ravel(), at), shape=program.matrix.shape)
        return replace(program, matrix=program.matrix + less, integer=np.arange(program.n_columns) >= hosts)

    def kept(self, x: FloatArray | None) -> BoolArray | None:
        """Which hosts are in use in a point of the program in whole hosts."""
        return None if x is None else np.asarray(x[-len(self.room) :] > 0.5)


def move_program(problem: Problem, goal: FewestMoves, holds: Sequence[Hold]) -> MoveProgram:
    """Build it."""
    instance, asked = problem.instance, wanted(problem.instance, holds)
    room = room_left(instance, holds)[problem.hosts.of]
    n_hosts, n_resources = room.shape
    j, h, were = _pairs(problem)
    mover_class, mover_host = _movers(problem)
    n_stay, n_move, held = len(j), len(mover_class), held_hosts(instance, holds)
    n_used = n_hosts if held else 0
    width = n_stay + n_move + n_hosts * n_resources + n_used
    cost = goal.costs(instance)[0][problem.vms.first]
    blocks = [
        _host_rows(problem, j, h, n_stay + n_move, width),
        _class_rows(problem, mover_class, mover_host, n_stay, width),
        _supply(problem, j, mover_class, width),
    ]
    limits, rows = _limits(instance, j, h, were, width)
    lower, upper = _sides(problem, asked, limits, room)
    floors = [sparse.csr_array(_floor(f.value, j, mover_class, width)) for f in asked.floors]
    most: list[float] = [hosts.most for hosts in held]
    if held:
        blocks[0] = _offered(room, blocks[0])
        upper[: room.size] = 0.0
        floors += _in_use(held, h, were, width)
        most += [0.0] * n_stay
    objective = np.zeros(width)
    objective[:n_stay] = cost[j]
    program = LinearProgram(
        objective=objective,
        matrix=sparse.vstack([*blocks, rows, *floors], format="csr", dtype=np.float64),
        row_lower=np.concatenate([lower, [f.limit for f in asked.floors], np.full(len(most), -np.inf)]),
        row_upper=np.concatenate([upper, np.full(len(asked.floors), np.inf), most]),
        lower=np.zeros(width),
        upper=np.concatenate(
            [were, problem.vms.count[mover_class], np.full(n_hosts * n_resources, np.inf), np.ones(n_used)]
        ),
        integer=np.zeros(width, dtype=bool),
    )
    first_limit = len(lower) - len(limits.price)
    return MoveProgram(program, room, limits, first_limit, len(asked.floors), len(held))


def _pairs(problem: Problem) -> tuple[IntArray, IntArray, IntArray]:
    """VM classes and hosts where VMs may stay, and how many."""
    vms = np.flatnonzero(stays(problem.instance))
    current = problem.current
    assert current is not None
    pair, were = np.unique(problem.vms.of[vms] * problem.n_hosts + current[vms], return_counts=True)
    return pair // problem.n_hosts, pair % problem.n_hosts, were


def _movers(problem: Problem) -> tuple[IntArray, IntArray]:
    """VM classes and host classes that they may move to."""
    vm_class, host_class = fitting_pairs(problem.vms.least, problem.hosts.capacity)
    allowed = eligible(problem.instance)
    if allowed is not None:
        kept = allowed[vm_class, host_class]
        vm_class, host_class = vm_class[kept], host_class[kept]
    return vm_class, host_class


def _host_rows(problem: Problem, j: IntArray, h: IntArray, first: int, width: int) -> Any:
    n_hosts, n_resources = problem.capacity.shape
    k = np.arange(n_resources)
    row = np.concatenate([(h[:, None] * n_resources + k).ravel(), np.arange(n_hosts * n_resources)])
    column = np.concatenate([np.repeat(np.arange(len(j)), n_resources), first + np.arange(n_hosts * n_resources)])
    entry = np.concatenate([problem.vms.least[j].ravel(), np.ones(n_hosts * n_resources, dtype=np.int64)])
    return sparse.csr_array((entry, (row, column)), shape=(n_hosts * n_resources, width))


def _offered(room: IntArray, rows: Any) -> Any:
    """Rows of hosts that have their capacity while they are in use."""
    n_hosts, n_resources = room.shape
    row = np.arange(n_hosts * n_resources)
    column = rows.shape[1] - n_hosts + row // n_resources
    return rows - sparse.csr_array((room.ravel(), (row, column)), shape=rows.shape)


def _in_use(held: Sequence[HeldHosts], h: IntArray, were: IntArray, width: int) -> list[Any]:
    """What hosts in use cost, and that nobody stays on others."""
    n_stay, n_hosts = len(h), len(held[0].cost)
    first, each = width - n_hosts, np.arange(n_stay)
    column = first + np.arange(n_hosts)
    costs = [sparse.csr_array((hosts.cost, (np.zeros(n_hosts, int), column)), shape=(1, width)) for hosts in held]
    entry = np.concatenate([np.ones(n_stay), -were])
    cells = np.tile(each, 2), np.concatenate([each, first + h])
    return [*costs, sparse.csr_array((entry, cells), shape=(n_stay, width))]


def _class_rows(problem: Problem, j: IntArray, c: IntArray, n_stay: int, width: int) -> Any:
    n_hosts, n_resources = problem.capacity.shape
    k = np.arange(n_resources)
    row = np.concatenate(
        [(c[:, None] * n_resources + k).ravel(), (problem.hosts.of[:, None] * n_resources + k).ravel()]
    )
    movers = np.repeat(n_stay + np.arange(len(j)), n_resources)
    column = np.concatenate([movers, n_stay + len(j) + np.arange(n_hosts * n_resources)])
    entry = np.concatenate([problem.vms.least[j].ravel(), np.full(n_hosts * n_resources, -1)])
    return sparse.csr_array((entry, (row, column)), shape=(len(problem.hosts) * n_resources, width))


def _supply(problem: Problem, stay: IntArray, move: IntArray, width: int) -> Any:
    of = np.concatenate([stay, move])
    return sparse.csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(len(problem.vms), width))


def _limits(instance: Any, j: IntArray, h: IntArray, were: IntArray, width: int) -> tuple[RulePrices, Any]:
    """Limits that the current placement exceeds: a row of what stays for each."""
    nothing = np.zeros(0, dtype=np.int64)
    keys, rows = [(nothing,) * 3], [(nothing,) * 3]
    for r in range(len(instance.rules_in_force)):
        group, domain, row, column, entry = _exceeded(instance, r, j, h, were)
        rows.append((row + sum(len(key[0]) for key in keys), column, entry))
        keys.append((np.full(len(group), r), group, domain))
    rule, group, domain = (np.concatenate(part) for part in zip(*keys, strict=True))
    row, column, entry = (np.concatenate(part) for part in zip(*rows, strict=True))
    made = sparse.csr_array((entry, (row, column)), shape=(len(rule), width))
    return RulePrices(rule, group, domain, np.zeros(len(rule))), made


def _exceeded(instance: Any, r: int, j: IntArray, h: IntArray, were: IntArray) -> tuple[IntArray, ...]:
    """Groups and domains of a rule where too many run now, and the entries of their rows."""
    rule, nothing = instance.rules_in_force[r], np.zeros(0, dtype=np.int64)
    if rule.most_in_domain is None:
        return (nothing,) * 5
    member = instance.vm_classes.first[j]
    group, domain, weight = rule.group.of[member], rule.domain.of[h], rule.weight[member]
    inside = np.flatnonzero((group >= 0) & (domain >= 0))
    width = max(len(rule.domain), 1)
    pair, of = np.unique(group[inside] * width + domain[inside], return_inverse=True)
    held = np.bincount(of.ravel(), (weight * were)[inside], len(pair))
    over = np.flatnonzero(held > rule.most_in_domain[pair // width])
    place = np.full(len(pair) + 1, -1)
    place[over] = np.arange(len(over))
    row = place[of.ravel()]
    kept = inside[row >= 0]
    return pair[over] // width, pair[over] % width, row[row >= 0], kept, weight[kept]


def _sides(problem: Problem, asked: Wanted, limits: RulePrices, room: IntArray) -> tuple[FloatArray, FloatArray]:
    """Lower and upper limits of all rows but floors."""
    instance, n_class = problem.instance, len(problem.hosts) * problem.n_resources
    most = [
        float(instance.rules_in_force[r].most_in_domain[g])
        for r, g in zip(limits.rule.tolist(), limits.group.tolist(), strict=True)
    ]
    upper = np.concatenate([room.ravel(), np.zeros(n_class), asked.count, most])
    lower = np.concatenate([np.full(room.size + n_class, -np.inf), asked.required, np.full(len(most), -np.inf)])
    return lower, upper


def _floor(value: FloatArray, stay: IntArray, move: IntArray, width: int) -> FloatArray:
    row = np.zeros((1, width))
    row[0, : len(stay) + len(move)] = value[np.concatenate([stay, move])]
    return row
