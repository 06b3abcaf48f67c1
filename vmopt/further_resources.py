"""Resources beyond cpu, memory and disk, for `generate`: what hosts have of them, and what VMs ask for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vmopt.arrays import FloatArray, IntArray

FAMILIES = (0.57, 0.2, 0.15, 0.08)
"""How often a VM is general, heavy on network, heavy on storage, or has GPUs."""
NOISE = 0.4
"""Sigma of the logarithm by which VMs without a flavour stray from what their size and family ask for."""


class Further(NamedTuple):
    """A resource.

    Attributes
    ----------
    name : str
    capacity : tuple of int
        Of each of the three kinds of host.
    follows : str
        Resource whose demand, in parts of a mean host, the demand for this one is proportional to.
    families : tuple of float
        By how much, for each family of VMs.
    """

    name: str
    capacity: tuple[int, int, int]
    follows: str
    families: tuple[float, float, float, float]


FURTHER = (
    Further("network", (25_000, 50_000, 25_000), "cpu", (0.7, 2.2, 0.7, 1.0)),
    Further("pods", (110, 250, 110), "cpu", (1.1, 0.8, 0.5, 0.4)),
    Further("gpu", (0, 8, 4), "cpu", (0.0, 0.0, 0.0, 11.0)),
    Further("iops", (200_000, 400_000, 400_000), "disk", (1.0, 1.0, 4.0, 1.5)),
    Further("bandwidth", (4_000, 10_000, 6_000), "iops", (1.0, 0.8, 0.7, 1.5)),
    Further("gpu_memory", (0, 640, 96), "gpu", (0.0, 0.0, 0.0, 0.7)),
    Further("addresses", (250, 250, 120), "pods", (1.0, 1.5, 0.8, 0.8)),
)
"""Network in Mbit/s, bandwidth of storage in MB/s, memory of GPUs in GiB, the others are counted."""


def with_further(
    rng: np.random.Generator, demand: IntArray, capacity: IntArray, names: tuple[str, ...], noisy: bool
) -> IntArray:
    """Append the demand for further resources.

    Parameters
    ----------
    rng : numpy.random.Generator
    demand : (n_vms, 3) int64 array
    capacity : (n_hosts, len(names)) int64 array
        Nobody asks for what no host has, nor for more than half of the least that a host has, if any.
    names : tuple of str
        Of the resources; the first three are there.
    noisy : bool
        Whether VMs of equal size and family differ.
    """
    mean = capacity.mean(axis=0)
    family = rng.choice(len(FAMILIES), size=len(demand), p=FAMILIES)
    columns: list[IntArray] = list(demand.T)
    for resource, offered in zip(FURTHER, capacity.T[len(columns) :], strict=False):
        place = names.index(resource.follows)
        part = columns[place] / max(mean[place], 1.0) * np.array(resource.families)[family]
        noise = rng.lognormal(-(NOISE**2) / 2, NOISE, len(demand)) if noisy else 1.0
        columns.append(_whole(part * noise * offered.mean(), offered))
    return np.column_stack(columns)


def _whole(wanted: FloatArray, offered: IntArray) -> IntArray:
    most = offered[offered > 0].min() // 2 if offered.any() else 0
    whole: IntArray = np.minimum(np.ceil(wanted).astype(np.int64), most)
    return whole
