"""First-fit, host by host: the same placement as VM by VM, in steps that grow with the hosts and not with the VMs.

Under first-fit a VM goes to the first host that has room when its turn comes. So what host 0 gets is what one gets by
offering it every VM in order; the VMs it leaves are offered to host 1, and so on. Many VMs are offered at a time: of
those in a row that fit by themselves, as many are taken as fit together, the others are looked at again.
"""

from __future__ import annotations

import time

import numpy as np

from vmopt.arrays import BoolArray, IntArray

BLOCK = 1024
"""VMs that are offered together."""
HOSTS_A_LOOK = 16
"""Hosts that are filled between two looks at the clock."""
TAKEN = np.iinfo(np.int64).max
"""What a VM that has a host asks of the others."""


def first_fit(demand: IntArray, free: IntArray, stop: float = np.inf) -> IntArray:
    """Place VMs in the order of their rows, each on the first host that has room for it.

    Parameters
    ----------
    demand : (n, n_resources) int64 array
    free : (n_hosts, n_resources) int64 array
        What the hosts have left; lowered by what they get.
    stop : float
        Value of ``time.perf_counter()`` at which to leave the other hosts as they are.

    Returns
    -------
    (n,) int64 array
        Host of each row, -1 where there is none with room.

    Examples
    --------
    >>> first_fit(np.array([[5], [4], [3], [4]]), np.array([[8], [8]])).tolist()
    [0, 1, 0, 1]
    """
    queue = _Queue(demand)
    for host, room in enumerate(free):
        if host % HOSTS_A_LOOK == HOSTS_A_LOOK - 1 and time.perf_counter() > stop:
            break
        queue.offer(host, room)
    return queue.where


class _Queue:
    """The VMs that wait, in blocks, each with the least that any of its VMs asks for; resources come first."""

    def __init__(self, demand: IntArray) -> None:
        self.where = np.full(len(demand), -1, dtype=np.int64)
        self._demand = np.array(demand.T, order="C")
        starts = np.arange(0, len(demand), BLOCK)
        self._least = np.minimum.reduceat(self._demand, starts, axis=1) if len(demand) else self._demand

    def offer(self, host: int, room: IntArray) -> None:
        """Fill one host, and lower what it has left; blocks of which no VM can fit are passed over."""
        block = 0
        while True:
            able = _within(self._least[:, block:], room)
            if not able.any():
                return
            block += int(able.argmax())
            self._offer_block(block, host, room)
            block += 1

    def _offer_block(self, block: int, host: int, room: IntArray) -> None:
        start = block * BLOCK
        waiting = self._demand[:, start : start + BLOCK]
        able = np.flatnonzero(_within(waiting, room))
        if not able.size:
            return
        while able.size:
            together = np.cumsum(waiting[:, able], axis=1)
            taken = int(_within(together, room).sum())
            room -= together[:, taken - 1]
            self.where[start + able[:taken]] = host
            waiting[:, able[:taken]] = TAKEN
            able = able[taken:]
            able = able[_within(waiting[:, able], room)]
        self._least[:, block] = waiting.min(axis=1)


def _within(amounts: IntArray, room: IntArray) -> BoolArray:
    """Which columns are within the room."""
    fits: BoolArray = np.full(amounts.shape[1], True)
    for k in range(len(room)):
        fits &= amounts[k] <= room[k]
    return fits
