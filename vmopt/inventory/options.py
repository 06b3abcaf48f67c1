"""How tables are to be read: what a caller says of columns, units and cells."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from vmopt import checks
from vmopt.inventory.columns import SIDES
from vmopt.model.objective import Objective


@dataclass(frozen=True)
class ReadingOptions:
    """How tables are to be read: see `read_inventory`."""

    columns: Mapping[str, str] = field(default_factory=dict)
    labels: Collection[str] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, str] = field(default_factory=dict)
    separator: str | None = None
    decimal: str | None = None
    empty: int | None = None
    overcommit: Mapping[str, Any] = field(default_factory=dict)
    reserve: Mapping[str, Any] = field(default_factory=dict)
    objective: Objective | None = None

    def __post_init__(self) -> None:
        checks.texts(self.columns, "columns", "meanings to headers")
        checks.texts(self.units, "units", "resources to units")
        checks.texts(self.sheets, "sheets", "hosts and vms to sheets of Excel")
        for side in self.sheets:
            checks.choice(side, "one of sheets", SIDES)
        for header in checks.listed(self.labels, "labels", what="a list of headers"):
            checks.text(header, "one of labels", what="a header")
        checks.mapping(self.overcommit, "overcommit", "resources to numbers")
        checks.mapping(self.reserve, "reserve", "resources to amounts or parts")
        if self.separator is not None:
            checks.text(self.separator, "separator", what="one character")
        if self.decimal is not None:
            checks.choice(self.decimal, "decimal", (".", ","))
        if self.empty is not None:
            checks.integer(self.empty, "empty", 0, 0)
