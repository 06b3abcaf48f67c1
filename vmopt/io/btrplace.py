"""Reconfiguration problems of BtrPlace: a data centre as it runs now, and what is demanded of it.

https://github.com/btrplace/scheduler, the JSON of its instances.
"""

from __future__ import annotations

from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from vmopt.arrays import IntArray
from vmopt.errors import FileError, InstanceError
from vmopt.goals import FewestMoves
from vmopt.io.btrplace_constraints import Constraints, stated
from vmopt.io.btrplace_numbers import LARGEST, amounts, key_number, number, numbers
from vmopt.io.btrplace_rules import rules_of
from vmopt.io.files import PathLike
from vmopt.io.json_file import Fields, load_object
from vmopt.model.instance import Instance
from vmopt.model.objective import Objective

Where = dict[int, int]


def read_btrplace(path: PathLike) -> Instance:
    """Read a problem: nodes are hosts, VMs run where they run now, and as few as can be are to move.

    A VM is called by its number as ``vm-7``, a node as ``node-7``. VMs that run go on running, and those asked to run
    are booted, or resumed wherever there is room; who is neither is left out. A VM that sleeps, or is to, takes
    nothing, and its node is not to go off. Demands are what ``preserve`` asks for, if that is more; capacities are
    multiplied by ``overbook``. Nodes that are off, and not asked to be online, run nothing. Understood are all of
    BtrPlace's constraints but those on when actions happen, such as ``seq``, and ``maxOnline``. Partitions of ``among``
    and ``splitAmong`` are a label of hosts, ``part``, nodes with a limit of their own a label ``capacity``. How long
    actions take is left out.

    Parameters
    ----------
    path : path
        JSON, plain or gzip.

    Raises
    ------
    FileError
        If the file cannot be read, does not follow the format, or demands something else.
    InstanceError
        If it contradicts itself.

    Examples
    --------
    >>> import json
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> nodes = {"0": {"runningVMs": [3, 4], "sleepingVMs": []}, "1": {"runningVMs": [], "sleepingVMs": []}}
    >>> mapping = {"readyVMs": [], "onlineNodes": nodes, "offlineNodes": []}
    >>> view = {"id": "shareableResource", "rcId": "cpu", "defConsumption": 1, "defCapacity": 4, "vms": {}, "nodes": {}}
    >>> spread = {"id": "spread", "continuous": True, "vms": [3, 4]}
    >>> with TemporaryDirectory() as directory:
    ...     path = Path(directory, "problem.json")
    ...     document = {"model": {"mapping": mapping, "views": [view]}, "constraints": [spread]}
    ...     _ = path.write_text(json.dumps(document))
    ...     cluster = read_btrplace(path)
    >>> cluster.vm_names[0], cluster.current.tolist(), cluster.demand.tolist(), cluster.capacity.tolist()
    ('vm-3', [0, 0], [[1], [1]], [[4], [4]])
    """
    document = load_object(path)
    model = Fields(document.take("model", dict), f"{path}: model")
    given = stated(document.take("constraints", list, default=[]), str(path))
    hosts, current, off = _mapping(Fields(model.take("mapping", dict), f"{path}: model.mapping"), given)
    vms = {number: place for place, number in enumerate(sorted(current))}
    where = np.array([hosts.get(current[number], -1) for number in vms], dtype=np.int64)
    resources, demand, capacity = _resources(model.take("views", list), vms, hosts, given, str(path))
    try:
        rules, labels = rules_of(given, vms, hosts, off)
        return Instance.from_arrays(
            demand,
            capacity,
            resources=resources,
            vm_names=[f"vm-{number}" for number in vms],
            host_names=[f"node-{number}" for number in hosts],
            host_labels=labels,
            rules=rules,
            current=where,
            objective=Objective(levels=[FewestMoves()]),
        )
    except InstanceError as error:
        raise InstanceError(f"{path}: {error}") from None


def _mapping(mapping: Fields, given: Constraints) -> tuple[Where, Where, set[int]]:
    """Place of each node, node of each VM that runs or is to run (-1 for none), and nodes that run nothing."""
    online = mapping.take("onlineNodes", dict)
    offline = set(numbers(mapping, "offlineNodes"))
    off = (offline - given.online) | given.offline
    running = given.asked("running")
    current = dict.fromkeys((vm for vm in numbers(mapping, "readyVMs") if vm in running), -1)
    nodes = {key_number(key, f"{mapping.where}.onlineNodes"): content for key, content in online.items()}
    for node, content in nodes.items():
        there = Fields(content, f"{mapping.where}.onlineNodes.{node}")
        runs, sleeps = numbers(there, "runningVMs"), numbers(there, "sleepingVMs", default=[])
        current |= dict.fromkeys(runs, node) | dict.fromkeys((vm for vm in sleeps if vm in running), -1)
        still = {vm for vm in sleeps if vm not in given.state} | given.asked("sleeping").intersection(runs + sleeps)
        if still and node in off:
            raise FileError(
                f"{there.where}: VM {min(still)} sleeps there, and the node is to be off: have the VM run or be killed."
            )
    known = sorted(nodes.keys() | offline)
    return {node: place for place, node in enumerate(known)}, current, off


def _resources(
    views: list[Any], vms: Where, hosts: Where, given: Constraints, path: str
) -> tuple[tuple[str, ...], IntArray, IntArray]:
    """Names of the resources, what VMs ask for, and what nodes have."""
    shared = [view for view in views if isinstance(view, dict) and view.get("id") == "shareableResource"]
    if not shared:
        raise FileError(f"{path}: there is no view 'shareableResource': nothing says what VMs take.")
    names, demand, capacity = [], [], []
    for view in (Fields(each, f"{path}: a view") for each in shared):
        names.append(view.take("rcId", str))
        asked = _column(amounts(view, "vms"), vms, number(view, "defConsumption"))
        for vm, amount in given.preserved.get(names[-1], {}).items():
            if vm in vms:
                asked[vms[vm]] = max(asked[vms[vm]], amount)
        demand.append(asked)
        offered = _column(amounts(view, "nodes"), hosts, number(view, "defCapacity"))
        for node, ratio in given.overbook.get(names[-1], {}).items():
            if node in hosts:
                offered[hosts[node]] = min(floor(Fraction(str(ratio)) * int(offered[hosts[node]])), LARGEST)
        capacity.append(offered)
    for name in (given.preserved.keys() | given.overbook.keys()) - set(names):
        raise FileError(f"{path}: a constraint speaks of {name!r}: the resources are {', '.join(names)}.")
    return tuple(names), np.stack(demand, axis=1), np.stack(capacity, axis=1)


def _column(given: dict[int, int], places: Where, default: int) -> IntArray:
    return np.array([given.get(at, default) for at in places], dtype=np.int64)
