"""Documents of a cluster: JSON as everywhere, and files of ``/etc/pve`` as texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vmopt.io.files import read_bytes
from vmopt.platforms.documents import files_of, read_documents

PARSED = (".json", ".gz", ".yaml", ".yml")
OF_TEXT = (".cfg", ".conf")
BY_NAME = ("hardware_status", "service_config", "static_service_stats", "rules_config", "groups")


def documents_of(paths: Any) -> Iterator[tuple[str, Any]]:
    """Yield each document, parsed or as a text, with the name of its file; what begins with a bracket is JSON."""
    for path in files_of(paths, (".json", ".json.gz", ".yaml", ".yml", *OF_TEXT, *BY_NAME)):
        name = str(path)
        if not name.endswith(PARSED) and name != "-":
            content = read_bytes(path) if path.stat().st_size else b""
            if not content.lstrip().startswith((b"{", b"[")):
                yield name, content.decode("utf-8", errors="replace")
                continue
        yield from read_documents([name])
