"""Replica groups for `generate`: VMs in deployments, hosts in racks and zones, and rules over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vmopt.arrays import BoolArray, IntArray
from vmopt.errors import OptionError
from vmopt.rules import Fence, Groups, Spread, Whole

SMALLEST, LARGEST = 2, 40
"""VMs of a group."""
SMALLEST_GANG, LARGEST_GANG = 4, 8
N_ZONES, N_RACKS = 3, 40
IN_ZONES, FENCED, GANGS = 0.3, 0.1, 0.05
"""Parts of the groups."""


def parse_rules(rules: Any) -> tuple[str, ...]:
    """Read the names of rules, as ``"spread,zones"``.

    Raises
    ------
    OptionError
        If one of them is unknown.

    Examples
    --------
    >>> parse_rules("spread, gangs")
    ('spread', 'gangs')
    """
    names = tuple(dict.fromkeys(name.strip() for name in rules.split(","))) if isinstance(rules, str) else ()
    if not names or not set(names) <= set(MAKERS):
        raise OptionError(f"rules is {rules!r}: give some of {','.join(MAKERS)}, with commas between them.")
    return names


@dataclass(frozen=True, eq=False)
class Replicas:
    """VMs in groups that follow each other.

    Attributes
    ----------
    of : (n_vms,) int64 array
        Group of each VM.
    gang : (n_groups,) bool array
        Which groups are gangs, of 4 to 8 VMs.
    """

    of: IntArray
    gang: BoolArray
    size: IntArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", np.bincount(self.of))

    def first(self, n_vms: int) -> Replicas:
        """Keep so many VMs; one that is left over by itself gets another of the group before, or joins it."""
        of = self.of[:n_vms].copy()
        if len(of) > 1 and of[-1] != of[-2]:
            can_spare_one = len(of) > SMALLEST + 1 and of[-2] == of[-2 - SMALLEST]
            of[-2 if can_spare_one else -1] = of[-1 if can_spare_one else -2]
        size = np.bincount(of)
        return Replicas(of, self.gang[: len(size)] & (size >= SMALLEST_GANG))

    def labels(self) -> list[dict[str, str]]:
        """Labels of the VMs: the deployment that they belong to."""
        of_group = [{"app": f"app-{g}"} for g in range(len(self.size))]
        return [of_group[g] for g in self.of.tolist()]


def draw_replicas(rng: np.random.Generator, at_least: int) -> Replicas:
    """Draw groups, small ones more often, until there are so many VMs."""
    n_groups = max(at_least // SMALLEST, 1) + 1
    gang = rng.random(n_groups) < GANGS
    sizes = np.floor(SMALLEST * ((LARGEST + 1) / SMALLEST) ** rng.random(n_groups)).astype(np.int64)
    sizes = np.where(gang, rng.integers(SMALLEST_GANG, LARGEST_GANG + 1, n_groups), sizes)
    kept = int(np.searchsorted(np.cumsum(sizes), at_least)) + 1
    return Replicas(np.repeat(np.arange(kept), sizes[:kept]), gang[:kept])


def draw_racks(rng: np.random.Generator, hosts: int) -> list[dict[str, str]]:
    """Labels of the hosts: up to 40 racks, each in one of 3 zones; half of the hosts of each zone have SSDs."""
    zones = min(N_ZONES, hosts)
    racks = min(N_RACKS, max(zones, hosts // 2))
    order = rng.permutation(hosts)
    nth_of_zone = np.empty(hosts, dtype=np.int64)
    rack = np.arange(hosts) % racks
    for zone in range(zones):
        mine = order[rack[order] % zones == zone]
        nth_of_zone[mine] = np.arange(len(mine))
    return [
        {"rack": f"rack-{r}", "zone": f"zone-{r % zones}", "disk": "hdd" if nth % 2 else "ssd"}
        for r, nth in zip(rack.tolist(), nth_of_zone.tolist(), strict=True)
    ]


def draw_rules(
    rng: np.random.Generator, wanted: tuple[str, ...], vms: Replicas, hosts: list[dict[str, str]]
) -> list[Any]:
    """Draw which groups have which rules, the same groups whichever rules are wanted."""
    n_groups = len(vms.size)
    drawn = {"zones": rng.random(n_groups) < IN_ZONES, "fences": rng.random(n_groups) < FENCED}
    drawn |= {"spread": np.ones(n_groups, dtype=bool), "gangs": vms.gang}
    chosen = {name: groups & (name in wanted) for name, groups in drawn.items()}
    return [MAKERS[name](vms, chosen, hosts) for name in wanted if chosen[name].any()]


Chosen = dict[str, BoolArray]
"""Groups that have each of the rules."""


def _spread(vms: Replicas, chosen: Chosen, hosts: list[dict[str, str]]) -> Spread:
    """One of a group on a host; more where it has more VMs than hosts, or in a zone more than that has."""
    of_zone = Counter(host["zone"] for host in hosts)
    with_ssd = Counter(host["zone"] for host in hosts if host["disk"] == "ssd")
    open_to = np.where(chosen["fences"], with_ssd.total(), of_zone.total())
    in_zone = np.where(chosen["fences"], min(with_ssd.values()), min(of_zone.values()))
    most = _parts(vms.size, open_to)
    zoned = np.maximum(most, _parts(_parts(vms.size, len(of_zone)), in_zone))
    return Spread(_column(vms, chosen["spread"]), most=_number(np.where(chosen["zones"], zoned, most)))


def _zones(vms: Replicas, chosen: Chosen, hosts: list[dict[str, str]]) -> Spread:
    """A third of a group in a zone."""
    zones = len({host["zone"] for host in hosts})
    most = _parts(vms.size[chosen["zones"]], zones)
    return Spread(_column(vms, chosen["zones"]), over="zone", most=_number(most))


def _fences(vms: Replicas, chosen: Chosen, hosts: list[dict[str, str]]) -> Fence:
    return Fence(chosen["fences"][vms.of], Groups.labelled("disk", "ssd"))


def _gangs(vms: Replicas, chosen: Chosen, hosts: list[dict[str, str]]) -> Whole:
    return Whole(_column(vms, chosen["gangs"]))


MAKERS: dict[str, Callable[[Replicas, Chosen, list[dict[str, str]]], Any]] = {
    "spread": _spread,
    "zones": _zones,
    "fences": _fences,
    "gangs": _gangs,
}


def _column(vms: Replicas, chosen: BoolArray) -> IntArray:
    return np.where(chosen[vms.of], vms.of, -1)


def _parts(size: IntArray, parts: int | IntArray) -> IntArray:
    """One of so many parts, rounded up."""
    return np.asarray(-(-size // parts))


def _number(most: IntArray) -> int | IntArray:
    """One number where all groups have the same."""
    return int(most[0]) if np.ptp(most) == 0 else most
