"""Difference: two placements side by side, before and after."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from vmopt.explain.plain import Record
from vmopt.plurals import first_of
from vmopt.solution import Solution
from vmopt.status import Status
from vmopt.summary.figures import number
from vmopt.summary.layout import Table, printable, table_html, table_text

SHOWN = 5


@dataclass(frozen=True)
class Side(Record):
    """One of the two.

    Attributes
    ----------
    status : str
    objective, bound : float
    vms, placed : int
    """

    status: str
    objective: float
    bound: float
    vms: int
    placed: int

    @classmethod
    def of(cls, solution: Solution) -> Side:
        """Read a solution."""
        return cls(
            solution.status.value,
            float(solution.objective),
            float(solution.bound),
            solution.instance.n_vms,
            solution.n_placed,
        )


@dataclass(frozen=True, repr=False)
class Difference(Record):
    """What is different once data are changed.

    Attributes
    ----------
    changes : tuple of str
    before, after : Side
        Objectives in the unit of before.
    starts, stops : tuple of str
        VMs that run now and did not; that ran and do not.
    moves : tuple of (vm, source, target)
        VMs that run elsewhere.
    waits : tuple of str
        VMs that are new, and do not run.
    solution : Solution
        The placement after; not part of `to_dict`.

    Examples
    --------
    >>> import vmopt
    >>> solution = vmopt.solve(vmopt.Instance.from_arrays([[5], [4]], [[5]], value=[5, 4]))
    >>> found = vmopt.what_if(solution).add_hosts([vmopt.Host("new", {"resource-0": 4})]).solve()
    >>> found.starts, found.stops, found.moves, found.after.objective
    (('vm-1',), (), (), 9.0)
    """

    changes: tuple[str, ...]
    before: Side
    after: Side
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    moves: tuple[tuple[str, str, str], ...]
    waits: tuple[str, ...]
    solution: Solution = field(compare=False, metadata={"plain": False})

    @property
    def table(self) -> Table:
        """Both sides as a table."""
        one, other = self.before, self.after
        rows = [
            ("status", one.status, other.status),
            ("objective", number(one.objective), number(other.objective)),
            ("bound", number(one.bound), number(other.bound)),
            ("VMs", f"{one.vms:,}", f"{other.vms:,}"),
            ("run", f"{one.placed:,}", f"{other.placed:,}"),
        ]
        return Table(("", "before", "after"), rows)

    @property
    def lines(self) -> list[str]:
        """Who starts, stops, moves and waits, the first of them by name; only that nothing is left, where it is so."""
        if self.after.status == Status.INFEASIBLE.value:
            return ["result  no placement keeps all that must be kept"]
        moved = [f"{vm} from {source} to {target}" for vm, source, target in self.moves]
        told = {"starts": self.starts, "stops": self.stops, "moves": moved, "waits": self.waits}
        return [f"{what:6}  {len(names):,}: {first_of(names, SHOWN)}" for what, names in told.items() if names]

    def __str__(self) -> str:
        head = f"what if {'; '.join(self.changes) or 'nothing is different'}"
        parts = [head, table_text(self.table), "\n".join(map(printable, self.lines))]
        return "\n\n".join([printable(parts[0]), *(part for part in parts[1:] if part)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from html import escape

        said = "".join(f"<p>{escape(line)}</p>" for line in [f"what if {'; '.join(self.changes)}", *self.lines])
        return table_html(self.table) + said


def difference(before: Solution, after: Solution, changes: tuple[str, ...] = ()) -> Difference:
    """Compare two placements by the names of VMs and hosts.

    Examples
    --------
    >>> import vmopt
    >>> one = vmopt.solve(vmopt.Instance.from_arrays([[4], [3]], [[5]]))
    >>> difference(one, vmopt.solve(vmopt.Instance.from_arrays([[4], [3]], [[8]]))).starts
    ('vm-1',)
    """
    names, hosts = before.instance.vm_names, before.instance.host_names
    there = names.positions_in(after.instance.vm_names)
    now = np.where(there >= 0, after.host_index[np.maximum(there, 0)], -1)
    where = hosts.positions_in(after.instance.host_names)
    was = before.host_index
    moved = np.flatnonzero((was >= 0) & (now >= 0) & (where[np.maximum(was, 0)] != now))
    new = np.setdiff1d(np.arange(after.instance.n_vms), there)
    started = [names[int(vm)] for vm in np.flatnonzero((was < 0) & (now >= 0))]
    started += [after.instance.vm_names[int(vm)] for vm in new if after.host_index[vm] >= 0]
    waits = tuple(after.instance.vm_names[int(vm)] for vm in new if after.host_index[vm] < 0)
    moves = [(names[vm], hosts[int(was[vm])], after.instance.host_names[int(now[vm])]) for vm in moved.tolist()]
    stopped = tuple(names[int(vm)] for vm in np.flatnonzero((was >= 0) & (there >= 0) & (now < 0)))
    return Difference(changes, Side.of(before), Side.of(after), tuple(started), stopped, tuple(moves), waits, after)
