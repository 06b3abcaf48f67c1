"""Where the published data are, on machines that have them."""

from __future__ import annotations

import os
from pathlib import Path

DEFAULT = Path(__file__).parents[3] / "shared" / "data"


def data_folder() -> Path:
    """Folder of the published data: what VMOPT_DATA names, else ``../shared/data`` next to the project."""
    return Path(os.environ.get("VMOPT_DATA") or DEFAULT).expanduser()


def data_file(*parts: str) -> Path:
    """Path of a file in the data folder; the gzip-ed one where only that is there.

    Examples
    --------
    >>> data_file("kmkp", "no-such.txt") == data_folder() / "kmkp" / "no-such.txt"
    True
    """
    path = data_folder().joinpath(*parts)
    packed = path.with_name(f"{path.name}.gz")
    return packed if packed.exists() and not path.exists() else path


def data_files(pattern: str) -> list[Path]:
    """Files in the data folder that match a pattern, in the order of their names."""
    return sorted(data_folder().glob(pattern))
