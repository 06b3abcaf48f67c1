"""Plans in files: read back to be checked, or to be gone on with from where they stopped."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import networkx as nx

from vmopt import checks
from vmopt.change.action import NOWHERE, Action, Kind
from vmopt.change.action_graph import Outcome
from vmopt.change.document import FORMAT, VERSION
from vmopt.change.plans import Plan
from vmopt.change.settings import Settings
from vmopt.errors import FileError, OptionError, PlacementError
from vmopt.host_index import to_host_index
from vmopt.io import json_file
from vmopt.io.files import PathLike
from vmopt.io.fingerprint import fingerprint
from vmopt.io.json_file import Fields
from vmopt.io.json_rules import read_rules
from vmopt.methods.imported import judged
from vmopt.model.instance import Instance

SECONDS = 5.0
"""For the bound of the placement that the plan leads to, which the file does not hold."""
RETOLD = ("objective", "makespan", "parked", "always", "forbidden")
"""What the file tells people, and the rest of it says already."""


def write_plan(plan: Plan, path: PathLike) -> None:
    """Write a plan as JSON (gzip if the name ends in ``.gz``); `read_plan` returns an equal one.

    Raises
    ------
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> import json
    >>> import tempfile
    >>> import vmopt
    >>> from vmopt.change import write_plan
    >>> cluster = vmopt.Instance.from_arrays([[6], [5]], [[8], [8], [8]], current=[0, 1], rules=[vmopt.Empty("host-0")])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_plan(vmopt.plan(vmopt.solve(cluster)), f"{folder}/plan.json")
    ...     with open(f"{folder}/plan.json") as file:
    ...         said = json.load(file)
    >>> [(one["kind"], one["vm"], one["from"], one["to"]) for one in said["actions"]]
    [('move', 'vm-0', 'host-0', 'host-2')]
    """
    checks.of_kind(plan, Plan, "the plan", "what vmopt.plan returned", FileError)
    json_file.save(path, plan.document(), by_line=("actions",))


def read_plan(instance: Instance, path: PathLike) -> Plan:
    """Read a plan that `write_plan`, or ``vmopt plan --output``, wrote. Nothing of it is trusted: see `verify_plan`.

    Parameters
    ----------
    instance : Instance
        The one that it was made for.

    Raises
    ------
    FileError
        If the file cannot be read, is of another instance, or says what makes no sense.

    Examples
    --------
    >>> import tempfile, vmopt
    >>> cluster = vmopt.Instance.from_arrays([[6]], [[8], [8]], current=[0], rules=[vmopt.Empty("host-0")])
    >>> with tempfile.NamedTemporaryFile(suffix=".json") as file:
    ...     write_plan(vmopt.plan(vmopt.solve(cluster)), file.name)
    ...     again = read_plan(cluster, file.name)
    >>> vmopt.verify_plan(again), again.after([0]).outcome.value
    ((), 'nothing to do')
    """
    said = json_file.load(path, FORMAT, VERSION)
    if said.take("instance", str) != fingerprint(instance):
        raise FileError(f"{path} is a plan for another instance: give the one that it was made for.")
    for told in RETOLD:
        said.take(told, float, int, list)
    try:
        current, target = (to_host_index(instance, said.take(key, dict)) for key in ("current", "target"))
    except PlacementError as error:
        raise FileError(f"{path}: {error}") from None
    actions, graph = _actions(instance, said.take("actions", list), str(path))
    rules = Fields(said.take("rules", dict), f"{path}: rules")
    made = Plan(
        replace(judged(instance, target, time_limit=SECONDS), host_index=target),
        current,
        _one_of(Outcome, said.take("outcome", str), f"{path}: outcome"),
        actions,
        graph,
        always=tuple(read_rules(rules.take("always", list), rules.where)),
        blocking=tuple(said.take("blocking", list)),
        forbidden=tuple(read_rules(rules.take("forbidden", list), rules.where)),
        settings=_settings(Fields(said.take("settings", dict), f"{path}: settings")),
    )
    rules.finish()
    said.finish()
    return made


def _actions(instance: Instance, given: list[Any], where: str) -> tuple[tuple[Action, ...], nx.DiGraph]:
    actions, graph = [], nx.DiGraph()
    graph.add_nodes_from(range(len(given)))
    for number, row in enumerate(given):
        said = Fields(row, f"{where}: actions[{number}]")
        said.take("number", int), said.take("begins", float, int)
        vm = _index(instance.vm_names.index_of, said.take("vm", str), said.where)
        hosts = [said.take(key, str, type(None)) for key in ("from", "to")]
        source, target = (_index(instance.host_names.index_of, host, said.where) for host in hosts)
        kind = _one_of(Kind, said.take("kind", str), said.where)
        actions.append(Action(kind, vm, source, target, float(said.take("seconds", float, int))))
        for before in said.take("after", list):
            if type(before) is not int or not 0 <= before < len(given):
                raise FileError(f"{said.where}: after names {json_file.shown(before)}: give numbers of actions.")
            graph.add_edge(before, number)
        said.finish()
    return tuple(actions), graph


def _index(known: Any, name: str | None, where: str) -> int:
    if name is not None and name not in known:
        raise FileError(f"{where}: there is no {name!r} in the instance.")
    return NOWHERE if name is None else int(known[name])


def _one_of(kinds: Any, given: str, where: str) -> Any:
    try:
        return kinds(given)
    except ValueError:
        raise FileError(f"{where} is {given!r}: use one of {', '.join(kind.value for kind in kinds)}.") from None


def _settings(said: Fields) -> Settings:
    given = {field.name: said.take(field.name, int, float, bool, str, type(None)) for field in fields(Settings)}
    said.finish()
    try:
        return Settings(**given)
    except OptionError as error:
        raise FileError(f"{said.where}: {error}") from None


__all__ = ["read_plan", "write_plan"]
