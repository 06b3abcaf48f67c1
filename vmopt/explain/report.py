"""Report: all VMs that do not run, by class and by reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vmopt.explain.plain import Record
from vmopt.explain.records import Reason
from vmopt.plurals import count, plural
from vmopt.summary.figures import number
from vmopt.summary.layout import Table, table_html, table_text


@dataclass(frozen=True)
class ClassReason(Record):
    """VMs of one class, and why none of them runs.

    Attributes
    ----------
    example : str
        One of them.
    vms : int
        How many of the class do not run.
    value : float
        What one would add to the objective.
    kind : Reason
    certain : bool
        Whether the kind is proven.
    rule : str or None
        The rule that keeps it off most hosts, where no host is left by rules.
    resource : str or None
        What is short on the nearest host that rules leave it.
    short : float
        By how much, in the user's own units.
    host : str or None
        That host, or one that takes it.
    pieces : str or None
        What it asks of the parts of hosts, where no host that rules leave it has them.
    """

    example: str
    vms: int
    value: float
    kind: Reason
    certain: bool
    rule: str | None = None
    resource: str | None = None
    short: float = 0.0
    host: str | None = None
    pieces: str | None = None

    @property
    def reason(self) -> str:
        """The kind, and the rule, the parts or the resource that stand against it."""
        what = f": {self.rule}" if self.rule else f": {self.resource} short" if self.resource else ""
        what = what if self.pieces is None else f": parts short of {self.pieces}"
        doubt = " (not proven)" if self.kind is Reason.LEFT_OUT and not self.certain else ""
        return f"{self.kind.value}{doubt}{what}"

    def __str__(self) -> str:
        at = f", by {number(self.short, 12)} on {self.host}" if self.resource else f" on {self.host}" * bool(self.host)
        return f"{self.example} ({count(self.vms, 'VM')}): {self.reason}{at}"


@dataclass(frozen=True)
class ReasonRow(Record):
    """All VMs that do not run for one reason.

    Attributes
    ----------
    reason : str
    kind : Reason
    vms, classes : int
    value : float
        What all of them are worth.
    examples : tuple of str
        One VM of each of the classes with most VMs.
    """

    reason: str
    kind: Reason
    vms: int
    classes: int
    value: float
    examples: tuple[str, ...]

    def __str__(self) -> str:
        of = count(self.classes, "class", "classes")
        return f"{count(self.vms, 'VM')} of {of}, worth {number(self.value)}: {self.reason}"


@dataclass(frozen=True, repr=False)
class Report(Record):
    """All VMs that do not run.

    Attributes
    ----------
    vms : int
        How many VMs there are.
    unplaced : int
    reasons : tuple of ReasonRow
        Those with most VMs first.
    classes : tuple of ClassReason
    open : tuple of str
        What was not looked at, in words.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [9], [5], [5]], [[8]], value=[4, 3, 2, 2], resources=["cpu"])
    >>> print(vmopt.explain(vmopt.solve(cluster, gap=0)))
    3 of 4 VMs do not run.
    <BLANKLINE>
    reason                   VMs  classes  worth  for example
    no room left: cpu short    2        1      4         vm-2
    fits no host: cpu short    1        1      3         vm-1
    <BLANKLINE>
    open: whether a best placement runs the VMs with no room left is not known: explain(solution, vm) looks closer
    """

    vms: int
    unplaced: int
    reasons: tuple[ReasonRow, ...]
    classes: tuple[ClassReason, ...]
    open: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        """The reasons as a table."""
        header = ("reason", "VMs", "classes", "worth", "for example")
        rows = [
            (row.reason, f"{row.vms:,}", f"{row.classes:,}", number(row.value), ", ".join(row.examples))
            for row in self.reasons
        ]
        return Table(header, rows)

    @property
    def head(self) -> str:
        """How many run not."""
        return f"{self.unplaced:,} of {count(self.vms, 'VM')} {plural(self.unplaced, 'does', 'do')} not run."

    def __str__(self) -> str:
        remarks = [f"open: {remark}" for remark in self.open]
        return "\n\n".join([self.head, *([table_text(self.table)] if self.reasons else []), *remarks])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{self.head}</p>{table_html(self.table)}"


def rows_of(classes: list[ClassReason], shown: int = 2) -> tuple[ReasonRow, ...]:
    """Add up classes with the same reason."""
    by: dict[str, list[ClassReason]] = {}
    for one in classes:
        by.setdefault(one.reason, []).append(one)
    rows = [_row(reason, some, shown) for reason, some in by.items()]
    return tuple(sorted(rows, key=lambda row: (-row.vms, row.reason)))


def _row(reason: str, some: list[Any], shown: int) -> ReasonRow:
    most = sorted(some, key=lambda one: -one.vms)[:shown]
    vms, value = sum(one.vms for one in some), sum(one.vms * one.value for one in some)
    return ReasonRow(reason, some[0].kind, vms, len(some), value, tuple(one.example for one in most))
