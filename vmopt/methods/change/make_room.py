"""Make room: VMs that are to run and do not are put where there is room, or where others make room."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods import greedy
from vmopt.methods.change.squeeze import squeezed
from vmopt.methods.ruled.mend import lightened, mend
from vmopt.problem import Problem


def with_room(
    problem: Problem, host_index: IntArray, wanted: IntArray, stop: float = np.inf, seed: int = 0, gap: float = 0.0
) -> IntArray | None:
    """Return a placement with these VMs too, as many as find room, the largest first; others stay if rules let them.

    Parameters
    ----------
    host_index : (n_vms,) int64 array
        A placement that fits, whatever rules it breaks.
    wanted : (n,) int64 array
        VMs that are to run; those that do stay.
    stop : float
        Value of ``time.perf_counter()`` at which to leave off.
    seed : int
        Of the draw of hosts that are filled anew.
    gap : float
        How far each of these fillings may be from the fewest moves.

    Returns
    -------
    (n_vms,) int64 array or None
        None where VMs that must run have no room.

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> arrays = {"demand": [[3], [3], [4]], "capacity": [[6], [5]], "current": [0, 1, 0]}
    >>> cluster = compile(vmopt.Instance.from_arrays(**arrays))
    >>> with_room(cluster, np.array([0, 1, -1]), np.arange(3)).tolist()
    [0, 0, 1]
    """
    base = lightened(problem, host_index)
    size = (problem.least / np.maximum(problem.total, 1)).max(axis=1, initial=0.0)
    waiting = wanted[base[wanted] < 0]
    waiting = waiting[np.argsort(-size[waiting], kind="stable")]
    base = greedy.place(problem, waiting, "best-fit", base, stop)
    base = squeezed(problem, base, waiting[base[waiting] < 0], stop, seed=seed, gap=gap)
    return mend(problem, problem.stay(base))
