"""Groups that share one domain with VMs that keep others out of theirs: Apart and Alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from vmopt.arrays import IntArray
from vmopt.rules.alone import Alone
from vmopt.rules.apart import Apart
from vmopt.rules.base import InForce, per_group
from vmopt.rules.contradictions.case import Case
from vmopt.rules.contradictions.fitting import ANY
from vmopt.rules.contradictions.limits import RunLimit
from vmopt.rules.contradictions.meeting import incidence, members_of_rule
from vmopt.rules.contradictions.usable_domains import nesting
from vmopt.rules.gather import Gather

MOST_PAIRS = 10_000
"""Pairs of rules that are worth a look at each; where there are more, none is."""


def company_limits(case: Case, number: int, here: InForce, groups: sparse.csr_array) -> Iterator[RunLimit]:
    """Limits of the groups of a Gather, each of whose domains lies in one domain of an Apart or an Alone."""
    size = np.asarray(groups.sum(axis=0), dtype=np.int64)
    if len(case.of_type(Gather)) * len(case.of_type(Apart | Alone)) > MOST_PAIRS:
        return
    for other, there in case.of_type(Apart | Alone):
        if not len(there.group) or nesting(case, here, there) != (1, False):
            continue
        off = _apart(case, there, groups) if isinstance(there.rule, Apart) else _alone(case, there, groups, size)
        if (off > 0).any():
            most = np.where(off > 0, size - off, ANY)
            partner, no = np.full(len(most), other), np.zeros(len(most), dtype=bool)
            reason = "all of them share one domain, which the other rule does not let some of them share"
            yield RunLimit(number, most, no, partner, reason)


def _apart(case: Case, there: InForce, groups: sparse.csr_array) -> IntArray:
    """Either none of a runs, or all but `most` of b do not."""
    assert there.other is not None
    most = per_group(there.rule.most, there.group, "most")  # type: ignore[attr-defined]
    second = np.flatnonzero((there.other.of >= 0) & ~case.never)
    b = incidence(second, there.other.of[second], (len(case.never), len(there.other)))
    first = (groups.T @ members_of_rule(there, ~case.never)).tocsr()
    too_many = (groups.T @ b).tocoo()
    too_many.data = np.maximum(too_many.data - most[too_many.col], 0)
    off = first.minimum(too_many.tocsr()).max(axis=1).toarray()
    return np.asarray(off, dtype=np.int64).ravel()


def _alone(case: Case, there: InForce, groups: sparse.csr_array, size: IntArray) -> IntArray:
    """Only those of one group run, or only those of none."""
    met = (groups.T @ members_of_rule(there, ~case.never)).tocsr()
    grouped = np.asarray(met.sum(axis=1), dtype=np.int64).ravel()
    largest = np.asarray(met.max(axis=1).toarray(), dtype=np.int64).ravel()
    return np.asarray(size - np.maximum(largest, size - grouped))
