"""Parts as rows: how many pieces of each ask land on each part of a host.

For each host h, ask g and alternative a there is a number z of VMs that take it, and for each of its `Pieces` e, part p
and slot s a number y of pieces:

    sum_a z[h,g,a]                       = VMs with ask g on h
    sum_ps y[h,g,a,e,p,s]                = count[e] z[h,g,a]
    sum_s y[h,g,a,e,p,s]                <= z[h,g,a]              for each p: the parts of one VM differ
    sum each[e,k] y[h,g,a,e,p,s]        <= capacity[p,k]         for each p and resource k
    sum of the y that cover slot t of p <= 1

Any such numbers are pieces of single VMs: z VMs that take `count` different parts each, no part more than z times, can
be dealt out part by part in turn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vmopt.arrays import IntArray
from vmopt.rules.inside.layout import Ask, Need, Seat, starts_of
from vmopt.rules.program import Cells, RuleRows


def write_rows(
    ask_of: IntArray,
    part_class: IntArray,
    hosts: Sequence[Sequence[Seat]],
    asks: Sequence[Ask],
    cells: Cells,
    rows: RuleRows,
) -> None:
    """Write the rows for every host that has a cell of a VM with pieces."""
    ask = ask_of[cells.vm]
    mine = np.flatnonzero(ask >= 0)
    stays = np.flatnonzero(np.isin(cells.outside, cells.host[mine]) & (ask_of >= 0))
    outside: dict[int, dict[int, int]] = {}
    for host, g in zip(cells.outside[stays].tolist(), ask_of[stays].tolist(), strict=True):
        held = outside.setdefault(host, {})
        held[g] = held.get(g, 0) + 1
    upper = np.minimum(cells.upper, cells.supply[cells.vm_class])
    by_host: dict[int, dict[int, list[int]]] = {}
    for cell in mine.tolist():
        by_host.setdefault(int(cells.host[cell]), {}).setdefault(int(ask[cell]), []).append(cell)
    for host, groups in by_host.items():
        seats = hosts[part_class[host]] if part_class[host] >= 0 else ()
        _HostRows(seats, rows).write(asks, groups, outside.get(host, {}), upper)


class _HostRows:
    """The rows of one host."""

    def __init__(self, seats: Sequence[Seat], rows: RuleRows) -> None:
        self._seats, self._rows = seats, rows
        self._amounts: dict[tuple[int, int], list[tuple[int, int]]] = {}
        self._slots: dict[tuple[int, int], list[int]] = {}

    def write(
        self, asks: Sequence[Ask], groups: dict[int, list[int]], outside: dict[int, int], upper: IntArray
    ) -> None:
        """Write them, given the cells of each ask and how many VMs of each stay."""
        for g in sorted({*groups, *outside}):
            found, stay = groups.get(g, []), outside.get(g, 0)
            most = stay + int(upper[found].sum())
            taken = [self._alternative(one, most) for one in asks[g]]
            self._row([(z, 1) for z in taken if z is not None] + [(cell, -1) for cell in found], stay, stay)
        for (seat, k), entries in self._amounts.items():
            self._row(entries, -np.inf, self._seats[seat].capacity[k])
        for columns in self._slots.values():
            self._row([(column, 1) for column in columns], -np.inf, 1)

    def _alternative(self, needs: tuple[Need, ...], most: int) -> int | None:
        """The column of an alternative; None where an empty host has not enough parts for it."""
        ways = [[starts_of(need, seat) for seat in self._seats] for need in needs]
        if any(sum(map(bool, way)) < need.parts for way, need in zip(ways, needs, strict=True)):
            return None
        z = int(self._rows.columns(np.array([most]))[0])
        for need, way in zip(needs, ways, strict=True):
            pieces: list[int] = []
            for seat, starts in enumerate(way):
                y = self._rows.columns(np.full(len(starts), most)).tolist()
                if y:
                    self._row([(column, 1) for column in y] + [(z, -1)], -np.inf, 0)
                self._take(need, seat, [slots for slots, _ in starts], y)
                pieces += y
            self._row([(column, 1) for column in pieces] + [(z, -need.parts)], 0, 0)
        return z

    def _take(self, need: Need, seat: int, taken: list[int], columns: list[int]) -> None:
        for slots, column in zip(taken, columns, strict=True):
            for k, amount in enumerate(need.each):
                if amount:
                    self._amounts.setdefault((seat, k), []).append((column, amount))
            for slot in range(slots.bit_length()):
                if slots >> slot & 1:
                    self._slots.setdefault((seat, slot), []).append(column)

    def _row(self, entries: list[tuple[int, int]], lower: float, upper: float) -> None:
        column, entry = np.array(entries, dtype=np.int64).reshape(-1, 2).T
        self._rows.add(np.zeros(len(column), np.int64), column, entry, np.array([lower]), np.array([upper]))
