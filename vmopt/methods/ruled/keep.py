"""Keeping: as much of a placement as rules allow, none of which it need know."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.ruled.mend import lightened, mend, urgent_vms
from vmopt.methods.ruled.parameters import DEFAULT, RuledParameters
from vmopt.methods.ruled.partial_placement import PartialPlacement
from vmopt.methods.ruled.place import place
from vmopt.problem import Problem


def keep(
    problem: Problem, wanted: IntArray, stop: float = np.inf, parameters: RuledParameters = DEFAULT
) -> IntArray | None:
    """Leave VMs where they are, as many as rules allow; those that must run are added. None where they cannot be.

    What `mend` takes off is put back where it was, if the rest allows it, the most valuable VMs first.

    Parameters
    ----------
    problem : Problem
    wanted : (n_vms,) int64 array
        A placement that fits, whatever rules it breaks.
    stop : float
        Value of ``time.perf_counter()`` at which to leave off.
    parameters : RuledParameters

    Examples
    --------
    >>> import vmopt
    >>> from vmopt.problem import compile
    >>> quota = vmopt.Quota(3, resource="cpu")
    >>> arrays = {"demand": [[1], [1], [1], [3]], "capacity": [[8]], "resources": ["cpu"], "value": [2, 2, 2, 1]}
    >>> keep(compile(vmopt.Instance.from_arrays(**arrays, rules=[quota])), np.zeros(4, dtype=int)).tolist()
    [0, 0, 0, -1]
    """
    base = mend(problem, wanted)
    if base is None:
        base = with_urgent(problem, wanted, stop, parameters)
    if base is None or (base >= 0).sum() >= (wanted >= 0).sum():
        return base
    fuller = mend(problem, _put_back(problem, base, wanted, stop, parameters.put_back))
    if fuller is None or problem.value[fuller >= 0].sum() < problem.value[base >= 0].sum():
        return base
    return fuller


def with_urgent(
    problem: Problem, wanted: IntArray, stop: float = np.inf, parameters: RuledParameters = DEFAULT
) -> IntArray | None:
    """Add the VMs that must run, beside all others if they go there, else before them; None where that fails."""
    urgent = urgent_vms(problem) > 0
    for start in (wanted, np.where(urgent, wanted, -1)):
        base = lightened(problem, start)
        missing = np.flatnonzero(urgent & (base < 0))
        order = missing[np.argsort(problem.vms.of[missing], kind="stable")]
        placed = mend(problem, place(problem, order, "best-fit", base, stop, parameters=parameters))
        if placed is not None:
            return placed
    return None


def _put_back(problem: Problem, base: IntArray, wanted: IntArray, stop: float, rounds: int) -> IntArray:
    places = PartialPlacement(problem, base, hard_only=True, stop=stop)
    for _ in range(rounds):
        out = np.flatnonzero((places.host_index < 0) & (wanted >= 0))
        for vm in out[np.argsort(-problem.value[out], kind="stable")].tolist():
            if places.late:
                break
            host = int(wanted[vm])
            if (places.free[host] >= problem.least[vm]).all() and places.allowed(vm)[host]:
                places.put(np.array([vm]), np.array([host]))
    return places.host_index
