"""Defaults of options: from the environment, or from a configuration file, where the command line says nothing.

The command line goes first, then ``VMOPT_...`` variables, then the file, then what is built in.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from vmopt.errors import FileError, OptionError

FILE, PROJECT, TABLE = "vmopt.toml", "pyproject.toml", "vmopt"
PREFIX, NAMED_BY = "VMOPT_", "VMOPT_CONFIG"
NOT_HERE = ("help", "output", "plot")
"""Options that name what is written belong to a single run."""
CLOSE = 0.85
MOST_BYTES = 1 << 20
"""Far more than options need: the file may be one that nobody meant, found above this directory."""


def defaults_of(context: Any, config: Path | None, environment: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return the defaults of each command as nested dicts by name, as click takes them, and what is to be warned of.

    Raises
    ------
    FileError
        If the file cannot be read, or sets what no command has.
    OptionError
        If a value is of the wrong sort.
    """
    group, path = context.command, config or found(environment)
    made: dict[str, Any] = {}
    if path is not None:
        _take_table(context, group, _read(path), made, f"{path}: ")
    variables = {name: text for name, text in environment.items() if name.startswith(PREFIX) and name != NAMED_BY}
    known = {_variable(name): name for name in _options(group)}
    for variable in sorted(known.keys() & variables.keys()):
        _set(context, group, known[variable], variables[variable], made)
    strange = [(name, difflib.get_close_matches(name, known, 1, CLOSE)) for name in variables.keys() - known.keys()]
    return made, [f"{name} sets no option: did you mean {near[0]}?" for name, near in sorted(strange) if near]


def found(environment: Mapping[str, str]) -> Path | None:
    """Find the file: the one that ``VMOPT_CONFIG`` names, or the nearest in this directory and those above it."""
    if named := environment.get(NAMED_BY):
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder / FILE
        if (folder / PROJECT).is_file() and TABLE in _parsed(folder / PROJECT).get("tool", {}):
            return folder / PROJECT
    return None


def _read(path: Path) -> dict[str, Any]:
    document = _parsed(path)
    return document.get("tool", {}).get(TABLE, {}) if path.name == PROJECT else document


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        text = data.decode("utf-8") if len(data) <= MOST_BYTES else ""
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}.") from None
    if len(data) > MOST_BYTES:
        raise FileError(f"{path} has more than {MOST_BYTES:,} bytes: that is no file of options.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileError(f"{path} is not TOML: {error}.") from None
    except (ValueError, RecursionError):
        raise FileError(f"{path} is no file of options: a number in it is too long, or a list too deep.") from None


def _take_table(context: Any, group: Any, table: dict[str, Any], made: dict[str, Any], where: str) -> None:
    """Take the defaults of a group or command: tables are commands, all else options; what is nearer to one counts."""
    commands = getattr(group, "commands", {})
    for key, value in sorted(table.items(), key=lambda item: isinstance(item[1], dict)):
        name = _parameter(key)
        if isinstance(value, dict) and key in commands:
            _take_table(context, commands[key], value, made.setdefault(key, {}), f"{where}{key}.")
        elif not isinstance(value, dict) and name in _options(group):
            _set(context, group, name, value, made, where + key)
        else:
            known = sorted(map(_typed, _options(group)))
            near = difflib.get_close_matches(key, [*known, *commands], 1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
            raise FileError(f"{where}{key} is no option or command: {hint}")


def _variable(parameter: str) -> str:
    """Name of the variable that sets an option.

    Examples
    --------
    >>> _variable("time_limit"), _variable("as_json")
    ('VMOPT_TIME_LIMIT', 'VMOPT_JSON')
    """
    return PREFIX + _typed(parameter).replace("-", "_").upper()


def _parameter(typed: str) -> str:
    return "as_json" if typed == "json" else typed.replace("-", "_")


def _typed(parameter: str) -> str:
    return "json" if parameter == "as_json" else parameter.replace("_", "-")


def _set(context: Any, group: Any, name: str, value: Any, made: dict[str, Any], where: str = "") -> None:
    """Set a default in each command below that has the option."""
    for key, command in getattr(group, "commands", {}).items():
        _set(context, command, name, value, made.setdefault(key, {}), where)
    for option in _own_options(group):
        if option.name == name:
            made[name] = _checked(context, option, value, where or _variable(name))


def _checked(context: Any, option: Any, value: Any, where: str) -> Any:
    """Return a value in the form that click reads from a command line, so that it judges it the same way."""
    is_flag = option.is_flag
    several = value if isinstance(value, list) and option.multiple else [value]
    texts = [one if is_flag and isinstance(one, bool) else _text(one, where, is_flag=is_flag) for one in several]
    given = texts if option.multiple else texts[0]
    try:
        option.process_value(context, given)
    except typer.BadParameter as error:
        raise OptionError(f"{where} is {value!r}: {error.message}") from None
    return given


def _text(value: Any, where: str, *, is_flag: bool) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise OptionError(f"{where} is {value!r}: give {'true or false' if is_flag else 'a number or a text'}.")
    return str(value)


def _options(group: Any) -> set[str]:
    """Names of the options of a command, or of all commands of a group."""
    below = getattr(group, "commands", {}).values()
    return {option.name for option in _own_options(group)}.union(*map(_options, below))


def _own_options(command: Any) -> Iterator[Any]:
    if hasattr(command, "commands"):
        return
    yield from (one for one in command.params if one.param_type_name == "option" and one.name not in NOT_HERE)


def take(context: Any, config: Path | None) -> list[str]:
    """Give a context its defaults; what is to be warned of comes back."""
    context.default_map, told = defaults_of(context, config, os.environ)
    return told
