"""What prices prove of a level of goals, from the data alone: no solver."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import fsum, isfinite
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.bounds import GoalPrices
from vmopt.errors import PlacementError
from vmopt.goals.forced import capacity_left, forced
from vmopt.goals.holds import Hold
from vmopt.goals.lattice import lattice_of
from vmopt.goals.minorant import Form, Minorant
from vmopt.goals.terms import held_terms, level_terms
from vmopt.model.goal_level import GoalLevel
from vmopt.model.shapes import Fullest, alone
from vmopt.rules.eligible import eligible

EPSILON = float(np.finfo(np.float64).eps)
CHUNK = 1 << 18
"""Pairs of a VM class and a host class that are looked at together."""


def verify_goal_prices(instance: Any, level: GoalLevel, holds: Sequence[Hold], proof: GoalPrices) -> Fraction | None:
    """Return what no placement that keeps the holds is better than in a level, recomputed with numpy alone.

    Each goal is at least a linear form in what host classes hold, how many of their hosts are in use, and which VMs
    run (`vmopt.goals.minorant`). With prices ``mu >= 0`` of the holds and ``lam[c,k] >= 0`` of capacity, of which hosts
    in use have ``C[c,k]`` each, the sum of these forms is least where every VM goes where it costs least, or nowhere if
    it may, and every host is in use that pays (Lagrangian duality; Geoffrion 1974). That is the bound, less what
    rounding may hide, raised to the next value that there can be. Prices of the first holds alone prove what they do
    whatever the other holds are.

    Parameters
    ----------
    instance : Instance
        Without elastic VMs.
    level : GoalLevel
    holds : sequence of Hold
        What placements have to hold.
    proof : GoalPrices

    Returns
    -------
    Fraction or None
        At least so much of a cost, at most so much of what is maximised; None where nothing is proven.

    Raises
    ------
    PlacementError
        If the proof has the wrong shape, or numbers that are negative, not finite, or add up to more than they may.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [4]], [[8], [8]], rules=[vmopt.MustRun("vm-*")])
    >>> proof = GoalPrices(np.zeros((1, 1)), np.zeros(0), (np.ones(1),))
    >>> verify_goal_prices(cluster, GoalLevel.of(vmopt.goals.Balance()), (), proof)
    Fraction(1, 2)
    """
    checks.of_kind(proof, GoalPrices, "the proof", "the proof of a level of goals", PlacementError)
    if instance.elastic:
        return None
    least = _least(instance, level, holds, proof)
    if proof.below is not None:
        return _part(level, proof.below) if least > 0 else None
    if not isfinite(least):
        return None
    lattice = lattice_of(instance, level, holds)
    bound = Fraction(least) if lattice is None else lattice.at_least(Fraction(least))
    return -bound if level.maximised else bound


def _part(level: GoalLevel, below: Fraction) -> Fraction:
    return Fraction(str(level.terms[0][0])) * below


def _least(instance: Any, level: GoalLevel, holds: Sequence[Hold], proof: GoalPrices) -> float:
    """Least value of the sum of all forms, less what rounding may hide."""
    own = alone(instance, level, Fullest)
    if proof.below is not None and (own is None or proof.below <= 0):
        raise PlacementError("a proof that hosts do not stay below a part of them is of the fullest host, above 0.")
    room = capacity_left(instance, holds, None if own is None or proof.below is None else (own[1], proof.below))
    form, n_terms = _form(instance, level, holds, proof)
    lam = _checked(proof.capacity, room.shape, "prices")
    load, used = form.columns[: room.size].reshape(room.shape) + lam, form.columns[room.size :]
    of_columns, of_vms, of_constant = form.magnitude
    size = of_columns[: room.size].reshape(room.shape) + lam
    paid = (room * lam).sum(axis=1)
    count = instance.host_classes.count
    best, spent = _cheapest(instance, room, load, form.vms, size)
    gain = np.where(forced(instance, holds), best, np.minimum(best, 0.0)) if len(best) else best
    if np.isposinf(gain).any():
        return np.inf
    parts = [form.constant, *(count * np.minimum(used - paid, 0.0)).tolist(), *(instance.vm_classes.count * gain)]
    sizes = [of_constant, *(count * (of_columns[room.size :] + paid)), *(instance.vm_classes.count * (spent + of_vms))]
    least: float = fsum(parts) - EPSILON * (n_terms + room.shape[1] + 8) * fsum(sizes)
    return least


def _form(instance: Any, level: GoalLevel, holds: Sequence[Hold], proof: GoalPrices) -> tuple[Form, int]:
    """Sum of the forms of the level, unless only the holds count, and of the holds less their limits."""
    weighted: list[tuple[float, Minorant]] = [] if proof.below is not None else [*level_terms(instance, level)]
    form = Form.zero(instance.host_classes.capacity.size + len(instance.host_classes), len(instance.vm_classes))
    price = _checked(proof.holds, (min(len(holds), np.size(proof.holds)),), "prices of levels above")
    for mu, hold in zip(price.tolist(), holds, strict=False):
        held = held_terms(instance, hold)
        weighted += [(mu * weight, minorant) for weight, minorant in held.terms]
        limit = mu * float(held.limit)
        form.constant -= limit
        form.magnitude = (*form.magnitude[:2], form.magnitude[2] + abs(limit))
    if len(proof.slopes) != len(weighted):
        raise PlacementError(f"there are slopes of {len(proof.slopes)} goals, expected {len(weighted)}.")
    for (weight, minorant), given in zip(weighted, proof.slopes, strict=True):
        slopes = _checked(given, (len(minorant.pieces),), "slopes")
        if (np.bincount(minorant.pieces.group, slopes, minorant.pieces.n_groups) > 1).any():
            raise PlacementError("slopes of pieces of one group add up to at most 1.")
        form.add(weight, minorant, slopes)
    n_terms = sum(2 + len(minorant.pieces) for _, minorant in weighted)
    return form, n_terms + (0 if instance.worth is not None else instance.n_vms)


def _checked(given: Any, shape: tuple[int, ...], what: str) -> FloatArray:
    array = np.asarray(given, dtype=np.float64)
    if array.shape != shape:
        raise PlacementError(f"{what} have shape {array.shape}, expected {shape}.")
    if not np.isfinite(array).all() or (array < 0).any():
        raise PlacementError(f"{what} must be finite and at least 0.")
    return array


def _cheapest(
    instance: Any, room: IntArray, load: FloatArray, vms: FloatArray, size: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """What a VM of each class adds where it adds least, infinite where it fits nowhere; and the sum of magnitudes."""
    demand, allowed = instance.vm_classes.demand, eligible(instance)
    best, spent = np.full(len(demand), np.inf), np.zeros(len(demand))
    for part in _parts(len(demand), len(room)):
        fits = _fitting(demand[part], room)
        if allowed is not None:
            fits &= allowed[part]
        cost = vms[part, None] + demand[part] @ load.T
        best[part] = np.where(fits, cost, np.inf).min(axis=1, initial=np.inf)
        spent[part] = np.where(fits, demand[part] @ size.T, 0.0).max(axis=1, initial=0.0)
    return best, spent


def _fitting(demand: IntArray, room: IntArray) -> BoolArray:
    fits = np.ones((len(demand), len(room)), dtype=bool)
    for k in range(room.shape[1]):
        fits &= demand[:, k, None] <= room[:, k]
    return fits


def _parts(n_vms: int, n_hosts: int) -> Iterator[slice]:
    step = max(1, CHUNK // max(n_hosts, 1))
    return (slice(start, start + step) for start in range(0, n_vms, step))
