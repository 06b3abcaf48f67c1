"""Landing as an integer program of one host: for where a search takes too long. The rows are those of `rows`.

VMs with the same ask are counted together, which takes out their symmetry; then their pieces are dealt to them in turn,
part by part, so that the parts of each differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import gcd, inf

import numpy as np
from scipy import sparse

from vmopt.rules.inside.layout import Ask, Need, Seat, starts_of

Spot = tuple[tuple[int, int], ...]
"""Where one of the `Pieces` is: the numbers of its parts among the seats, each with the slot it starts at."""
Landed = tuple[int, tuple[Spot, ...]]
"""The alternative of a VM, and where its pieces are."""
Columns = list[tuple[int, list[list[tuple[int, int, int]]]]]
"""Of each alternative of an ask: its column, and for each of its `Pieces` where they may be (seat, start, column)."""


def land_by_program(seats: Sequence[Seat], asks: Sequence[Ask], seconds: float = inf) -> list[Landed] | None:
    """Find where each of these VMs may land on a host; None where they do not fit.

    Parameters
    ----------
    seats, asks : lists of Seat and of Ask
    seconds : float
        What the solver may take.

    Raises
    ------
    ArithmeticError
        If the solver came to no answer, in time or at all.

    Examples
    --------
    >>> gpu = [Seat("gpu", n, (10,), 0, ()) for n in range(2)]
    >>> share = ((Need("gpu", 1, (6,), None),),)
    >>> land_by_program(gpu, [share] * 2), land_by_program(gpu, [share] * 3)
    ([(0, (((0, -1),),)), (0, (((1, -1),),))], None)
    """
    kinds = list(dict.fromkeys(asks))
    program = _Program(seats)
    for ask in kinds:
        program.add(ask, asks.count(ask))
    if not program.upper:
        return [(0, ())] * len(asks)
    count = program.solved(seconds)
    if count is None:
        return None
    dealt = {ask: iter(program.dealt(columns, count)) for ask, columns in zip(kinds, program.asks, strict=True)}
    return [next(dealt[ask]) for ask in asks]


def _smaller(entries: list[tuple[int, int]], capacity: int) -> tuple[list[tuple[int, int]], float, float]:
    """A row in the largest unit that amounts are whole in: what solvers round is less then, and HiGHS prints lines."""
    unit = max(gcd(*(amount for _, amount in entries)), 1)
    return [(column, amount // unit) for column, amount in entries], -np.inf, capacity // unit


@dataclass
class _Program:
    seats: Sequence[Seat]
    upper: list[int] = field(default_factory=list)
    asks: list[Columns] = field(default_factory=list)
    _rows: list[tuple[list[tuple[int, int]], float, float]] = field(default_factory=list)
    _taken: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)
    _slots: dict[tuple[int, int], list[tuple[int, int]]] = field(default_factory=dict)

    def _column(self, most: int) -> int:
        self.upper.append(most)
        return len(self.upper) - 1

    def add(self, ask: Ask, number: int) -> None:
        """Add VMs with the same ask."""
        found = []
        for one in ask:
            z = self._column(number)
            found.append((z, [self._pieces(need, z, number) for need in one]))
        self._rows.append(([(z, 1) for z, _ in found], number, number))
        self.asks.append(found)

    def _pieces(self, need: Need, z: int, number: int) -> list[tuple[int, int, int]]:
        found = []
        for k, seat in enumerate(self.seats):
            here = [(slots, start, self._column(number)) for slots, start in starts_of(need, seat)]
            self._rows.append(([*((y, 1) for *_, y in here), (z, -1)], -np.inf, 0))
            for slots, start, y in here:
                found.append((k, start, y))
                for resource, amount in enumerate(need.each):
                    self._taken.setdefault((k, resource), []).append((y, amount))
                for slot in range(slots.bit_length() if need.profile is not None else 0):
                    if slots >> slot & 1:
                        self._slots.setdefault((k, slot), []).append((y, 1))
        self._rows.append(([*((y, 1) for *_, y in found), (z, -need.parts)], 0, 0))
        return found

    def solved(self, seconds: float) -> list[int] | None:
        """Return a number for each column; None where there are none."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # slow to load, and few clusters need it

        rows = [*self._rows, *((entries, -np.inf, 1.0) for entries in self._slots.values())]
        rows += [_smaller(entries, self.seats[k].capacity[r]) for (k, r), entries in self._taken.items()]
        entries = [(row, column, entry) for row, (row_of, *_) in enumerate(rows) for column, entry in row_of]
        row, column, entry = np.array(entries, dtype=np.int64).T
        matrix = sparse.csr_array((entry.astype(np.float64), (row, column)), shape=(len(rows), len(self.upper)))
        lower, upper = np.array([one[1] for one in rows]), np.array([one[2] for one in rows], dtype=np.float64)
        answer = milp(
            np.zeros(len(self.upper)),
            integrality=np.ones(len(self.upper), dtype=np.int64),
            bounds=Bounds(0, np.array(self.upper)),
            constraints=LinearConstraint(matrix, lower, upper),
            options={"time_limit": seconds},
        )
        if answer.status == 2:
            return None
        found = None if answer.x is None else np.rint(answer.x).astype(np.int64)
        exact = sparse.csr_array((entry, (row, column)), shape=matrix.shape)
        if found is None or not ((exact @ found >= lower) & (exact @ found <= upper)).all():
            raise ArithmeticError(f"the program of a host ended with: {answer.message}")
        return [int(n) for n in found]

    def dealt(self, columns: Columns, count: list[int]) -> list[Landed]:
        """Deal the pieces of the VMs with one ask to them."""
        found = list[Landed]()
        for number, (z, pieces) in enumerate(columns):
            each = [[(k, start) for k, start, y in piece for _ in range(count[y])] for piece in pieces]
            for vm in range(count[z]):
                found.append((number, tuple(tuple(spots[vm :: count[z]]) for spots in each)))
        return found
