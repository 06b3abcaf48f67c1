"""Containers, flavours and hosts as JSON, and answers read back."""

from __future__ import annotations

from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import FileError, InstanceError
from vmopt.io import json_file
from vmopt.io.files import PathLike
from vmopt.io.json_rules import read_rules
from vmopt.model import VM, Host
from vmopt.nesting.flavor import Flavor
from vmopt.nesting.nested import Nested

FORMAT, ANSWER, VERSION = "vmopt-nest", "vmopt-nest-solution", 1


def read_nested(path: PathLike) -> Nested:
    """Read what `nest` takes from JSON, plain or gzip.

    An object with ``"format": "vmopt-nest"``, ``"version": 1``, and arrays ``containers`` (name, demand, priority,
    value, labels), ``flavors`` (name, capacity, overhead, cost, most), ``hosts`` (name, capacity, labels) and, if
    any, ``rules`` as they are in an instance.

    Raises
    ------
    FileError
        If the file cannot be read, is not JSON, or has other keys.
    InstanceError
        If what it describes makes no sense.
    """
    fields = json_file.load(path, FORMAT, VERSION)
    containers, flavors, hosts = (fields.take(name, list) for name in ("containers", "flavors", "hosts"))
    rules = read_rules(fields.take("rules", list, default=[]), f"{path}: rules")
    fields.finish()
    vm_keys, host_keys = ("name", "demand", "priority", "value", "labels"), ("name", "capacity", "labels")
    try:
        return Nested.of(
            [VM(**_row(row, vm_keys, f"{path}: containers")) for row in containers],
            [
                Flavor(**_row(row, ("name", "capacity", "overhead", "cost", "most"), f"{path}: flavors"))
                for row in flavors
            ],
            [Host(**_row(row, host_keys, f"{path}: hosts")) for row in hosts],
            rules=rules,
        )
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None


def _row(row: Any, keys: tuple[str, ...], where: str) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise FileError(f"{where} has a row that is no object: give one of {', '.join(keys)}.")
    unknown = next((key for key in row if key not in keys), None)
    missing = next((key for key in keys[:2] if key not in row), None)
    if unknown is not None or missing is not None:
        what = f"unknown key {unknown!r}" if unknown is not None else f"no {missing!r}"
        raise FileError(f"{where}: a row has {what}: it may have {', '.join(keys)}, and needs the first two.")
    return row


def read_answer(nested: Nested, path: PathLike) -> tuple[tuple[tuple[int, int], ...], IntArray]:
    """Read an answer that was written, by name: VMs by flavour and host, and the VM of each container.

    It is as the file says: `verify_nest` tells whether it holds.

    Raises
    ------
    FileError
        If the file is no answer, or names what is not there.
    """
    fields = json_file.load(path, ANSWER, VERSION)
    vms, placement = fields.take("vms", list), fields.take("placement", dict)
    flavor = {kept.name: i for i, kept in enumerate(nested.flavors)}
    host, container = nested.cluster.host_names.index_of, nested.cluster.vm_names.index_of
    vm_of = np.full(nested.cluster.n_vms, -1, dtype=np.int64)
    try:
        opened = tuple((flavor[row["flavor"]], int(host[row["host"]])) for row in vms)
        for name, vm in placement.items():
            if type(vm) is not int or not 0 <= vm < len(opened):
                raise FileError(f"{path}: container {name!r} is in VM {vm!r}: give a position in 'vms'.")
            vm_of[container[name]] = vm
    except (KeyError, TypeError) as error:
        raise FileError(f"{path} names {error}, which is not there: give the answer of these data.") from None
    return opened, vm_of
