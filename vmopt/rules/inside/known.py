"""Pieces of kinds, resources and profiles that no host has: most often a name that is spelt in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from vmopt.errors import InstanceError
from vmopt.model.parts import OneOf, Part, Pieces


def check_known(pieces: Mapping[str, OneOf], parts: Mapping[str, Mapping[str, tuple[Part, ...]]]) -> None:
    """Refuse pieces of what no group of hosts has.

    Raises
    ------
    InstanceError
        If a kind of parts, a resource of one, or a profile is nowhere.
    """
    there: dict[str, list[Part]] = {}
    for kinds in parts.values():
        for kind, several in kinds.items():
            there.setdefault(kind, []).extend(several)
    for title, ask in pieces.items():
        for piece in (piece for one in ask for piece in one):
            _check(title, piece, there)


def _check(title: str, piece: Pieces, there: Mapping[str, list[Part]]) -> None:
    if piece.kind not in there:
        raise InstanceError(_said(title, f"parts of kind {piece.kind!r}", "kinds", there))
    resources = {name for part in there[piece.kind] for name in part.capacity}
    for name, amount in piece.each.items():
        if amount and name not in resources:
            raise InstanceError(_said(title, f"{name!r} of a {piece.kind}", "resources", resources))
    profiles = {name for part in there[piece.kind] for name in part.profiles}
    if piece.profile is not None and piece.profile not in profiles:
        raise InstanceError(_said(title, f"profile {piece.profile!r} of a {piece.kind}", "profiles", profiles))


def _said(title: str, asked: str, what: str, known: Iterable[str]) -> str:
    listed = ", ".join(map(repr, sorted(known))) or "none at all"
    return f"{title!r} asks for {asked}, which no host has ({what} that there are: {listed}): mend the name."
