"""Placements in files as solutions of an instance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vmopt.cli.claims import load_claims
from vmopt.errors import FileError

if TYPE_CHECKING:
    from vmopt.model.instance import Instance
    from vmopt.solution import Solution

SECONDS = 5.0
"""For a bound, which a bare placement does not bring along."""


def solution_of(instance: Instance, path: Path) -> Solution:
    """Read a solution, or a bare placement, which is then judged; of other data, such as yesterday's, by its names.

    Raises
    ------
    FileError
        If it cannot be read, or does not fit.
    """
    from vmopt import io
    from vmopt.carried_over import carry_over
    from vmopt.host_index import to_host_index
    from vmopt.io.json_claims import unfit
    from vmopt.methods.imported import judged
    from vmopt.verify import verify

    claims = load_claims(path)
    known = claims.get("instance")
    if known == io.fingerprint(instance):
        return io.read_solution(instance, path)
    placement = claims["placement"]
    host_index = to_host_index(instance, placement) if known is None else carry_over(instance, placement)[0]
    violations = verify(instance, host_index)
    if violations:
        raise FileError(unfit(str(path), violations))
    return replace(judged(instance, host_index, time_limit=SECONDS), host_index=host_index)
