"""Header: where the rows come from."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.report.text import table
from benchmarks.results import Results, Row


def header(results: Results) -> str:
    """Return machine, versions, dates, commits and the checksum of the rows, as a table."""
    limits = sorted({row.time_limit for row in results})
    lines = [
        ("solves", f"{len(results):,}, of which {sum(row.failed for row in results)} ended in an error"),
        ("machine", _distinct(results, lambda row: row.machine)),
        ("threads", _distinct(results, lambda row: str(row.threads))),
        ("time limit", ", ".join(f"{limit:g} s" for limit in limits)),
        ("requested gap", _distinct(results, lambda row: f"{100 * row.requested_gap:g} %")),
        ("versions", _distinct(results, lambda row: row.versions)),
        ("commit", _distinct(results, lambda row: row.commit)),
        ("date", _dates(results)),
        ("SHA-256 of the rows", f"`{results.checksum()}`"),
    ]
    return table(["of", "what"], lines, n_left=2)


def _distinct(results: Results, of: Callable[[Row], str]) -> str:
    return "; ".join(dict.fromkeys(of(row) for row in results))


def _dates(results: Results) -> str:
    dates = sorted({row.date for row in results})
    return dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
