r"""Long rows written as rows of short numbers, exactly.

CP-SAT 9.15 can certify a wrong optimum when the coefficients of one row of booleans add up past 2^31. A row of integers
``sum_j a_j x_j <= C`` beyond that is therefore written in base B, like a sum on paper. With

    a_j = B hi_j + lo_j,  0 <= lo_j < B,      C = B C_hi + C_lo,  0 <= C_lo < B,

an integer point x keeps the row if and only if some integer z, the carry, keeps both of

    sum_j lo_j x_j - B z <= C_lo                (1)
    sum_j hi_j x_j +   z <= C_hi.               (2)

*If*: B times (2) plus (1) is the row. *Only if*: take ``z = C_hi - sum_j hi_j x_j``. Then (2) holds with equality, and
(1) reads ``sum_j lo_j x_j <= B C_hi - B sum_j hi_j x_j + C_lo``, which is the row. With ``=`` in place of ``<=``
everywhere both directions hold as well. The *if* holds for fractions too, so the linear relaxation loses nothing.

The carry that serves best is the smallest that keeps (1), ``ceil((sum_j lo_j x_j - C_lo) / B)``, which bounds its
domain.
Row (2) is split again while it is long.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vmopt.errors import BackendError

LONGEST_ROW = 2**31 - 1


@dataclass(frozen=True)
class IntegerRow:
    """A row ``lower <= sum(coefficients * x[columns]) <= upper``; None stands for no limit."""

    columns: tuple[int, ...]
    coefficients: tuple[int, ...]
    lower: int | None
    upper: int | None


@dataclass(frozen=True)
class Carry:
    """How the value of a carry follows from the columns before it: ``ceil((digits @ x - capacity) / base)``."""

    columns: tuple[int, ...]
    digits: tuple[int, ...]
    capacity: int
    base: int

    def value(self, x: list[int]) -> int:
        """Return the smallest carry that serves the point."""
        total = sum(digit * x[column] for column, digit in zip(self.columns, self.digits, strict=True))
        return -((self.capacity - total) // self.base)


@dataclass
class Splitter:
    """Splits rows, and adds the columns of the carries behind the given ones.

    Parameters
    ----------
    lower, upper : list of int
        Limits of the columns; those of the carries are appended.
    longest : int
        Most that the coefficients times the sizes of the columns of a row may add up to.

    Attributes
    ----------
    carries : list of Carry
        In the order of their columns.

    Examples
    --------
    >>> splitter = Splitter([0, 0], [1, 1])
    >>> rows = splitter.split(IntegerRow((0, 1), (3 * 2**31, 5 * 2**30), None, 7 * 2**30))
    >>> len(rows), len(splitter.carries), max(abs(a) for row in rows for a in row.coefficients) < 2**31
    (2, 1, True)
    """

    lower: list[int]
    upper: list[int]
    carries: list[Carry] = field(default_factory=list)
    longest: int = LONGEST_ROW

    def split(self, row: IntegerRow) -> list[IntegerRow]:
        """Return short rows that together say what `row` says; none where every point keeps it."""
        least, most = self._range(row)
        upper = None if row.upper is None or row.upper >= most else row.upper
        lower = None if row.lower is None or row.lower <= least else row.lower
        if upper is None and lower is None:
            return []
        if upper is not None and upper == lower:
            return self._split(IntegerRow(row.columns, row.coefficients, upper, upper))
        rows = [] if upper is None else self._split(IntegerRow(row.columns, row.coefficients, None, upper))
        if lower is not None:
            rows += self._split(IntegerRow(row.columns, tuple(-a for a in row.coefficients), None, -lower))
        return rows

    def _split(self, row: IntegerRow) -> list[IntegerRow]:
        """Split a row whose lower limit is none or its upper limit."""
        assert row.upper is not None
        if self._length(row) <= self.longest:
            return [row]
        base = self._base(row)
        high, low = zip(*(divmod(a, base) for a in row.coefficients), strict=True)
        capacity_high, capacity_low = divmod(row.upper, base)
        equation = row.lower is not None
        carry = self._add_carry(Carry(row.columns, low, capacity_low, base))
        units = IntegerRow((*row.columns, carry), (*low, -base), capacity_low if equation else None, capacity_low)
        rest = IntegerRow((*row.columns, carry), (*high, 1), capacity_high if equation else None, capacity_high)
        return [units, *self._split(rest)]

    def _base(self, row: IntegerRow) -> int:
        """Largest power of two that keeps row (1) short, with a carry of up to as many units as there are."""
        units = sum(max(abs(self.lower[j]), abs(self.upper[j])) for j in row.columns)
        base = 1 << max(0, (self.longest // (2 * units + 2)).bit_length() - 1)
        if base < 4:
            raise BackendError(
                f"cp-sat cannot take a row over {units} units with coefficients up to "
                f"{max(map(abs, row.coefficients))} exactly: state amounts in coarser units, or take highs."
            )
        return base

    def _add_carry(self, carry: Carry) -> int:
        least, most = self._range(IntegerRow(carry.columns, carry.digits, None, None))
        self.carries.append(carry)
        self.lower.append(-((carry.capacity - least) // carry.base))
        self.upper.append(-((carry.capacity - most) // carry.base))
        return len(self.lower) - 1

    def _range(self, row: IntegerRow) -> tuple[int, int]:
        """Least and greatest activity of a row."""
        ends = [(a * self.lower[j], a * self.upper[j]) for j, a in zip(row.columns, row.coefficients, strict=True)]
        return sum(min(pair) for pair in ends), sum(max(pair) for pair in ends)

    def _length(self, row: IntegerRow) -> int:
        return sum(
            abs(a) * max(abs(self.lower[j]), abs(self.upper[j]))
            for j, a in zip(row.columns, row.coefficients, strict=True)
        )
