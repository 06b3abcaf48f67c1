"""MostMoves: how many VMs may change host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from vmopt import checks
from vmopt.arrays import BoolArray, FloatArray, IntArray
from vmopt.errors import InstanceError
from vmopt.rules.base import BaseRule, InForce, domains_of
from vmopt.rules.breach import Breach
from vmopt.rules.keep import current_of
from vmopt.rules.limits import UNLIMITED
from vmopt.rules.program import Cells, RuleRows, Slack
from vmopt.rules.selection import Grouping
from vmopt.rules.taken import Taken


@dataclass(frozen=True, eq=False, repr=False)
class MostMoves(BaseRule):
    """At most `most` VMs change host, `most_in` of them to any one host, and `most_out` away from any one.

    A VM that stops, or that did not run, does not move: ``sum_i [x[i] >= 0, x[i] != current[i] >= 0] <= most``.
    Known as the migration limits of VMware DRS and ROADEF, evictions per node (the Kubernetes descheduler), concurrent
    migrations (OpenStack Watcher).

    Parameters
    ----------
    most, most_in, most_out : int, optional
        None for any number; at least one is given.
    penalty : float, optional
        Makes the rule soft: what each move above a limit costs.

    Examples
    --------
    >>> import vmopt
    >>> rules = [vmopt.MostMoves(1), vmopt.Empty("host-1")]
    >>> cluster = vmopt.Instance.from_arrays([[4], [3]], [[3], [9]], current=[1, 1], rules=rules)
    >>> dict(vmopt.solve(cluster).placement)
    {'vm-1': 'host-0'}
    """

    name: ClassVar[str] = "most-moves"

    most: int | None = None
    most_in: int | None = None
    most_out: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        limits = (("most", self.most), ("most_in", self.most_in), ("most_out", self.most_out))
        if all(limit is None for _, limit in limits):
            raise InstanceError("MostMoves limits nothing: give most, most_in or most_out.")
        for what, limit in limits:
            if limit is not None:
                number = checks.integer(limit, f"{what} of MostMoves", 0, error=InstanceError)
                object.__setattr__(self, what, min(number, UNLIMITED))

    def find(self, instance: Any) -> tuple[Grouping, Grouping, Grouping | None]:
        """VMs by the hosts that they run on, and all hosts, numbered alike."""
        hosts = domains_of(instance, "host")
        return Grouping(current_of(instance, self), instance.host_names), hosts, None

    def find_breaches(self, here: InForce, host_index: IntArray) -> Iterator[Breach]:
        """Find hosts that too many enter or leave, and too many moves in all."""
        home = here.group.of
        gone = np.flatnonzero((host_index >= 0) & (home >= 0) & (host_index != home))
        if self.most is not None and len(gone) > self.most:
            yield here.breach(None, None, gone, len(gone) - self.most)
        for limit, where, leave in ((self.most_in, host_index[gone], False), (self.most_out, home[gone], True)):
            if limit is not None:
                for host in np.flatnonzero(np.bincount(where) > limit).tolist():
                    group, domain = (host, None) if leave else (None, host)
                    yield here.breach(group, domain, gone[where == host], int((where == host).sum()) - limit)

    def violation(self, here: InForce, host_index: IntArray) -> float:
        """Count the moves above the limits."""
        home, total = here.group.of, 0
        moves = (host_index >= 0) & (home >= 0) & (host_index != home)
        for limit, number in (
            (self.most, moves.sum(keepdims=True)),
            (self.most_in, np.bincount(host_index[moves])),
            (self.most_out, np.bincount(home[moves])),
        ):
            if limit is not None:
                total += int(np.maximum(number - limit, 0).sum())
        return float(total)

    def translate(self, here: InForce, cells: Cells, rows: RuleRows) -> None:
        """``sum x <= limit - outside`` over the cells that are away from home: of all, of each host, of each home."""
        home, outside = here.group.of, cells.outside
        cell = np.flatnonzero((home[cells.vm] >= 0) & (home[cells.vm] != cells.host))
        gone = np.flatnonzero((outside >= 0) & (home >= 0) & (outside != home))
        for limit, of, before in (
            (self.most, np.zeros(len(cell), dtype=np.int64), np.zeros(len(gone), dtype=np.int64)),
            (self.most_in, cells.host[cell], outside[gone]),
            (self.most_out, home[cells.vm[cell]], home[gone]),
        ):
            if limit is not None and len(cell):
                _write(rows, cells, cell, of, np.bincount(before, minlength=int(of.max()) + 1), limit, self.penalty)

    def allows(self, here: InForce, vm: int, taken: Taken) -> BoolArray:
        """Tell where a move is left; home is always open."""
        n_hosts, home, now = len(here.domain.of), here.group.of, taken.host_index
        open_ = np.ones(n_hosts, dtype=bool)
        mine = int(home[vm])
        if mine < 0:
            return open_
        moves = (now >= 0) & (home >= 0) & (now != home)
        if self.most is not None:
            open_ &= moves.sum() < self.most
        if self.most_in is not None:
            open_ &= np.bincount(now[moves], minlength=n_hosts)[:n_hosts] < self.most_in
        if self.most_out is not None:
            open_ &= np.count_nonzero(moves & (home == mine)) < self.most_out
        open_[mine] = True
        return open_

    def added(self, here: InForce, vm: int, taken: Taken) -> FloatArray:
        """One for each limit that a move away from home is above."""
        n_hosts, home, now = len(here.domain.of), here.group.of, taken.host_index
        mine, moves = int(home[vm]), (now >= 0) & (home >= 0) & (now != home)
        more = np.zeros(n_hosts)
        if self.most is not None:
            more += moves.sum() >= self.most
        if self.most_in is not None:
            more += np.bincount(now[moves], minlength=n_hosts) >= self.most_in
        if self.most_out is not None:
            more += np.count_nonzero(moves & (home == mine)) >= self.most_out
        more[mine] = 0.0
        return more

    def room(self, here: InForce, vm: int, taken: Taken) -> IntArray | None:
        """One at a time: a move to one host leaves fewer for all."""
        return None

    def freed(self, here: InForce, host: int) -> BoolArray:
        """Any host may take a move that is no longer made."""
        return np.ones(len(here.domain.of), dtype=bool)


def _write(
    rows: RuleRows, cells: Cells, cell: IntArray, of: IntArray, before: IntArray, limit: int, penalty: float | None
) -> None:
    """Write a limit for each host that cells are `of`."""
    hosts, row = np.unique(of, return_inverse=True)
    room = limit - before[hosts]
    most = np.bincount(row.ravel(), np.minimum(cells.upper, cells.supply[cells.vm_class])[cell]).astype(np.int64)
    if penalty is None:
        rows.at_most(row.ravel(), cell, np.ones(len(cell), dtype=np.int64), np.maximum(room, 0))
    else:
        slack = Slack.of(penalty, most - np.maximum(room, 0))
        rows.at_most(row.ravel(), cell, np.ones(len(cell), dtype=np.int64), np.maximum(room, 0), slack)
