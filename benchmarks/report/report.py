"""The report: sections put in order, and written next to the results."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import sections
from benchmarks.report.figures import Figure, figures
from benchmarks.report.header import header
from benchmarks.report.page import page
from benchmarks.results import Results, Row
from benchmarks.statistics.standing import standings
from vmopt.errors import ExtraError, OptionError

TITLE = "Optimal against greedy: benchmarks of vmopt"
INTRODUCTION = (
    "How much weighted utilisation does the optimum win over greedy heuristics, how fast is it found, and how close "
    "to it is proven? Every placement below was verified from the data, and every bound as far as it carries its proof."
)
PRIMAL_INTEGRAL = (
    "The *primal integral* is the area between placement and bound over the seconds of the time limit, in parts of the "
    "bound: the integral of p(t) = (bound - objective at time t) / bound from 0 to the limit, with objective 0 before "
    "the first placement and the least bound that any method stated (Berthold, Operations Research Letters 41, 2013, "
    "611-614). It is small where good placements come early."
)
LIMITATIONS = Path(__file__).with_name("limitations.md")


@dataclass(frozen=True)
class Report:
    """What results say.

    Attributes
    ----------
    results : Results
        At least one row.
    """

    results: Results

    def __post_init__(self) -> None:
        if not len(self.results):
            raise OptionError(f"{self.results.path} holds no results: run a set first.")

    def write(self, folder: Path, stem: str) -> list[Path]:
        """Write ``STEM.md``, ``STEM.html`` and the figures, ``STEM-SET-NAME.svg``; return their paths.

        Without matplotlib there are no figures, and the report says so.
        """
        folder.mkdir(parents=True, exist_ok=True)
        try:
            drawn = self.figures()
        except ExtraError:
            drawn = {}
        files = {f"{stem}-{name}-{figure.name}.svg": figure for name, of in drawn.items() for figure in of}
        svg = {file: figure.svg for file, figure in files.items()}
        markdown = self.markdown({name: self._links(stem, name, of) for name, of in drawn.items()})
        texts = {f"{stem}.md": markdown, f"{stem}.html": page(markdown, svg, TITLE), **svg}
        for file, content in texts.items():
            (folder / file).write_text(content, encoding="utf-8")
        return [folder / file for file in texts]

    def figures(self) -> dict[str, list[Figure]]:
        """Draw the figures of every set.

        Raises
        ------
        ExtraError
            Without matplotlib.
        """
        standing = standings(self.results)
        return {name: list(figures(rows, standing)) for name, rows in self.results.by_set().items()}

    def markdown(self, links: dict[str, str] | None = None) -> str:
        """Return the report as Markdown, with links to the figures of each set."""
        links = links or {}
        parts = [f"# {TITLE}", INTRODUCTION, header(self.results)]
        if not links:
            parts.append("There are no pictures: they need matplotlib (`pip install matplotlib`).")
        for name, rows in self.results.by_set().items():
            parts += [f"## {name}", *self._section(rows, links.get(name, ""))]
        parts += ["## Known limitations", LIMITATIONS.read_text(encoding="utf-8")]
        return "\n\n".join(part for part in parts if part) + "\n"

    def _section(self, rows: list[Row], links: str) -> Iterable[str]:
        standing = standings(rows)
        yield sections.growth(rows) if rows[0].set == "growth" else sections.wins(rows, standing)
        yield links
        yield "### Methods"
        yield sections.methods(rows, standing)
        yield PRIMAL_INTEGRAL
        yield "### Instances"
        yield sections.instances(rows, standing)
        if troubles := sections.troubles(rows, standing):
            yield "### Errors, warnings and wrong claims"
            yield troubles

    @staticmethod
    def _links(stem: str, name: str, drawn: list[Figure]) -> str:
        return "\n\n".join(f"![{figure.caption}]({stem}-{name}-{figure.name}.svg)" for figure in drawn)
