"""Placement: VM name to host name, a view over an array of host indices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.plurals import count


class Placement(Mapping[str, str]):
    """VM name to host name, for the placed VMs; a view over an array of host indices.

    Examples
    --------
    >>> cluster = Instance.from_arrays([[4], [9]], [[8]], vm_names=["web", "db"], host_names=["h1"])
    >>> dict(Placement(cluster, np.array([0, -1])))
    {'web': 'h1'}
    """

    def __init__(self, instance: Instance, host_index: IntArray) -> None:
        self._instance = instance
        self._host_index = host_index

    def __getitem__(self, vm: str) -> str:
        host = int(self._host_index[self._instance.vm_names.index_of[vm]])
        if host < 0:
            raise KeyError(f"{vm} is unplaced")
        return self._instance.host_names[host]

    def __iter__(self) -> Iterator[str]:
        names = self._instance.vm_names
        return (names[int(i)] for i in np.flatnonzero(self._host_index >= 0))

    def __len__(self) -> int:
        return int(np.count_nonzero(self._host_index >= 0))

    def __repr__(self) -> str:
        return f"Placement({len(self):,} of {count(self._instance.n_vms, 'VM')} placed)"
