"""VMs and hosts as they are typed: names, or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vmopt.model.host import Host
    from vmopt.model.vm import VM


def vm_of(text: str) -> str | Mapping[str, float] | VM:
    """Read the name of a VM, what a new one asks for, or a whole new one.

    Raises
    ------
    OptionError
        If it is JSON of anything else.

    Examples
    --------
    >>> vm_of("web-1"), vm_of('{"cpu": 4}'), vm_of('{"name": "db", "demand": {"cpu": 4}}').name
    ('web-1', {'cpu': 4}, 'db')
    """
    if not text.lstrip().startswith("{"):
        return text
    given = object_of(text, "--vm")
    return new_vm(text, "--vm") if "demand" in given else given


def new_vm(text: str, option: str) -> VM:
    """Read a new VM."""
    from vmopt.model.vm import VM

    made: VM = _made(VM, text, option, '{"name": "db", "demand": {"cpu": 4}}')
    return made


def new_host(text: str, option: str) -> Host:
    """Read a new host.

    Examples
    --------
    >>> new_host('{"name": "h9", "capacity": {"cpu": 64}}', "--add-host").name
    'h9'
    """
    from vmopt.model.host import Host

    made: Host = _made(Host, text, option, '{"name": "h9", "capacity": {"cpu": 64}}')
    return made


EXAMPLES = {
    "--column": "cpu=vCPUs",
    "--cost": "host-1=2.5",
    "--overcommit": "cpu=4",
    "--priority": "web-1=5",
    "--reserve": "memory=10%",
    "--resize": 'web-1={"cpu": 4}',
    "--sheet": "vms=vInfo",
    "--talks-to": 'new={"web-1": 1e6}',
    "--unit": "memory=GiB",
}
"""What each option that takes a name and something of it looks like."""


def named(text: str, option: str) -> tuple[str, str]:
    """Read ``NAME=...``; a name may hold a sign of equality of its own.

    Examples
    --------
    >>> named("web=1=5", "--priority")
    ('web=1', '5')
    """
    from vmopt.errors import OptionError

    name, sign, rest = text.partition("={") if "={" in text else text.rpartition("=")
    if not sign or not name or not rest:
        raise OptionError(f"{option} is {text!r}: give NAME=..., such as {EXAMPLES[option]}.")
    return name, "{" + rest if sign == "={" else rest


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Read ``NAME=...``, repeated.

    Examples
    --------
    >>> pairs(["cpu=4", "memory = 10%"], "--reserve")
    {'cpu': '4', 'memory': '10%'}
    """
    return {name.strip(): rest.strip() for name, rest in (named(text, option) for text in given or ())}


def object_of(text: str, option: str) -> dict[str, Any]:
    """Read a JSON object.

    Raises
    ------
    OptionError
        If it is none.
    """
    from vmopt.errors import OptionError

    try:
        given = json.loads(text)
    except ValueError as error:
        raise OptionError(f"{option} is {text!r}, which is no JSON: {error}.") from None
    if not isinstance(given, dict):
        raise OptionError(f'{option} is {text!r}: give a JSON object, such as {{"cpu": 4}}.')
    return given


def _made(make: type[Any], text: str, option: str, such_as: str) -> Any:
    from vmopt.errors import OptionError
    from vmopt.io.json_parts import read_parts, read_pieces

    given, known = object_of(text, option), [field.name for field in fields(make)]
    unknown = next((name for name in given if name not in known), None)
    if unknown is not None:
        close = get_close_matches(unknown, known, 1)
        hint = f" (did you mean {close[0]!r}?)" if close else f": known are {', '.join(known)}"
        raise OptionError(f"{option} is {text!r}: there is no {unknown!r}{hint}; give an object such as {such_as}.")
    missing = [field.name for field in fields(make) if field.name not in given and _required(field)]
    if missing:
        raise OptionError(f"{option} is {text!r}: {missing[0]!r} is missing; give an object such as {such_as}.")
    for key, read in (("parts", read_parts), ("pieces", read_pieces)):
        if key in given and key in known:
            given[key] = read(given[key], f"{option}: {key}")
    return make(**given)


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
