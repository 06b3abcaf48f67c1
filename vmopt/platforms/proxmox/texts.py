"""Documents of a cluster: JSON as everywhere, and files of ``/etc/pve`` as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vmopt.platforms.documents import files_of, read_bytes, read_documents

OF_TEXT = (".cfg", ".conf")


def documents_of(paths: Any) -> Iterator[tuple[str, Any]]:
    """Yield each document, parsed or as a text, with the name of its file."""
    given = [str(path) for path in files_of(paths, (".json", ".json.gz", ".yaml", ".yml", *OF_TEXT))]
    others = [path for path in given if not path.endswith(OF_TEXT)]
    for path in files_of(paths, OF_TEXT):
        if str(path).endswith(OF_TEXT):
            yield str(path), read_bytes(path).decode("utf-8", errors="replace")
    if others:
        yield from read_documents(others)
