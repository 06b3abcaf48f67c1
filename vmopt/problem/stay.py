"""Stay: of VMs that are alike, those that run on a host already are the ones that run there."""

from __future__ import annotations

import numpy as np

from vmopt.arrays import IntArray


def staying(of: IntArray, current: IntArray, host_index: IntArray) -> IntArray:
    """The same counts of VM classes on hosts, dealt so that as many VMs as can be stay where they are.

    Of a class, ``min(were there, are there)`` VMs stay on each host; no other way to deal has fewer move. VMs that run
    go before those that do not.

    Parameters
    ----------
    of : (n_vms,) int64 array
        Class of each VM.
    current, host_index : (n_vms,) int64 arrays
        Where VMs run now, and in the placement; -1 for nowhere.

    Examples
    --------
    >>> staying(np.array([0, 0, 0, 1]), np.array([2, 1, -1, 0]), np.array([1, 2, -1, 2])).tolist()
    [2, 1, -1, 2]
    """
    stays = (host_index == current) & (current >= 0)
    others = np.flatnonzero(~stays & ((current >= 0) | (host_index >= 0)))
    if not others.size:
        return host_index
    dealt = host_index.copy()
    dealt[others] = _staying(of[others], current[others], host_index[others])
    return dealt


def _staying(of: IntArray, current: IntArray, host_index: IntArray) -> IntArray:
    """The same where nobody stays yet who is where it was."""
    n_hosts = int(max(current.max(initial=0), host_index.max(initial=0))) + 1
    seat, seats = np.unique(_keys(of, host_index, n_hosts), return_counts=True)
    home = _keys(of, current, n_hosts, unplaced_too=True)
    order = np.argsort(home, kind="stable")
    rank = np.empty(len(of), dtype=np.int64)
    rank[order] = np.arange(len(of)) - np.searchsorted(home[order], home[order])
    place = np.minimum(np.searchsorted(seat, home), max(len(seat) - 1, 0))
    stays = np.zeros(len(of), dtype=bool)
    if len(seat):
        stays = (current >= 0) & (seat[place] == home) & (rank < seats[place])
    dealt = np.where(stays, current, -1)
    left = seats - np.bincount(place[stays], minlength=len(seat)) if len(seat) else seats
    return _fill(of, current, dealt, np.repeat(seat, left), n_hosts)


def _fill(of: IntArray, current: IntArray, dealt: IntArray, seats: IntArray, n_hosts: int) -> IntArray:
    """Give the seats that are left to VMs of their classes, running ones first."""
    waiting = np.flatnonzero(dealt < 0)
    waiting = waiting[np.lexsort([waiting, current[waiting] < 0, of[waiting]])]
    seat_class = seats // n_hosts
    first = np.searchsorted(of[waiting], seat_class)
    nth = np.arange(len(seats)) - np.searchsorted(seat_class, seat_class)
    dealt[waiting[first + nth]] = seats % n_hosts
    return dealt


def _keys(of: IntArray, host: IntArray, n_hosts: int, unplaced_too: bool = False) -> IntArray:
    if unplaced_too:
        return np.where(host >= 0, of * n_hosts + host, -1)
    placed = host >= 0
    return np.asarray(of[placed] * n_hosts + host[placed])
