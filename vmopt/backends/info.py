"""What is printed of the backends: `vmopt.backends()`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import overload

from vmopt.backends.base import Capability

WORDS = {
    Capability.CONTINUOUS: "continuous",
    Capability.INTEGER: "integer",
    Capability.PRICES: "prices",
    Capability.START: "start",
    Capability.PROGRESS: "progress",
    Capability.THREADS: "threads",
    Capability.SEED: "seed",
}
TITLES = ("backend", "available", "can", "version", "")


@dataclass(frozen=True)
class BackendInfo:
    """One backend, and whether it can run here.

    Attributes
    ----------
    name : str
    available : bool
    capabilities : Capability
    version : str or None
        Name and version of the library; None where it is not available.
    reason : str or None
        Why it is not available, and how to mend that; None where it is.

    Examples
    --------
    >>> import vmopt
    >>> next(info for info in vmopt.backends() if info.name == "cp-sat").available
    True
    """

    name: str
    available: bool
    capabilities: Capability
    version: str | None = None
    reason: str | None = None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        can = ", ".join(word for capability, word in WORDS.items() if capability in self.capabilities)
        return (self.name, "yes" if self.available else "no", can, self.version or "", self.reason or "")


class BackendList(Sequence[BackendInfo]):
    """The backends as a sequence, and as a table where printed.

    Examples
    --------
    >>> print(BackendList([BackendInfo("cp-sat", True, Capability.INTEGER, "ortools 9.15")]))
    backend  available  can      version
    cp-sat   yes        integer  ortools 9.15
    """

    def __init__(self, infos: Sequence[BackendInfo]) -> None:
        self._infos = tuple(infos)

    @overload
    def __getitem__(self, index: int) -> BackendInfo: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[BackendInfo, ...]: ...
    def __getitem__(self, index: int | slice) -> BackendInfo | tuple[BackendInfo, ...]:
        return self._infos[index]

    def __len__(self) -> int:
        return len(self._infos)

    def __str__(self) -> str:
        rows = [TITLES, *(info.cells for info in self._infos)]
        widths = [max(len(row[k]) for row in rows) for k in range(len(TITLES))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(title)}</th>" for title in TITLES)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in info.cells) + "</tr>" for info in self._infos
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
