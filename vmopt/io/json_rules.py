"""Rules as JSON: the name of each, and its parameters by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from vmopt.errors import FileError, InstanceError
from vmopt.io.json_file import Fields, shown
from vmopt.io.json_parts import inside_document, read_inside
from vmopt.model.rule import Rule
from vmopt.rules import RULES, BaseRule, Groups, Parameter, rule_called
from vmopt.rules.catalogue import SYNONYMS, is_default, parameters_of, require_known
from vmopt.rules.inside import Inside
from vmopt.rules.parse import made

RULE = "rule"
LABEL, VALUE, COLUMN, NAMES = "label", "value", "column", "names"
ROWS, CALLED = "rows", "called"
VMS, HOSTS = "vms", "hosts"
SCALARS = (str, int, float, type(None))
EXPECTED = {
    "Selected": "names, lists of names, a label or a column",
    "PerGroup": "an integer, or one for each group",
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "None": "null",
}


def rules_document(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """What a file holds of rules: what is as it is by default is left out.

    Raises
    ------
    FileError
        If one is none of `vmopt.rules.RULES`.

    Examples
    --------
    >>> rules_document([RULES["spread"].by_label("app", over="rack")])
    [{'rule': 'spread', 'groups': {'label': 'app'}, 'over': 'rack'}]
    """
    try:
        return [rule_document(rule if isinstance(rule, Inside) else require_known(rule)) for rule in rules]
    except InstanceError as error:
        raise FileError(f"a file cannot hold this rule: {error}") from None


def rule_document(rule: BaseRule) -> dict[str, Any]:
    """What a file holds of one rule."""
    if isinstance(rule, Inside):
        return {RULE: rule.name, VMS: _document(rule.vms), HOSTS: _document(rule.hosts), **inside_document(rule)}
    stated = zip(parameters_of(type(rule)), rule.stated().values(), strict=True)
    said = {parameter.name: _document(value) for parameter, value in stated if not is_default(parameter, value)}
    return {RULE: rule.name, **said}


def read_rules(given: list[Any], where: str) -> list[BaseRule]:
    """Read what `rules_document` makes.

    Raises
    ------
    FileError
        If a rule or a parameter is unknown, one is missing, or of the wrong type: file and rule are named.
    """
    return [_read(rule, f"{where}[{position}]") for position, rule in enumerate(given)]


def _read(given: Any, where: str) -> BaseRule:
    taken = Fields(given, where)
    name = taken.take(RULE, str)
    try:
        if name == Inside.name:
            vms, hosts = (_groups(Fields(taken.take(key, dict), f"{where}: {key}")) for key in (VMS, HOSTS))
            return read_inside(taken, vms, hosts)
        parameters = taken.rest()
        where = f"{where}, {name}"
        kind = _kind(name)
        known = {parameter.name: parameter for parameter in parameters_of(kind)}
        return made(kind, {key: _value(known.get(key), value, f"{where}: {key}") for key, value in parameters.items()})
    except InstanceError as error:
        raise FileError(f"{where}: {error}") from None


def _kind(name: str) -> type[BaseRule]:
    """Look a rule up; text may be careless of the case, files are not."""
    found = rule_called(name)
    if name not in (*RULES, *SYNONYMS):
        raise InstanceError(f"a file calls this rule {found.name!r}.")
    return found


def _document(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, tuple):
        return list(value)
    if not isinstance(value, Groups):
        return value
    if not value.names:
        said = {field.name: getattr(value, field.name) for field in fields(value)}
        return {key: _document(part) for key, part in said.items() if part is not None}
    return [list(row) for row in value.names] if len(value.names) > 1 else list(value.names[0])


def _value(parameter: Parameter | None, given: Any, where: str) -> Any:
    """Return a parameter as the rule takes it; what is of the right shape, and no more, is the rule's to check."""
    if parameter is None or type(given) in SCALARS:
        return given
    if parameter.selects and isinstance(given, dict):
        return _groups(Fields(given, where))
    rows = isinstance(given, list) and all(_all_of(row, str) for row in given)
    if parameter.selects and (rows or _all_of(given, str)):
        return given
    if "PerGroup" in parameter.kinds and _all_of(given, int):
        return given
    expected = " or ".join(EXPECTED[kind] for kind in parameter.kinds)
    raise FileError(f"{where} is {shown(given)}: expected {expected}.")


def _groups(taken: Fields) -> Groups:
    label, value = taken.take(LABEL, str, default=None), taken.take(VALUE, str, default=None)
    column, names = taken.take(COLUMN, list, default=None), taken.take(NAMES, list, default=None)
    beside = {key: taken.take(key, list, default=None) for key in (ROWS, CALLED)}
    taken.finish()
    if column is not None and not _all_of(column, int):
        raise FileError(f"{taken.where}: column holds {shown(column)}: expected an integer for each, -1 for none.")
    if names is not None and not all(_all_of(row, str) for row in names):
        raise FileError(f"{taken.where}: names are {shown(names)}: expected lists of names.")
    if value is not None and label is None:
        raise FileError(f"{taken.where} has a value of no label: name the label.")
    for key, given in beside.items():
        if given is not None and (column is None or not _all_of(given, str)):
            raise FileError(f"{taken.where}: {key} are {shown(given)}: expected names, beside a column.")
    return Groups(
        names=None if names is None else tuple(map(tuple, names)),
        label=label,
        value=value,
        column=None if column is None else _integers(column, taken.where),
        **{key: None if given is None else tuple(given) for key, given in beside.items()},
    )


def _integers(column: list[int], where: str) -> Any:
    try:
        return np.array(column, dtype=np.int64)
    except OverflowError:
        raise FileError(f"{where}: column holds a number that is too large for an index.") from None


def _all_of(given: Any, kind: type) -> bool:
    return isinstance(given, list) and all(type(entry) is kind for entry in given)
