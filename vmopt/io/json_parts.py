"""Parts of hosts and pieces of VMs as JSON: the rule `Inside`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vmopt.errors import FileError
from vmopt.io.json_file import Fields, shown
from vmopt.model.parts import OneOf, Part, Pieces
from vmopt.rules.inside import Inside

PART_KEYS = {"capacity", "slots", "profiles"}


def inside_document(rule: Inside) -> dict[str, Any]:
    """What a file holds of pieces and parts, by the names of their groups; what is as it is by default is left out.

    Examples
    --------
    >>> rule = Inside(["gpu"], {"gpu": [Pieces("gpu", 2)]}, ["one"], {"one": {"gpu": [{}]}})
    >>> inside_document(rule)
    {'pieces': {'gpu': [[{'kind': 'gpu', 'count': 2}]]}, 'parts': {'one': {'gpu': [{'capacity': {}}]}}}
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
    asks = {name: read_pieces(given, f"{taken.where}: pieces of {name!r}") for name, given in pieces.items()}
    there = {name: read_parts(given, f"{taken.where}: parts of {name!r}") for name, given in parts.items()}
    return Inside(vms, asks, hosts, there)


def read_pieces(given: Any, where: str) -> OneOf:
    """Read what one VM asks of parts: a list of pieces, or a list of alternatives, each such a list.

    Raises
    ------
    FileError
        If it is neither.

    Examples
    --------
    >>> len(read_pieces([{"kind": "gpu"}], "pieces")), len(read_pieces([[{"kind": "gpu"}], []], "pieces"))
    (1, 2)
    """
    alternatives = _listed(given, where)
    if alternatives and not any(isinstance(one, list) for one in alternatives):
        alternatives = [alternatives]
    return OneOf(*([_read_piece(Fields(piece, where)) for piece in _listed(one, where)] for one in alternatives))


def read_parts(given: Any, where: str) -> dict[str, tuple[Part, ...]]:
    """Read the parts of one host by kind: each an object of capacity, slots and profiles, or of amounts alone.

    Raises
    ------
    FileError
        If they are none.

    Examples
    --------
    >>> read_parts({"gpu": [{"capacity": {"milli": 1000}}]}, "parts") == read_parts({"gpu": [{"milli": 1000}]}, "parts")
    True
    """
    kinds = Fields(given, where).rest()
    return {
        kind: tuple(_read_part(Fields(_as_part(part), where)) for part in _listed(row, where))
        for kind, row in kinds.items()
    }


def _as_part(given: Any) -> Any:
    known = isinstance(given, dict) and bool(given) and not given.keys() & PART_KEYS
    return {"capacity": given} if known else given


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
