"""Rules as the kernel counts them: by group and domain."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.methods.goals.anneal.parameters import DEFAULT
from vmopt.rules import Empty, Fence, MustRun, Near, Reach, Spread, Transient
from vmopt.rules.keep import Keep, Quarantine
from vmopt.rules.limits import per_group

AT_MOST, AT_LEAST, NEEDS, NEEDED = range(4)
STATIC = (MustRun, Fence, Empty, Keep, Quarantine, Transient)
"""Rules that need no counts: who may go where is known beforehand, or has arrays of its own."""


def rules_of(instance: Any, vms: IntArray, host_index: IntArray) -> dict[str, Any] | None:
    """Arrays of an `AnnealState`; None where a rule is of another kind, or there is too much to be counted."""
    rows = _RuleRows(vms, host_index[vms])
    for here in instance.rules_in_force:
        rule, groups = here.rule, len(here.group)
        if here.penalty is not None:
            return None
        if isinstance(rule, Spread):
            most = per_group(rule.most, here.group, "most")
            rows.add(AT_MOST, *_crowded(here.group, most, vms), here.domain)
        elif isinstance(rule, Reach):
            placed = np.bincount(here.group.of[vms][here.group.of[vms] >= 0], minlength=groups)
            least = np.minimum(per_group(rule.least, here.group, "least"), placed)
            rows.add(AT_LEAST, here.group.of[vms], least, here.domain)
        elif isinstance(rule, Near):
            rows.add(NEEDS, here.group.of[vms], np.zeros(groups, dtype=np.int64), here.domain, partner=1)
            rows.add(NEEDED, here.other.of[vms], np.zeros(groups, dtype=np.int64), here.domain, partner=-1)
        elif not isinstance(rule, STATIC):
            return None
    return rows.arrays() if rows.size <= DEFAULT.most_counts else None


def _crowded(group: Any, most: IntArray, vms: IntArray) -> tuple[IntArray, IntArray]:
    """Groups of VMs, and limits, of those groups alone that have more members than may be together."""
    of = group.of[vms]
    kept = np.bincount(of[of >= 0], minlength=len(most)) > most
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    return np.where(of >= 0, number[of], -1), np.asarray(most)[kept]


class _RuleRows:
    """Rules one after the other."""

    def __init__(self, vms: IntArray, at: IntArray) -> None:
        self._vms, self._at = vms, at
        self._columns: list[tuple[int, int, int, int, int]] = []
        self._group: list[IntArray] = []
        self._domain: list[IntArray] = []
        self._limit: list[IntArray] = []
        self.size = self._groups = 0

    def add(self, kind: int, group: IntArray, limit: IntArray, domain: Any, partner: int = 0) -> None:
        """Add a rule over groups of the VMs; its partner stands so many rows further."""
        width = len(domain)
        self._columns.append((kind, self.size, width, self._groups, len(self._columns) + partner))
        self._group.append(group.astype(np.int64))
        self._domain.append(domain.of.astype(np.int64))
        self._limit.append(np.asarray(limit, dtype=np.int64))
        self.size += len(limit) * width
        self._groups += len(limit)

    def arrays(self) -> dict[str, Any]:
        """Count all there is."""
        columns = np.array(self._columns, dtype=np.int64).reshape(-1, 5)
        n = len(columns)
        group = np.full((n, len(self._vms) + 1), -1, dtype=np.int64)
        domain = np.array(self._domain, dtype=np.int64).reshape(n, -1) if n else np.zeros((0, 1), dtype=np.int64)
        counts, used = np.zeros(self.size, dtype=np.int32), np.zeros(self._groups, dtype=np.int64)
        for r, (_, start, width, first, _) in enumerate(self._columns):
            group[r, :-1] = self._group[r]
            where = domain[r][self._at]
            inside = np.flatnonzero((self._group[r] >= 0) & (where >= 0))
            size = len(self._limit[r]) * width
            table = np.bincount(group[r][inside] * width + where[inside], minlength=size)
            counts[start : start + size] = table
            used[first : first + len(self._limit[r])] = (table.reshape(-1, max(width, 1)) > 0).sum(axis=1)
        limit = np.concatenate([*self._limit, np.zeros(0, dtype=np.int64)])
        names = ("rule_kind", "rule_start", "rule_width", "used_start", "rule_partner")
        own = {name: np.ascontiguousarray(columns[:, k]) for k, name in enumerate(names)}
        return {**own, "rule_group": group, "rule_domain": domain, "counts": counts, "used": used, "limit": limit}
