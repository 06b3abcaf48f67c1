"""Parts of hosts and pieces of VMs as JSON: the rule `Inside`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vmopt.errors import FileError
from vmopt.io.json_file import Fields, shown
from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.rules.inside import Inside


def inside_document(rule: Inside) -> dict[str, Any]:
    """What a file holds of pieces and parts, by the names of their groups; what is as it is by default is left out.

    Examples
    --------
    >>> rule = Inside(["gpu"], {"gpu": [Pieces("gpu", 2)]}, [None], {})
    >>> inside_document(rule)
    {'pieces': {'gpu': [[{'kind': 'gpu', 'count': 2}]]}, 'parts': {}}
    """
    asks = {name: [[_piece(piece) for piece in one] for one in ask] for name, ask in rule.pieces.items()}
    parts = {name: _kinds_document(kinds) for name, kinds in rule.parts.items()}
    return {"pieces": asks, "parts": parts}


def read_inside(taken: Fields, vms: Any, hosts: Any) -> Inside:
    """Read the same, for these groups of VMs and of hosts.

    Raises
    ------
    FileError
        If a key is unknown, or of the wrong type.
    InstanceError
        If what it says is none: a profile beyond the slots, a negative amount.
    """
    pieces, parts = taken.take("pieces", dict), taken.take("parts", dict)
    taken.finish()
    asks = {name: _ask(given, f"{taken.where}: pieces of {name!r}") for name, given in pieces.items()}
    there = {name: _there(given, f"{taken.where}: parts of {name!r}") for name, given in parts.items()}
    return Inside(vms, asks, hosts, there)


def _ask(given: Any, where: str) -> OneOf:
    return OneOf(
        *([_read_piece(Fields(piece, where)) for piece in _listed(one, where)] for one in _listed(given, where))
    )


def _there(given: Any, where: str) -> dict[str, tuple[Part, ...]]:
    kinds = Fields(given, where).rest()
    return {kind: tuple(_read_part(Fields(part, where)) for part in _listed(row, where)) for kind, row in kinds.items()}


def _kinds_document(kinds: Mapping[str, Sequence[Part]]) -> dict[str, Any]:
    return {kind: [_part(part) for part in row] for kind, row in kinds.items()}


def _piece(piece: Pieces) -> dict[str, Any]:
    more = {"each": piece.each} if piece.each else {}
    return {"kind": piece.kind, "count": piece.count, **more, **({"profile": piece.profile} if piece.profile else {})}


def _part(part: Part) -> dict[str, Any]:
    profiles = {name: {"size": size, "starts": list(starts)} for name, (size, starts) in part.profiles.items()}
    said = {"capacity": part.capacity, "slots": part.slots, "profiles": profiles}
    return {key: value for key, value in said.items() if value or key == "capacity"}


def _listed(given: Any, where: str) -> list[Any]:
    if not isinstance(given, list):
        raise FileError(f"{where} hold {shown(given)}: expected a list.")
    return given


def _read_piece(taken: Fields) -> Pieces:
    found = Pieces(
        taken.take("kind", str),
        taken.take("count", int, default=1),
        taken.take("each", dict, default={}),
        taken.take("profile", str, type(None), default=None),
    )
    taken.finish()
    return found


def _read_part(taken: Fields) -> Part:
    capacity, slots = taken.take("capacity", dict, default={}), taken.take("slots", int, default=0)
    given = taken.take("profiles", dict, default={})
    taken.finish()
    profiles: dict[str, tuple[int, tuple[int, ...]]] = {}
    for name, one in given.items():
        fields = Fields(one, f"{taken.where}: profile {name!r}")
        starts = fields.take("starts", list)
        if not all(type(start) is int for start in starts):
            raise FileError(f"{fields.where}: starts are {shown(starts)}: expected integers.")
        profiles[name] = fields.take("size", int), tuple(starts)
        fields.finish()
    return Part(capacity, slots, profiles)
