"""Merging: what two good placements agree on is kept, the rest is solved anew.

Good placements of one instance are much alike, and the best one has most of what they share (fixing what solutions
agree on: Danna, Rothberg and Le Pape 2005).
"""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.packing.refill import Refill
from vmopt.methods.tabu.tabu_problem import TabuProblem


def merge(
    ground: TabuProblem, at: IntArray, other: IntArray, loss: float, n_free: int, rng: np.random.Generator
) -> tuple[IntArray, Refill]:
    """Make the sub-problem of placing anew the VMs on whose host two placements differ.

    Parameters
    ----------
    ground : TabuProblem
    at, other : (n,) int64 arrays
        Hosts of the VMs in doubt; the sub-problem starts from the first.
    loss : float
        Nothing is worth more than this above the first of them.
    n_free : int
        If fewer VMs differ, the most doubtful of the others are placed anew as well, with some chance.

    Returns
    -------
    tuple of (n_free,) int64 array and Refill
        The VMs that are placed anew, as rows of the ground, and the sub-problem.
    """
    differ = at != other
    doubt = np.abs(ground.worth) * rng.random(len(at))
    order = np.lexsort((doubt, ~differ))
    free = np.sort(order[: min(len(at), max(n_free, int(differ.sum())))])
    kept = np.setdiff1d(np.arange(len(at)), free)
    room = ground.room.copy()
    placed = kept[at[kept] >= 0]
    np.subtract.at(room, at[placed], ground.demand[placed])
    n_hosts = len(ground.room)
    start = (at[free, None] == np.arange(n_hosts)).astype(np.int64)
    ones = np.ones(len(free), dtype=np.int64)
    return free, Refill(
        demand=ground.demand[free],
        value=ground.value[free],
        supply=ones,
        least=np.zeros_like(ones),
        capacity=room,
        allowed=np.ones((len(free), n_hosts), dtype=bool),
        start=start,
        loss=loss,
        room=np.zeros(len(free)),
    )


def merged(at: IntArray, free: IntArray, counts: IntArray) -> IntArray:
    """Put the answer of the sub-problem in place."""
    whole = at.copy()
    whole[free] = np.where(counts.any(axis=1), counts.argmax(axis=1), -1)
    return whole
