"""Where pieces are, in the JSON of solutions: left out where hosts have no parts."""

from __future__ import annotations

from typing import Any

from vmopt.arrays import IntArray
from vmopt.errors import FileError
from vmopt.io.json_file import Fields
from vmopt.rules.inside import Landing, check_landings, inside_of
from vmopt.solution import Solution

KEY = "parts"


def landings_document(solution: Solution) -> dict[str, Any]:
    """Return the landings of each placed VM under their key, or nothing."""
    if inside_of(solution.instance) is None:
        return {}
    return {KEY: {vm: [_landing(one) for one in landed] for vm, landed in solution.parts.items()}}


def read_landings(instance: Any, host_index: IntArray, fields: Fields) -> dict[str, tuple[Landing, ...]] | None:
    """Read them, None where the file has none.

    Raises
    ------
    FileError
        If they are none, or cannot be true.
    """
    if inside_of(instance) is None or not fields.holds(KEY):
        return None
    given = {vm: _several(landed, f"{fields.where}: parts of {vm!r}") for vm, landed in fields.take(KEY, dict).items()}
    strangers = given.keys() - {instance.vm_names[int(vm)] for vm in (host_index >= 0).nonzero()[0]}
    faults = [f"{vm!r} runs nowhere" for vm in sorted(strangers)] or check_landings(instance, host_index, given)
    if faults:
        raise FileError(f"{fields.where}: the parts that VMs are on cannot be theirs: {faults[0]}.")
    return given


def _landing(landing: Landing) -> dict[str, Any]:
    starts = {"starts": list(landing.starts)} if landing.starts else {}
    return {"kind": landing.kind, "parts": list(landing.parts), **starts, "alternative": landing.alternative}


def _read(given: Any, where: str) -> Landing:
    fields = Fields(given, where)
    parts, starts = fields.take("parts", list), fields.take("starts", list, default=[])
    if not all(type(number) is int for number in (*parts, *starts)):
        raise FileError(f"{where} are no numbers of parts and slots.")
    landing = Landing(fields.take("kind", str), tuple(parts), tuple(starts), fields.take("alternative", int))
    fields.finish()
    return landing


def _several(given: Any, where: str) -> tuple[Landing, ...]:
    if not isinstance(given, list):
        raise FileError(f"{where} are no list.")
    return tuple(_read(one, where) for one in given)
