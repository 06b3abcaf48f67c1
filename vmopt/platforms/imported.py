"""What came of a dump: an instance, and what became of each feature of the platform."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from vmopt.model.instance import Instance
from vmopt.summary.layout import Table, table_html, table_text


@dataclass(frozen=True)
class Feature:
    """One feature of a platform, and what became of it."""

    name: str
    outcome: Literal["modelled", "approximated", "left out"]
    count: int
    of: str
    how: str


@dataclass(frozen=True, repr=False)
class Imported:
    """An instance read from a platform."""

    instance: Instance
    platform: str
    features: tuple[Feature, ...] = ()
    messages: Mapping[str, str] = field(default_factory=dict)

    def table(self) -> Table:
        """Features as a table."""
        rows = [(one.name, one.outcome, one.how, one.of, f"{one.count:,}") for one in self.features]
        return Table(("feature", "outcome", "how", "of", "count"), rows, 4)

    def to_dict(self) -> dict[str, Any]:
        """Features as JSON."""
        return {
            "platform": self.platform,
            "features": [vars(one) for one in self.features],
            "messages": dict(self.messages),
        }

    def __repr__(self) -> str:
        return f"{self.platform}: {self.instance!r}\n{table_text(self.table())}"

    def _repr_html_(self) -> str:
        return table_html(self.table())
