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


def rules_of(instance: Any, vms: IntArray, host_index: IntArray) -> dict[str, IntArray] | None:
    """Arrays of an `AnnealState`; None where a rule is of another kind, or there is too much to be counted."""
    rows = _RuleRows(vms, host_index[vms])
    for here in instance.rules_in_force:
        rule, groups = here.rule, len(here.group)
        if here.penalty is not None:
            return None
        if isinstance(rule, Spread):
            rows.add(AT_MOST, here.group, here.domain, per_group(rule.most, here.group, "most"))
        elif isinstance(rule, Reach):
            placed = np.bincount(here.group.of[vms][here.group.of[vms] >= 0], minlength=groups)
            rows.add(AT_LEAST, here.group, here.domain, np.minimum(per_group(rule.least, here.group, "least"), placed))
        elif isinstance(rule, Near):
            rows.add(NEEDS, here.group, here.domain, np.zeros(groups, dtype=np.int64), partner=1)
            rows.add(NEEDED, here.other, here.domain, np.zeros(groups, dtype=np.int64), partner=-1)
        elif not isinstance(rule, STATIC):
            return None
    return rows.arrays() if rows.size <= DEFAULT.most_counts else None


class _RuleRows:
    """Rules one after the other."""

    def __init__(self, vms: IntArray, at: IntArray) -> None:
        self._vms, self._at = vms, at
        self._columns: list[tuple[int, int, int, int, int]] = []
        self._group: list[IntArray] = []
        self._domain: list[IntArray] = []
        self._limit: list[IntArray] = []
        self.size = self._groups = 0

    def add(self, kind: int, group: Any, domain: Any, limit: Any, partner: int = 0) -> None:
        """Add a rule; its partner stands so many rows further."""
        width = len(domain)
        self._columns.append((kind, self.size, width, self._groups, len(self._columns) + partner))
        self._group.append(group.of[self._vms].astype(np.int64))
        self._domain.append(domain.of.astype(np.int64))
        self._limit.append(np.broadcast_to(np.asarray(limit, dtype=np.int64), (len(group),)))
        self.size += len(group) * width
        self._groups += len(group)

    def arrays(self) -> dict[str, IntArray]:
        """Count all there is."""
        columns = np.array(self._columns, dtype=np.int64).reshape(-1, 5)
        n = len(columns)
        group = np.array(self._group, dtype=np.int64).reshape(n, len(self._vms))
        domain = np.array(self._domain, dtype=np.int64).reshape(n, -1) if n else np.zeros((0, 1), dtype=np.int64)
        counts, used = np.zeros(self.size, dtype=np.int64), np.zeros(self._groups, dtype=np.int64)
        for r, (_, start, width, first, _) in enumerate(self._columns):
            where = domain[r][self._at]
            inside = np.flatnonzero((group[r] >= 0) & (where >= 0))
            size = len(self._limit[r]) * width
            table = np.bincount(group[r][inside] * width + where[inside], minlength=size)
            counts[start : start + size] = table
            used[first : first + len(self._limit[r])] = (table.reshape(-1, max(width, 1)) > 0).sum(axis=1)
        limit = np.concatenate([*self._limit, np.zeros(0, dtype=np.int64)])
        names = ("rule_kind", "rule_start", "rule_width", "used_start", "rule_partner")
        own = {name: np.ascontiguousarray(columns[:, k]) for k, name in enumerate(names)}
        return {**own, "rule_group": group, "rule_domain": domain, "counts": counts, "used": used, "limit": limit}
