"""Report: what results say, as Markdown and as one HTML page that needs no network."""

from benchmarks.report.report import Report

__all__ = ["Report"]
