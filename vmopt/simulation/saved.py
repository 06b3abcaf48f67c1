"""Timelines as JSON lines: a header with the requests, then a line per event and per moment."""

from __future__ import annotations

import io
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from vmopt import checks
from vmopt.errors import FileError
from vmopt.io.files import PathLike, as_utf8, read_bytes, write_bytes
from vmopt.io.json_file import Fields
from vmopt.io.json_requests import from_fields, to_document, version_of
from vmopt.simulation.journal import EVENT, SERIES
from vmopt.simulation.kinds import EventKind
from vmopt.simulation.workload import Workload

if TYPE_CHECKING:
    from vmopt.simulation.timeline import Timeline

FORMAT = "vmopt-timeline"
VERSIONS = (1, 2)
"""As of the requests inside: with labels or rules it is the second."""


def write_timeline(timeline: Timeline, path: PathLike) -> None:
    r"""Write a timeline as JSON lines, gzip if the name ends in ``.gz``; `read_timeline` returns an equal one.

    The first line is an object with the policy and the requests. Each further line is either an event, with ``kind``
    by name and ``vm`` and ``host`` by position, or (without ``kind``) a moment of the series.

    Raises
    ------
    FileError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import vmopt
    >>> requests = vmopt.Requests.from_arrays([0, 1], [[6], [6]], duration=[60, 60], resources=["cpu"])
    >>> timeline = vmopt.simulate([vmopt.Host("h1", {"cpu": 8})], requests, policy="fcfs")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     vmopt.write_timeline(timeline, Path(folder) / "run.jsonl")
    ...     lines = Path(folder, "run.jsonl").read_text().splitlines()
    >>> print(*lines[1:3], sep="\n")
    {"time":0.0,"kind":"arrive","vm":0,"host":-1}
    {"time":0.0,"kind":"start","vm":0,"host":0}
    """
    from vmopt.simulation.timeline import Timeline

    checks.of_kind(timeline, Timeline, "the timeline", "what vmopt.simulate returned", FileError)
    out = io.BytesIO()
    told = to_document(timeline.workload.instance, timeline.requests)
    header = {
        "format": FORMAT,
        "version": version_of(told),
        "policy": timeline.policy,
        "reallocate": timeline.reallocate,
        "seed": timeline.seed,
        "until": timeline.until if isfinite(timeline.until) else None,
        "requests": told,
    }
    out.write(orjson.dumps(header) + b"\n")
    kinds = [kind.name.lower() for kind in EventKind]
    for time, kind, vm, host in timeline.events.tolist():
        out.write(orjson.dumps({"time": time, "kind": kinds[kind], "vm": vm, "host": host}) + b"\n")
    for row in timeline.series.tolist():
        out.write(orjson.dumps(dict(zip(SERIES.names or (), row, strict=True))) + b"\n")
    write_bytes(path, out.getvalue())


def read_timeline(path: PathLike) -> Timeline:
    """Read a timeline that `write_timeline` wrote.

    Raises
    ------
    FileError
        If the file cannot be read, or a line of it makes no sense; the line is named.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import vmopt
    >>> requests = vmopt.Requests.from_arrays([0, 1], [[6], [6]], duration=[60, 60], resources=["cpu"])
    >>> timeline = vmopt.simulate([vmopt.Host("h1", {"cpu": 8})], requests, policy="fcfs")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     vmopt.write_timeline(timeline, Path(folder) / "run.jsonl.gz")
    ...     again = vmopt.read_timeline(Path(folder) / "run.jsonl.gz")
    >>> again.started.tolist()
    [0.0, 60.0]
    """
    from vmopt.simulation.timeline import Timeline

    lines = as_utf8(read_bytes(path), path).splitlines()
    header = Fields(_parsed(lines[0], path, 1), f"{path}, line 1")
    if header.take("format", str) != FORMAT or header.take("version", int) not in VERSIONS:
        raise FileError(
            f"{path} is no timeline of version {' or '.join(map(str, VERSIONS))}: expected the format {FORMAT!r} in "
            "its first line."
        )
    policy, seed = header.take("policy", str), header.take("seed", int)
    reallocate = header.take("reallocate", str, type(None))
    until = header.take("until", float, int, type(None))
    hosts, requests = from_fields(Fields(header.take("requests", dict), f"{path}, line 1: requests"))
    header.finish()
    workload = Workload.of(hosts, requests)
    events, series = _rows(lines[1:], path, workload)
    return Timeline(workload, policy, reallocate, seed, inf if until is None else float(until), events, series)


def _rows(lines: list[bytes], path: PathLike, workload: Workload) -> tuple[Any, Any]:
    events, series = [], []
    kinds = {kind.name.lower(): int(kind) for kind in EventKind}
    names = SERIES.names or ()
    for number, line in enumerate(lines, start=2):
        row = _parsed(line, path, number)
        try:
            if "kind" in row:
                events.append((float(row["time"]), kinds[row["kind"]], int(row["vm"]), int(row["host"])))
            else:
                series.append(tuple(row[name] for name in names))
        except (KeyError, TypeError, ValueError) as error:
            raise FileError(
                f"{path}, line {number}: neither an event nor a moment of a timeline ({error!r})."
            ) from None
    table = np.array(events, dtype=EVENT)
    if (table["vm"] >= workload.n_vms).any() or (table["host"] >= workload.instance.n_hosts).any():
        raise FileError(f"{path}: an event is of a VM or host that the requests do not have.")
    return table, np.array(series, dtype=SERIES)


def _parsed(line: bytes, path: PathLike, number: int) -> Any:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise FileError(f"{path}, line {number}: not valid JSON: {error.msg}.") from None
    if not isinstance(row, dict):
        raise FileError(f"{path}, line {number}: expected an object.")
    return row
