"""What the file of a solution claims, before any of it is believed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vmopt.errors import FileError

if TYPE_CHECKING:
    from vmopt.bounds import Bound, Prices


def load_claims(path: Path) -> dict[str, Any]:
    """Read a solution, or VM names and host names as a solution that claims nothing else."""
    import orjson

    from vmopt import io
    from vmopt.io.files import read_bytes
    from vmopt.io.json_file import refuse_repeated_keys
    from vmopt.io.placement_table import is_table

    if is_table(path):
        return {"placement": io.read_placement(path)}
    try:
        data = read_bytes(path)
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise FileError(f"{path}, line {error.lineno}: not valid JSON: {error.msg}.") from None
    refuse_repeated_keys(data, path)
    if isinstance(document, dict) and not isinstance(document.get("placement"), dict):
        document = {"placement": document}
    if not isinstance(document, dict) or not all(isinstance(host, str) for host in document["placement"].values()):
        raise FileError(f"{path} holds no placement: expected an object of VM names to host names.")
    return document


def format_of(path: Path) -> object:
    """What a file says that it is, None where it says nothing; whatever is wrong with it is for its reader to say."""
    from vmopt.io import json_file
    from vmopt.io.placement_table import is_table

    if is_table(path):
        return None
    try:
        return json_file.load_object(path).take("format", object, str, default=None)
    except FileError:
        return None


def certificate_of(claims: dict[str, Any], where: str) -> Bound:
    """Return the bound that the file claims, with what proves it."""
    return proofs_of(claims, where)[0]


def proofs_of(claims: dict[str, Any], where: str) -> tuple[Bound, Prices | None]:
    """Return the bound that the file claims, with what proves it, and the prices that prove most besides."""
    from math import inf

    from vmopt.io.json_bound import read_bound
    from vmopt.io.json_file import Fields

    keys = ("bound_by", "prices", "rule_prices", "pattern_bound", "step", "exhaustive")
    given = {"bound_by": "prices", "prices": None, "pattern_bound": None} | {k: claims[k] for k in keys if k in claims}
    claimed = claims.get("bound")
    return read_bound(Fields(given, where), float(claimed) if isinstance(claimed, int | float) else inf)
