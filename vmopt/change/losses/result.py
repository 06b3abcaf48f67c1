"""Headroom: for each loss of hosts, whether what ran there still fits on the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vmopt import checks
from vmopt.arrays import IntArray
from vmopt.model.instance import Instance
from vmopt.plurals import count
from vmopt.summary.layout import Fact, Table, facts_html, facts_text, table_html, table_text

MOST_ROWS, NAMED = 20, 5


@dataclass(frozen=True)
class Loss:
    """What becomes of the protected VMs when some domains are lost.

    Attributes
    ----------
    domains : tuple of str
        What is lost at the same time.
    n_victims : int
        Protected VMs that ran there.
    fits : bool or None
        True: `restarts` is a placement of all of them. False: proven that there is none. None: not known.
    out : tuple of str
        Protected VMs that the best placement found leaves out.
    least_out : int
        No placement leaves out fewer: proven.
    restarts : (n, 2) int64 array
        VMs that start again or move, and their hosts.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [4], [2]], [[8], [8]], current=[0, 1, 1])
    >>> loss = vmopt.headroom(cluster).losses[0]
    >>> loss.domains, loss.n_victims, loss.fits, loss.out, loss.least_out
    (('host-0',), 1, False, ('vm-0',), 1)
    """

    domains: tuple[str, ...]
    n_victims: int
    fits: bool | None
    out: tuple[str, ...]
    least_out: int
    restarts: IntArray = field(repr=False, compare=False, default_factory=lambda: np.zeros((0, 2), dtype=np.int64))


@dataclass(frozen=True, eq=False, repr=False)
class Headroom:
    """Whether the protected VMs of a placement survive any loss.

    Attributes
    ----------
    instance : Instance
    host_index : (n_vms,) int64 array
    over : str
        What is lost: hosts, or all hosts with the same value of a label.
    failures : int
        How many at the same time.
    of : float or None
        The least priority that is protected; None for all VMs.
    moving : bool
        Whether survivors may move.
    losses : tuple of Loss
        One for every set of domains that can be lost.

    Examples
    --------
    >>> import vmopt
    >>> cluster = vmopt.Instance.from_arrays([[4], [4], [2]], [[8], [8]], current=[0, 1, 1])
    >>> found = vmopt.headroom(cluster)
    >>> found.holds, len(found.losses), len(found.broken)
    (False, 2, 2)
    """

    instance: Instance
    host_index: IntArray
    over: str
    failures: int
    of: float | None
    moving: bool
    losses: tuple[Loss, ...]

    @property
    def holds(self) -> bool | None:
        """Whether everything protected fits after any loss: proven either way, None where it is not known."""
        if any(loss.fits is False for loss in self.losses):
            return False
        return None if any(loss.fits is None for loss in self.losses) else True

    @property
    def broken(self) -> tuple[Loss, ...]:
        """Losses after which something protected stays out, or may, the worst first."""
        return tuple(sorted((loss for loss in self.losses if not loss.fits), key=lambda loss: -len(loss.out)))

    def facts(self) -> list[Fact]:
        """What was found, in a few lines."""
        holds = {True: "yes, proven", False: "no, proven", None: "not known"}[self.holds]
        who = "all VMs that run" if self.of is None else f"VMs of priority {self.of:g} and above"
        how = "survivors may move" if self.moving else "survivors stay where they are"
        facts = [
            Fact("headroom", holds),
            Fact("protected", f"{who}; others may be stopped; {how}"),
            Fact("lost", f"any {self.failures} of {self.over}: {count(len(self.losses), 'case')}"),
        ]
        fitting = sum(loss.fits is True for loss in self.losses)
        return [*facts, Fact("survived", f"{fitting:,} of {len(self.losses):,}")]

    def table(self, most: int = MOST_ROWS) -> Table:
        """Losses that leave VMs out, the worst first."""
        checks.integer(most, "most")
        rows = [
            [
                ", ".join(loss.domains),
                ", ".join(loss.out[:NAMED]) + (" ..." if len(loss.out) > NAMED else ""),
                f"{loss.n_victims:,}",
                f"{len(loss.out):,}",
                f"{loss.least_out:,}",
            ]
            for loss in self.broken[:most]
        ]
        return Table(("lost", "left out", "VMs there", "out", "out at least"), rows, n_left=2)

    def document(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return {
            "headroom": self.holds,
            "over": self.over,
            "failures": self.failures,
            "of": self.of,
            "moving": self.moving,
            "losses": [
                {
                    "lost": list(loss.domains),
                    "vms": loss.n_victims,
                    "fits": loss.fits,
                    "out": list(loss.out),
                    "out_at_least": loss.least_out,
                }
                for loss in self.losses
            ],
        }

    def __str__(self) -> str:
        told = facts_text(self.facts())
        return f"{told}\n\n{table_text(self.table())}" if self.broken else told

    def __repr__(self) -> str:
        fitting = sum(loss.fits is True for loss in self.losses)
        return f"Headroom({fitting:,} of {len(self.losses):,} losses of {self.failures} {self.over} survived)"

    def _repr_html_(self) -> str:
        return facts_html("Headroom", self.facts()) + (table_html(self.table()) if self.broken else "")
