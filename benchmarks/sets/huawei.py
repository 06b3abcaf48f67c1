"""Huawei Cloud: two lists of VM requests on the first 55 % of the servers, without and with what they demand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Literal

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.changes import with_first_hosts, with_priorities
from benchmarks.sets.data import data_file
from vmopt import Instance

FOLDER = "huawei_topology_vm"
LISTS = ("C1", "C2")
TOPOLOGY = "topology_provider.csv"
PERCENT = 55


def _cases() -> Iterator[Case]:
    for name in LISTS:
        yield Case(name, partial(_make, name), 60)


def _ruled_cases() -> Iterator[Case]:
    for name in LISTS:
        yield Case(name, partial(_make, name, rules=True, racks=True), 60)
    for name in LISTS:
        yield Case(f"{name}-hosts", partial(_make, name, rules=True), 60)


def _numa_cases() -> Iterator[Case]:
    for name in LISTS:
        yield Case(name, partial(_make, name, rules=True, racks=True, numa="parts"), 60)
    for name in LISTS:
        yield Case(f"{name}-without", partial(_make, name, numa="parts"), 60)


def _make(
    name: str, seed: int, *, rules: bool = False, racks: bool = False, numa: Literal["sum", "parts"] = "sum"
) -> Instance:
    instance = vmopt.io.read_huawei(
        data_file(FOLDER, "PM_res.csv"),
        data_file(FOLDER, f"VM_data_{name}.csv"),
        topology=data_file(FOLDER, TOPOLOGY) if racks else None,
        rules=rules,
        numa=numa,
    )
    return with_priorities(with_first_hosts(instance, PERCENT), seed)


SET = TestSet(
    "huawei",
    "4,998 VM requests on the first 55 % of 1,710 servers of Huawei Cloud",
    _cases,
    seeded=True,
    files=(f"{FOLDER}/PM_res.csv*", *(f"{FOLDER}/VM_data_{name}.csv*" for name in LISTS)),
    published="https://github.com/mdl1104/Dataset-for-topology-aware-VM-placement, sheets to be saved as CSV",
)
RULES = replace(
    SET,
    name="huawei-rules",
    about="the same with affinity, anti-affinity and fault domains, over racks and over hosts",
    cases=_ruled_cases,
    gap=0.01,
    files=(*SET.files, f"{FOLDER}/{TOPOLOGY}*"),
)
NUMA = replace(
    RULES,
    name="huawei-numa",
    about="the same with each NUMA node by itself: with rules over racks, and without",
    cases=_numa_cases,
)
