"""Reports: a solution as one page of HTML that anybody can open, without a network.

Sections come first (`verdict`, `unplaced`, `rules`, `worth`, `moves`, `cluster`), each of them records made of the
solution; `document` sets them in templates, and embeds the data that the page's own script draws and searches.
"""

from __future__ import annotations

from vmopt.report.document import page, write

__all__ = ["page", "write"]
