"""Backends: a LinearProgram in, an LPResult out."""

from __future__ import annotations

from vmopt.backends.base import Backend, Capability, LPOptions, LPResult
from vmopt.backends.info import BackendInfo, BackendList
from vmopt.backends.registry import backends, get

__all__ = [
    "Backend",
    "BackendInfo",
    "BackendList",
    "Capability",
    "LPOptions",
    "LPResult",
    "backends",
    "get",
]
