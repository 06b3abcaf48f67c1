"""Tiny instances: amounts and values of every kind that a user may give, drawn by number."""

from __future__ import annotations

from typing import Any

import numpy as np

import vmopt

Rng = np.random.Generator


def _small(rng: Rng, size: Any) -> Any:
    return rng.integers(0, 10, size)


def _positive(rng: Rng, size: Any) -> Any:
    return rng.integers(1, 30, size)


def _bytes(rng: Rng, size: Any) -> Any:
    return rng.integers(2**36, 2**40, size)


def _tenths(rng: Rng, size: Any) -> Any:
    return rng.integers(1, 40, size) / 10


def _binary(rng: Rng, size: Any) -> Any:
    return rng.integers(1, 3000, size) / 1024


def _thirds(rng: Rng, size: Any) -> Any:
    return rng.integers(1, 12, size) / 3


def _singles(rng: Rng, size: Any) -> Any:
    return (rng.integers(1, 40, size) / 10).astype(np.float32).astype(float)


def _floats(rng: Rng, size: Any) -> Any:
    return rng.uniform(0.01, 5.0, size)


AMOUNTS = (_small, _positive, _positive, _bytes, _tenths, _binary, _thirds, _singles, _floats)


def _ones(rng: Rng, n: int) -> Any:
    return np.ones(n)


def _powers(rng: Rng, n: int) -> Any:
    return 10.0 ** rng.integers(0, rng.integers(2, 19), n)


def _wide(rng: Rng, n: int) -> Any:
    return np.floor(10.0 ** rng.uniform(0, rng.integers(2, 16), n))


def _wild(rng: Rng, n: int) -> Any:
    return 10.0 ** rng.uniform(-60, 60, n)


def _nearly_equal(rng: Rng, n: int) -> Any:
    return float(rng.integers(1, 2**50)) + rng.integers(0, 3, n)


NUMBERS = (_ones, _positive, _positive, _tenths, _thirds, _binary, _floats, _powers, _wide, _wild, _nearly_equal)


def draw(seed: int, number: int) -> vmopt.Instance:
    """Make the instance of a number: up to 7 VMs on up to 3 hosts, with up to 3 resources.

    Examples
    --------
    >>> draw(0, 1) == draw(0, 1)
    True
    """
    rng = np.random.default_rng([seed, number])
    n_vms, n_hosts, n_resources = rng.integers(1, 8), rng.integers(1, 4), rng.integers(1, 4)
    demand, capacity = _amounts(rng, int(n_vms), int(n_hosts), int(n_resources))
    weighting = ("priority", "demand", "tiers")[rng.integers(3)]
    names = [f"r{k}" for k in range(n_resources)]
    weights = dict(zip(names, rng.integers(1, 4, n_resources).tolist(), strict=True)) if rng.random() < 0.2 else None
    return vmopt.Instance.from_arrays(
        demand.tolist(),
        capacity.tolist(),
        priority=_priorities(rng, weighting, int(n_vms)),
        value=_values(rng, int(n_vms)),
        resources=names,
        objective=vmopt.Objective(weighting, weights),
    )


def _amounts(rng: Rng, n_vms: int, n_hosts: int, n_resources: int) -> tuple[Any, Any]:
    """Demand and capacity; every host can hold about as much as it pleases, some nothing at all."""
    demand = np.zeros((n_vms, n_resources))
    capacity = np.zeros((n_hosts, n_resources))
    for k in range(n_resources):
        kind = _pick(rng, AMOUNTS)
        demand[:, k] = kind(rng, n_vms)
        if rng.random() < 0.5:  # sums of demands: hosts that can be filled to the brim
            chosen = rng.random((n_hosts, n_vms)) < rng.uniform(0.2, 0.7)
            capacity[:, k] = chosen @ demand[:, k]
        else:
            capacity[:, k] = kind(rng, n_hosts) * rng.integers(1, 4, n_hosts)
    if rng.random() < 0.2:
        capacity[rng.integers(n_hosts), rng.integers(n_resources)] = 0
    if rng.random() < 0.3 and n_vms > 1:  # identical VMs
        demand[rng.integers(n_vms)] = demand[0]
    if rng.random() < 0.3:  # identical hosts
        capacity[-1] = capacity[0]
    return demand, capacity


def _priorities(rng: Rng, weighting: str, n_vms: int) -> list[float]:
    """Weights above 0, or as tiers any integers."""
    if weighting == "tiers":
        return rng.choice(rng.integers(-(2**31), 2 * 10**9, 3), n_vms).tolist()
    return np.asarray(_pick(rng, NUMBERS)(rng, n_vms), dtype=float).tolist()


def _values(rng: Rng, n_vms: int) -> list[float] | None:
    """Values of the VMs' own: for none, for all or for some of them, a few of them 0."""
    if rng.random() < 0.5:
        return None
    value = np.asarray(_pick(rng, NUMBERS)(rng, n_vms), dtype=float)
    value[rng.random(n_vms) < 0.1] = 0.0
    if rng.random() < 0.2:
        value[rng.random(n_vms) < 0.5] = np.nan
    return value.tolist()


def _pick(rng: Rng, kinds: tuple[Any, ...]) -> Any:
    return kinds[rng.integers(len(kinds))]
