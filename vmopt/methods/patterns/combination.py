"""Combination: the best patterns known, and one host that is filled VM by VM, by an integer program.

Patterns that go together one by one in a dive leave the last hosts what is left over. An integer program over those
that lose least chooses all of them at once (the restricted master heuristic of Joncour, Michel, Sadykov, Sverdlov and
Vanderbeck 2010). Its weakness is that few patterns go together exactly: the host that earns most stays as it is in the
assignment formulation, and takes what the patterns of the others leave.
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import FloatArray, IntArray
from vmopt.backends import registry
from vmopt.backends.base import LPOptions
from vmopt.methods import greedy
from vmopt.methods.patterns.enumeration import IN_INTEGERS, METHOD, Within, integer_program, placement
from vmopt.methods.patterns.parameters import DEFAULT, ColumnGenerationParameters
from vmopt.methods.patterns.program import PatternProgram
from vmopt.methods.search import Search
from vmopt.problem import Problem


class _ProvenError(Exception):
    """Nothing better is to be found."""


def combine(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters = DEFAULT) -> None:
    """Improve the best placement by the best combination of patterns known, its own among them.

    Nothing is done where VMs repeat, as a dive does as well there.
    """
    if search.finished or not search.found or not _suits(search, program, parameters):
        return
    held, loose = held_by(search.problem, search.host_index), loose_host(program)
    within = chosen_patterns(program, held, loose, parameters.most_patterns_to_combine)
    value = search.problem.vms.value / (search.step or program.classes.unit)
    rows = integer_program(program, within, np.rint(value) if search.step else value)

    def offer(x: FloatArray, _bound: float = 0.0) -> None:
        made = placement(search.problem, within, np.rint(x).astype(np.int64))
        search.offer(greedy.complete(search.problem, made), METHOD)

    def check() -> None:
        if search.proven:
            raise _ProvenError

    options = LPOptions(
        time_limit=parameters.combination_share * search.remaining,
        gap=search.options.gap,
        seed=search.options.seed,
        threads=search.options.threads,
        start=start_of(program, within, held),
        on_incumbent=offer,
        on_tick=check,
    )
    try:
        result = registry.get(IN_INTEGERS).solve(rows, options)
    except _ProvenError:
        return
    search.limit = result.limit
    if result.x is not None:
        offer(result.x)


def _suits(search: Search, program: PatternProgram, parameters: ColumnGenerationParameters) -> bool:
    """Whether VMs are different, hosts few, and what a host can land is told by its capacity."""
    different = 2 * len(search.problem.vms) > search.problem.n_vms
    few = search.problem.n_hosts <= parameters.most_hosts_to_decide
    return different and few and all(knapsack.holding is None for knapsack in program.classes.knapsacks)


def loose_host(program: PatternProgram) -> int:
    """Class of the host that earns most at valid prices: most patterns differ in it, and the fewest are known."""
    return int(np.argmax(np.where(program.hosts > 0, program.valid.hosts, -1.0)))


def held_by(problem: Problem, host_index: IntArray) -> list[IntArray]:
    """What the hosts of each class hold in a placement, ``(n_hosts_of_the_class, n_vm_classes)``."""
    counted = problem.dealer.count(host_index)
    held = np.zeros((problem.n_hosts, len(problem.vms)), dtype=np.int64)
    held[counted.host, counted.vm_class] = counted.number
    return [held[members] for members in problem.hosts.members]


def chosen_patterns(program: PatternProgram, held: list[IntArray], loose: int, most: int) -> Within:
    """Choose the `most` patterns that lose least at valid prices, beside those held; one host of a class is loose."""
    host_class, counts = program.pool.host_class, program.pool.counts
    used = (program.hosts > 0) & ((program.hosts > 1) | (np.arange(len(program.hosts)) != loose))
    loss = program.valid.hosts[host_class] - counts @ (program.classes.value - program.valid.vms)
    best = np.argsort(np.where(used[host_class], loss, np.inf), kind="stable")[:most]
    best = best[used[host_class[best]]]
    of_held = np.repeat(np.arange(len(held)), [len(rows) for rows in held])
    every = np.column_stack([np.append(of_held, host_class[best]), np.vstack([*held, counts[best]])])
    every = np.unique(every[used[every[:, 0]] & every[:, 1:].any(axis=1)], axis=0)
    return Within(every[:, 0], every[:, 1:], np.array([loose]))


def start_of(program: PatternProgram, within: Within, held: list[IntArray]) -> FloatArray:
    """Point of the integer program where all hosts hold what they held; the last of its class is the loose one."""
    loose = int(within.individual[0])
    x = np.zeros(len(within.counts) + len(program.supply))
    x[len(within.counts) :] = held[loose][-1]
    index = {row.tobytes(): i for i, row in enumerate(np.column_stack([within.host_class, within.counts]))}
    for c, rows in enumerate(held):
        for row in rows[: len(rows) - (c == loose)]:
            if row.any():
                x[index[np.append(c, row).tobytes()]] += 1
    return x
