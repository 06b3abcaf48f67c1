"""Random tiny instances with rules of every sort, each told by a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

import vmopt
from vmopt.rules import Transient

BARS = ["fence", "ban", "empty"]
PENALTIES = [0, 0.1, 0.5, 1, 2, 3, 10, 1000]


class Draw:
    """Draws rules for so many VMs and hosts, named ``vm-0``, ..., and ``host-0``, ..."""

    def __init__(self, dice: random.Random, n_vms: int, n_hosts: int) -> None:
        self.dice, self.n_vms, self.n_hosts = dice, n_vms, n_hosts

    def column(self, n_groups: int) -> list[int]:
        """Draw a group for each VM, -1 for none."""
        return [self.dice.randrange(-1, n_groups) for _ in range(self.n_vms)]

    def rows(self, column: list[int], n_groups: int) -> list[list[str]]:
        """Groups by name; some have no member."""
        return [[f"vm-{i}" for i, g in enumerate(column) if g == group] for group in range(n_groups)]

    def groups(self) -> tuple[Any, int]:
        """Draw groups in one of the ways in which they can be given, and their number."""
        n = self.dice.randint(1, 3)
        column = self.column(n)
        way = self.dice.choice(["rows", "rows", "column", "label", "value", "pattern", "name"])
        if way == "rows":
            return self.rows(column, n), n
        if way == "column":
            return np.array(column), len(set(column) - {-1})
        if way == "label":
            return vmopt.Groups.labelled("app"), 0
        if way == "value":
            return vmopt.Groups.labelled("app", "a"), 1
        return ("vm-*" if way == "pattern" else f"vm-{self.dice.randrange(self.n_vms)}"), 1

    def pair(self, *, overlap: bool) -> tuple[Any, Any, int]:
        """Draw two sides with as many groups each; a VM may be on both sides of a pair where they overlap."""
        n = self.dice.randint(1, 2)
        a, b = self.column(n), self.column(n)
        if not overlap:
            b = [-1 if g == h else h for g, h in zip(a, b, strict=True)]
        return self.rows(a, n), self.rows(b, n), n

    def hosts(self) -> Any:
        """Draw hosts in one of the ways in which they can be given."""
        some = [h for h in range(self.n_hosts) if self.dice.random() < 0.5]
        ways = [[f"host-{h}" for h in some], np.isin(np.arange(self.n_hosts), some), vmopt.Groups.labelled("rack", "r")]
        return self.dice.choice(ways)

    def over(self) -> str:
        """Draw domains."""
        return self.dice.choice(["host", "rack", "zone"])

    def limit(self, n_groups: int, least: int, most: int = 3) -> Any:
        """Draw a limit, or one for each group."""
        if n_groups and self.dice.random() < 0.4:
            return [self.dice.randint(least, most) for _ in range(n_groups)]
        return self.dice.randint(least, most)

    def rule(self, name: str, soft: float = 0.0) -> Any:
        """Draw a rule of this name, with this chance one that is soft."""
        rule = (MAKERS | MOVES)[name](self)
        return softened(rule, self.dice.choice(PENALTIES)) if soft and self.dice.random() < soft else rule


def softened(rule: Any, penalty: float | None) -> Any:
    """The rule at a penalty; None for a hard one."""
    return replace(rule, penalty=penalty)


def _spread(draw: Draw) -> Any:
    groups, n = draw.groups()
    return vmopt.Spread(groups, draw.over(), draw.limit(n, 0, 2))


def _skew(draw: Draw) -> Any:
    groups, n = draw.groups()
    return vmopt.Skew(groups, draw.over(), draw.limit(n, 1, 2), draw.dice.choice([0, 0, 2, 3]))


def _reach(draw: Draw) -> Any:
    groups, n = draw.groups()
    return vmopt.Reach(groups, draw.over(), draw.limit(n, 0))


def _whole(draw: Draw) -> Any:
    groups, n = draw.groups()
    return vmopt.Whole(groups, draw.dice.choice([None, None, draw.limit(n, 1, 2)]))


def _apart(draw: Draw) -> Any:
    a, b, n = draw.pair(overlap=False)
    return vmopt.Apart(a, b, draw.over(), draw.dice.choice([0, draw.limit(n, 0, 1)]))


def _near(draw: Draw) -> Any:
    return vmopt.Near(*draw.pair(overlap=True)[:2], draw.over())


def _quota(draw: Draw) -> Any:
    resource = draw.dice.choice([None, "cpu", "memory"])
    most = draw.dice.randint(0, 3) if resource is None else draw.dice.choice([0, 2.5, 3, 4.3, 6, 7])
    of = draw.groups()[0] if draw.dice.random() < 0.6 else None
    return vmopt.Quota(most, draw.dice.choice([None, "host", "rack"]), resource, of)


def _most_moves(draw: Draw) -> Any:
    limits = [draw.dice.choice([None, None, 0, 1, 2]) for _ in range(3)]
    return vmopt.MostMoves(*(limits if limits != [None] * 3 else [1]))


MAKERS: dict[str, Callable[[Draw], Any]] = {
    "spread": _spread,
    "skew": _skew,
    "reach": _reach,
    "gather": lambda draw: vmopt.Gather(draw.groups()[0], draw.over()),
    "whole": _whole,
    "apart": _apart,
    "alone": lambda draw: vmopt.Alone(draw.groups()[0], draw.over()),
    "near": _near,
    "fence": lambda draw: vmopt.Fence(draw.groups()[0], draw.hosts()),
    "ban": lambda draw: vmopt.Ban(draw.groups()[0], draw.hosts()),
    "empty": lambda draw: vmopt.Empty(draw.hosts()),
    "quota": _quota,
    "must-run": lambda draw: vmopt.MustRun(draw.groups()[0]),
}
MOVES: dict[str, Callable[[Draw], Any]] = {
    "keep": lambda draw: vmopt.Keep(draw.groups()[0]),
    "resident": lambda draw: vmopt.Resident(draw.groups()[0]),
    "quarantine": lambda draw: vmopt.Quarantine(draw.hosts()),
    "most-moves": _most_moves,
    "transient": lambda draw: Transient(),
}
"""Rules that look at where VMs run now: instances with one of them run something."""


def instance(
    seed: int, *names: str, elastic: bool | None = None, vms: int = 4, hosts: int = 3, soft: float = 0.0
) -> vmopt.Instance:
    """Draw an instance with a rule of each of these names; many VMs and hosts are alike, some hosts have no label.

    With `soft`, that is the chance of each rule to be soft.
    """
    dice = random.Random(seed)
    while True:
        try:
            return _drawn(dice, names, elastic, vms, hosts, soft)
        except (
            vmopt.InstanceError
        ):  # more VMs asked for than the group has, a number of limits that is not that of groups
            continue


def _drawn(
    dice: random.Random, names: tuple[str, ...], elastic: bool | None, vms: int, hosts: int, soft: float
) -> vmopt.Instance:
    n_vms, n_hosts = dice.randint(1, vms), dice.randint(1, hosts)
    flavors = [[dice.choice([0, 1, 2, 3]), dice.choice([0.5, 1, 2])] for _ in range(2)]
    demand = [dice.choice(flavors) for _ in range(n_vms)]
    labels = [{k: dice.choice("rst") for k in ("rack", "zone") if dice.random() < 0.8} for _ in range(n_hosts)]
    labels[0].update(rack="r", zone=dice.choice("rs"))
    apps = [{"app": dice.choice("ab")} if dice.random() < 0.7 else {} for _ in range(n_vms)]
    apps[0]["app"] = "a"
    draw = Draw(dice, n_vms, n_hosts)
    stretch = dice.random() < 0.2 if elastic is None else elastic
    return vmopt.Instance.from_arrays(
        demand,
        [dice.choice([[4, 4], [6, 3], [9, 9], [3, 2], [0, 0]]) for _ in range(n_hosts)],
        value=[dice.choice([0, 1, 2, 2, 5]) for _ in range(n_vms)] if dice.random() < 0.7 else None,
        resources=["cpu", "memory"],
        vm_labels=apps,
        host_labels=labels,
        reservation=[[cpu * dice.choice([0, 1]), memory] for cpu, memory in demand] if stretch else None,
        rules=[draw.rule(name, soft) for name in names],
        current=[dice.randrange(-1, n_hosts) for _ in range(n_vms)] if set(names) & set(MOVES) else None,
        transient=("memory",) if "transient" in names else (),
    )
