"""Must leave: where moves are limited, how many VMs cannot stay is known before any search."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.bounds import Claim
from vmopt.goals.leavers import cheapest_leavers, crowds
from vmopt.goals.move_bound import stays
from vmopt.methods.search import Search
from vmopt.model.instance import Instance
from vmopt.rules import MostMoves
from vmopt.rules.eligible import must_run
from vmopt.rules.hard import hard_ones

METHOD = "must-leave"
BY = "the limit on moves"


def run(search: Search) -> None:
    """Prove that there is no placement where more must move than may, else what is lost by those that stop.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.MustRun("vm-*"), vmopt.Empty("host-0"), vmopt.MostMoves(1)]
    >>> cluster = vmopt.Instance.from_arrays([[1]] * 3, [[9]] * 2, current=[0, 0, 1], rules=rules)
    >>> vmopt.solve(cluster).status.value
    'infeasible'
    """
    instance = search.instance
    limits = [here.rule for here in hard_ones(instance, MostMoves) if isinstance(here.rule, MostMoves)]
    if not limits or search.finished:
        return
    may_stay, current = stays(instance), instance.current
    assert current is not None  # the rule asks for it
    cannot_stay = np.flatnonzero((current >= 0) & ~may_stay)
    moves = _forced(instance, current, cannot_stay, may_stay)
    if any(_above(moves.sum(), rule.most) or _above(moves.max(initial=0), rule.most_out) for rule in limits):
        search.prove_infeasible(BY)
        return
    most = min((rule.most for rule in limits if rule.most is not None), default=None)
    if most is not None and len(cannot_stay) > most:
        value = search.problem.value
        lost = np.sort(value[cannot_stay])[: len(cannot_stay) - most].sum()
        search.tighten_by_claim(float(value.sum() - lost), Claim(BY), METHOD)


def _forced(instance: Instance, current: IntArray, cannot_stay: IntArray, may_stay: BoolArray) -> IntArray:
    """How many have to move away from each host at the least, ``(n_hosts,)``: others may stop instead."""
    forced = must_run(instance)
    moves = np.zeros(instance.n_hosts, dtype=np.int64)
    if forced is None:
        return moves
    np.add.at(moves, current[cannot_stay], forced[cannot_stay])
    for crowd in crowds(instance, may_stay):
        least, _ = cheapest_leavers(crowd, forced[crowd.vms].astype(np.int64))
        moves[current[crowd.vms[0]]] += least
    return moves


def _above(number: int, limit: int | None) -> bool:
    return limit is not None and number > limit
