"""Seeded traffic: applications whose tiers talk, a background that everybody takes part in, and heavy tails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import FloatArray, IntArray
from vmopt.errors import OptionError
from vmopt.network.traffic import Traffic, VMs, names_of

N_TIERS = 3
MOST_PAIRS = 10**9
PARETO = 1.5
"""Tail of the rates: their mean is finite, their variance is not."""


def generate_traffic(
    vms: VMs,
    *,
    pairs: int | None = None,
    community: Sequence[int] = (4, 12),
    background: float = 0.2,
    mean_rate: float = 10e6,
    seed: int = 0,
) -> Traffic:
    """Draw traffic between VMs.

    VMs are dealt at random to applications, and within each to three tiers; VMs of the same tier or of tiers next to
    each other may talk. The background is a hose (Duffield et al., SIGCOMM 1999): every VM has a volume of its own, and
    random pairs get a rate in proportion to both volumes. Rates and volumes have Pareto tails: few pairs carry most of
    the traffic.

    Parameters
    ----------
    vms : Instance, Names or sequence of str
    pairs : int, optional
        Number of pairs; default: five for each VM. Background pairs that are drawn twice are merged, so that a few may
        be missing.
    community : (int, int)
        Least and most VMs of an application.
    background : float
        Part of the pairs that belongs to the background; more where the applications have too few pairs.
    mean_rate : float
        Bit/s of a pair, on average.
    seed : int
        The same seed gives the same traffic.

    Raises
    ------
    OptionError
        If an argument makes no sense.

    Examples
    --------
    >>> generate_traffic([f"vm-{i}" for i in range(100)], pairs=400, seed=1)
    Traffic(397 pairs among 100 VMs, 4e+09 bit/s)
    """
    names = names_of(vms)
    n_pairs = 5 * len(names) if pairs is None else pairs
    _check(n_pairs, community, background, mean_rate, seed)
    rng = np.random.default_rng(seed)
    within = _talkative(rng, *_communities(rng, len(names), *community))
    n_within = min(len(within), n_pairs - round(background * n_pairs))
    chosen = within[rng.permutation(len(within))[:n_within]]
    hose, volume = _background(rng, len(names), n_pairs - n_within)
    rate = np.concatenate([_heavy(rng, n_within), volume])
    both = np.concatenate([chosen, hose])
    if len(rate):
        rate *= mean_rate * len(rate) / rate.sum()
    return Traffic.from_arrays(names, both[:, 0], both[:, 1], rate)


def _communities(rng: np.random.Generator, n_vms: int, least: int, most: int) -> tuple[IntArray, IntArray]:
    """VMs in random order, and the application of each of them."""
    sizes = rng.integers(least, most + 1, n_vms // least + 1)
    return rng.permutation(n_vms), np.repeat(np.arange(len(sizes)), sizes)[:n_vms]


def _talkative(rng: np.random.Generator, member: IntArray, of: IntArray) -> IntArray:
    """All ordered pairs of VMs of one application whose tiers are at most one apart."""
    size = np.bincount(of)
    begin = np.cumsum(size) - size
    partners = size[of]
    one = np.repeat(np.arange(len(of)), partners)
    rank = np.arange(len(one)) - np.repeat(np.cumsum(partners) - partners, partners)
    other = begin[of[one]] + rank
    tier = rng.integers(0, N_TIERS, len(of))
    talks = (one != other) & (np.abs(tier[one] - tier[other]) <= 1)
    return np.column_stack([member[one[talks]], member[other[talks]]])


def _background(rng: np.random.Generator, n_vms: int, count: int) -> tuple[IntArray, FloatArray]:
    """Random pairs, and the product of the volumes of their ends."""
    if n_vms < 2 or count <= 0:
        return np.zeros((0, 2), dtype=np.int64), np.zeros(0)
    volume = _heavy(rng, n_vms)
    one = rng.integers(0, n_vms, count)
    other = (one + rng.integers(1, n_vms, count)) % n_vms
    return np.column_stack([one, other]), np.sqrt(volume[one] * volume[other])


def _heavy(rng: np.random.Generator, count: int) -> FloatArray:
    return 1.0 + rng.pareto(PARETO, count)


def _check(pairs: Any, community: Any, background: Any, mean_rate: Any, seed: Any) -> None:
    checks.integer(pairs, "pairs", 0, MOST_PAIRS)
    checks.integer(seed, "seed")
    sizes = list(community) if isinstance(community, Sequence) else []
    if len(sizes) != 2 or not all(map(checks.is_integer, sizes)) or not 1 <= sizes[0] <= sizes[1]:
        raise OptionError(f"community is {community!r}: give the least and the most VMs of one, such as (4, 12).")
    checks.between(background, "background", 0.0, 1.0, "a part from 0 to 1")
    checks.positive(mean_rate, "mean_rate")
