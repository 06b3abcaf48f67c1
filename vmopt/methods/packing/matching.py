"""Matching: many hosts give away some of their VMs at once, and every bundle goes where all together gain most.

Each host gives away a random bundle of its VMs; those and bundles of unplaced VMs are matched anew with the room that
is left on the hosts, at most one bundle each, by an assignment that is the best of all (Kuhn 1955). As every host could
take its own bundle back, nothing is lost, and among the matchings is every cycle of exchanges, however long: a
neighbourhood of exponential size, searched in milliseconds (Ahuja, Ergun, Orlin and Punnen 2002).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.methods.packing.guarded import Guard, one_of_each
from vmopt.methods.packing.losses import Losses
from vmopt.methods.packing.occupancy import Occupancy
from vmopt.methods.packing.offers import LEAST_GAIN, rank_within
from vmopt.methods.packing.parameters import DEFAULT, MatchingParameters


@dataclass(frozen=True, eq=False)
class Bundles:
    """Bundles of VMs, one row for each VM.

    Attributes
    ----------
    of, vm_class : (n,) int64 arrays
        Bundle and VM class of each VM.
    demand : (n_bundles, n_resources) int64 array
    value : (n_bundles,) array
    """

    of: IntArray
    vm_class: IntArray
    demand: IntArray
    value: FloatArray

    @classmethod
    def made(cls, occupancy: Occupancy, of: IntArray, vm_class: IntArray, count: int) -> Bundles:
        """Add up what is in them."""
        demand = np.zeros((count, occupancy.free.shape[1]), dtype=np.int64)
        np.add.at(demand, of, occupancy.vms.demand[vm_class])
        value: FloatArray = np.bincount(of, occupancy.vms.value[vm_class], count).astype(np.float64)
        return cls(of, vm_class, demand, value)


def rematch(
    occupancy: Occupancy,
    losses: Losses,
    hosts: IntArray,
    rng: np.random.Generator,
    parameters: MatchingParameters = DEFAULT.match,
    guarded: BoolArray | None = None,
) -> float:
    """Match the hosts with bundles of theirs and of unplaced VMs anew.

    Parameters
    ----------
    hosts : (n,) int64 array
        No host twice.
    guarded : (n_vm_classes,) bool array, optional
        Classes that take part beside mobile ones: then one VM makes a bundle, rules say which hosts may take it, and
        whoever calls looks at whether they are kept. Default: none do.

    Returns
    -------
    float
        The gain in value, 0 where there is none.
    """
    position, vm_class = _units(occupancy, hosts)
    able = occupancy.mobile if guarded is None else occupancy.mobile | guarded
    bundle = parameters.bundle if guarded is None else 1
    goes = _given(position, able[vm_class], len(hosts), bundle, rng)
    most = max(parameters.outside, parameters.outside_per_host * len(hosts))
    outside = _outside(occupancy, losses, able, most, rng)
    if guarded is not None:
        goes, outside = _one_of_each(occupancy, vm_class, goes, outside, rng)
    outer = len(hosts) + _bundled(len(outside), bundle, rng)
    of, inside = np.concatenate([position[goes], outer]), np.concatenate([vm_class[goes], outside])
    bundles = Bundles.made(occupancy, of, inside, int(outer.max(initial=len(hosts) - 1)) + 1)
    room = occupancy.free[hosts] + bundles.demand[: len(hosts)]
    allowed = _allowed(occupancy, bundles, position[~goes], vm_class[~goes], len(hosts))
    if guarded is not None:
        _refill(occupancy, hosts, position[~goes], vm_class[~goes])
        allowed[:, bundles.of] &= Guard(occupancy, hosts).allowed(bundles.vm_class)
        allowed[np.diag_indices(len(hosts))] = True
    row, column = _matching(bundles, room, losses.weight, allowed, parameters.together)
    before, after = bundles.value[: len(hosts)].sum(), bundles.value[column].sum()
    gain = float(after - before)
    if gain < -LEAST_GAIN * before:
        if guarded is not None:
            _refill(occupancy, hosts, position, vm_class)
        return 0.0
    taker = np.full(len(bundles.value), -1)
    taker[column] = row
    comes = taker[of] >= 0
    occupancy.left += np.bincount(vm_class[goes], minlength=len(occupancy.left))
    occupancy.left -= np.bincount(inside[comes], minlength=len(occupancy.left))
    _refill(
        occupancy,
        hosts,
        np.concatenate([position[~goes], taker[of][comes]]),
        np.concatenate([vm_class[~goes], inside[comes]]),
    )
    return gain if gain > LEAST_GAIN * before else 0.0


def _units(occupancy: Occupancy, hosts: IntArray) -> tuple[IntArray, IntArray]:
    """Position of its host and class of every VM that runs on these hosts."""
    on = [occupancy.on[h] for h in hosts.tolist()]
    rows, position = np.concatenate(on), np.repeat(np.arange(len(on)), [len(r) for r in on])
    return np.repeat(position, rows[:, 1]), np.repeat(rows[:, 0], rows[:, 1])


def _given(position: IntArray, mobile: BoolArray, n_hosts: int, most: int, rng: np.random.Generator) -> BoolArray:
    """Which VMs their hosts give away: up to `most` mobile ones each, drawn at random."""
    order = np.lexsort((rng.random(len(position)), ~mobile, position))
    goes = np.zeros(len(position), dtype=bool)
    goes[order] = rank_within(position[order]) < rng.integers(0, most + 1, n_hosts)[position[order]]
    goes &= mobile
    return goes


def _one_of_each(
    occupancy: Occupancy, vm_class: IntArray, goes: BoolArray, outside: IntArray, rng: np.random.Generator
) -> tuple[BoolArray, IntArray]:
    """Let those stay where they are who would be the second of a group that rules count over several hosts."""
    given = np.flatnonzero(goes)
    order = rng.permutation(len(given) + len(outside))
    once = np.zeros(len(order), dtype=np.bool_)
    once[order] = one_of_each(occupancy.problem, np.concatenate([vm_class[given], outside])[order])
    goes = goes.copy()
    goes[given] = once[: len(given)]
    return goes, outside[once[len(given) :]]


def _outside(occupancy: Occupancy, losses: Losses, able: BoolArray, most: int, rng: np.random.Generator) -> IntArray:
    """Classes of unplaced VMs that may come in, in random order; the likeliest where there are many."""
    classes = np.flatnonzero((occupancy.left > 0) & able)
    units = np.repeat(classes, np.minimum(occupancy.left[classes], most))
    units = rng.permutation(units)
    if len(units) > most:
        scale = max(float(np.abs(losses.worth[units]).mean()), 1e-300)
        units = units[np.argpartition(-losses.worth[units] / scale - rng.gumbel(size=len(units)), most)[:most]]
    return units


def _bundled(n: int, most: int, rng: np.random.Generator) -> IntArray:
    """Bundle of each of n VMs in a row, up to `most` in each."""
    return np.repeat(np.arange(n), rng.integers(1, most + 1, n))[:n]


def _allowed(occupancy: Occupancy, bundles: Bundles, position: IntArray, vm_class: IntArray, n_hosts: int) -> BoolArray:
    """Which bundles rules let which hosts add to what they keep, ``(n_hosts, n_bundles)``."""
    allowed: BoolArray = np.ones((n_hosts, len(bundles.value)), dtype=np.bool_)
    most = occupancy.vms.most
    if most is None:
        return allowed
    kept = np.zeros((n_hosts, len(occupancy.vms)), dtype=np.int64)
    np.add.at(kept, (position, vm_class), 1)
    order = np.lexsort((bundles.vm_class, bundles.of))
    key = bundles.of[order] * len(most) + bundles.vm_class[order]
    full = kept[:, bundles.vm_class[order]] + rank_within(key) >= most[bundles.vm_class[order]]
    host, entry = np.nonzero(full)
    allowed[host, bundles.of[order][entry]] = False
    return allowed


def _matching(
    bundles: Bundles, room: IntArray, weight: FloatArray, fits: BoolArray, together: float
) -> tuple[IntArray, IntArray]:
    """Hosts and the bundles that they get in the matching of most value, free capacity together where that is equal."""
    from scipy.optimize import linear_sum_assignment  # slow to load, and not all that is loaded with this needs it

    for k in range(room.shape[1]):
        np.logical_and(fits, bundles.demand[:, k] <= room[:, k, None], out=fits)
    some = np.flatnonzero(fits.any(axis=0))
    fits = fits[:, some]
    scale = weight * len(room) / max(float((room @ weight).sum()), 1e-300)
    size, space = bundles.demand[some] * scale, room * scale
    unequal = (size**2).sum(axis=1) - 2 * space @ size.T
    score = np.where(fits, bundles.value[some] + together * bundles.value.mean() * unequal, 0.0)
    row, column = linear_sum_assignment(score, maximize=True)
    matched = fits[row, column]
    return row[matched], some[column[matched]]


def _refill(occupancy: Occupancy, hosts: IntArray, position: IntArray, vm_class: IntArray) -> None:
    """Make these VMs what runs on the hosts."""
    n_classes = len(occupancy.vms)
    key, count = np.unique(position * n_classes + vm_class, return_counts=True)
    occupancy.refill_many(hosts, *np.divmod(key, n_classes), count)
