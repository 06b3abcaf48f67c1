"""Explore: try moves, drains and other what-ifs by hand, each judged from the data and priced.

A `Session` is the state and what can be done to it; `serve` shows it as a page on this machine, `widget` in
a notebook.
"""

from __future__ import annotations

from vmopt.explore.server import SessionServer, serve
from vmopt.explore.session import Judgement, Session, SessionState
from vmopt.explore.widget import widget

__all__ = ["Judgement", "Session", "SessionServer", "SessionState", "serve", "widget"]
