"""A small cluster, and solutions and relaxations of it made by hand."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import numpy as np

from vmopt import metrics
from vmopt.bounds import Bound, Claim, Prices
from vmopt.bounds.price_bound import verify_bound
from vmopt.model.instance import Instance
from vmopt.relaxation import Relaxation
from vmopt.solution import Solution
from vmopt.status import Status

CLUSTER = Instance.from_arrays(
    [[4, 16], [2, 2], [3, 1], [9, 40], [1, 1]],
    [[8, 32], [4, 16]],
    priority=[5, 3, 3, 2, 1],
    resources=["cpu", "memory"],
)
PRICES = np.array([[0.2, 0.01], [0.2, 0.0]])


def solution_of(
    instance: Instance, host_index: list[int], *, bound: float | None = None, claimed_by: str = "", **changes: object
) -> Solution:
    """Make a solution of a placement, with the bound that prices of 0 prove, or another, claimed or not."""
    placed = np.array(host_index)
    prices = np.zeros(instance.host_classes.capacity.shape)
    most = verify_bound(instance, prices) if bound is None else bound
    made = Solution(
        instance=instance,
        host_index=placed,
        status=Status.FEASIBLE,
        limit=None,
        objective=metrics.objective_of(instance, placed),
        certificate=Bound(most, Claim(claimed_by) if claimed_by else Prices(prices)),
        prices=prices,
        method="greedy-priority",
        backend=None,
        build_seconds=0.0,
        solve_seconds=0.25,
        seed=3,
        requested_gap=1e-4,
    )
    return replace(made, **changes)


def relaxation_of(instance: Instance, prices: np.ndarray) -> Relaxation:
    """Make a relaxation with these prices."""
    return Relaxation(instance, verify_bound(instance, prices), prices, None, 1.0, "glop 9.15", 0.125)


def facts_of(text: str) -> dict[str, str]:
    """Return labels and values of the aligned lines, wrapped values joined."""
    facts: dict[str, str] = {}
    for line in text.splitlines():
        label, _, value = line.partition("  ")
        last = label or last  # noqa: F821 - a line without a label continues the one before
        facts[last] = f"{facts.get(last, '')} {value.strip()}".strip()
    return facts


class Tags(HTMLParser):
    """Collect text, and fails on tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.cells.append(data)


def cells_of(html: str) -> list[str]:
    """Return the text of an HTML fragment, piece by piece; its tags must match."""
    tags = Tags()
    tags.feed(html)
    assert not tags.open
    return tags.cells
