"""What a named case is, and short words to write one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import vmopt


@dataclass(frozen=True)
class Case:
    """An instance, and what its best placement is worth; None where there is none."""

    name: str
    best: float | None
    instance: vmopt.Instance

    def __str__(self) -> str:
        return f"{self.instance.rules[0].name}: {self.name}"


def v(numbers: str) -> list[str]:
    """Names of VMs by their digits."""
    return [f"vm-{n}" for n in numbers]


def h(numbers: str) -> list[str]:
    """Names of hosts by their digits."""
    return [f"host-{n}" for n in numbers]


def case(
    name: str,
    best: float | None,
    rules: Any,
    *,
    vms: list[Any] | int = 3,
    hosts: list[Any] | int = 1,
    racks: str = "",
    apps: str = "",
    value: list[float] | None = None,
    reservation: list[Any] | None = None,
    now: str = "",
) -> Case:
    """Write a case: so many VMs that ask for 1, or what they ask for; so many hosts of 9, or what they have.

    Racks and apps are letters, one for each host and VM; a dash is no label. VMs are worth 1 where nothing is said.
    `now` has a digit for each VM, the host that it runs on, or a dash.
    """
    demand = _rows(1, vms)
    capacity = _rows(9, hosts)
    return Case(
        name,
        best,
        vmopt.Instance.from_arrays(
            demand,
            capacity,
            value=value or [1] * len(demand),
            resources=["cpu", "memory"][: len(demand[0])],
            host_labels=_labels("rack", racks),
            vm_labels=_labels("app", apps),
            reservation=None if reservation is None else [_row(r) for r in reservation],
            rules=rules if isinstance(rules, list) else [rules],
            transient="cpu" if now else (),
            current=[-1 if letter == "-" else int(letter) for letter in now] if now else None,
        ),
    )


def _rows(default: int, given: list[Any] | int) -> list[list[float]]:
    return [[default]] * given if isinstance(given, int) else [_row(row) for row in given]


def _row(given: Any) -> list[float]:
    return given if isinstance(given, list) else [given]


def _labels(label: str, letters: str) -> list[dict[str, str]] | None:
    return [{} if letter == "-" else {label: letter} for letter in letters] if letters else None
