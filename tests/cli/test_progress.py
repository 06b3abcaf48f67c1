"""Tests of progress on stderr."""

from __future__ import annotations

import time

from tests.patience import PATIENCE
from vmopt.cli import progress as progress_module
from vmopt.cli.progress import Progress


def test_plain_lines(capsys, monkeypatch):
    """Tests that progress that is not on a terminal is plain lines on stderr: the first, some between, and the last."""
    monkeypatch.setattr(progress_module, "EVERY", PATIENCE)
    with Progress() as progress:
        progress(0.0, 1.0, 2.0, "greedy-priority")
        progress(0.5 * PATIENCE, 1.5, 2.0, "greedy-demand")
        progress(2.5 * PATIENCE, 1.75, 2.0, "exact")
        progress(2.75 * PATIENCE, 1.75, 1.875, "exact")
        progress(3.0 * PATIENCE, 1.75, 1.75, "exact")
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split() for line in err.splitlines()] == [
        ["0.0", "s", "gap", "50.000", "%", "objective", "1", "bound", "2", "greedy-priority"],
        ["25000.0", "s", "gap", "12.500", "%", "objective", "1.75", "bound", "2", "exact"],
        ["30000.0", "s", "gap", "0", "%", "objective", "1.75", "bound", "1.75", "exact"],
    ]


def test_nothing_waits_for_the_next_improvement(capsys):
    """Tests that what came too soon for a line of its own is told while the search goes on without another."""
    with Progress() as progress:
        progress(0.0, 1.0, 2.0, "greedy-priority")
        progress(0.5, 1.5, 2.0, "greedy-demand")
        err, end = "", time.monotonic() + PATIENCE
        while "greedy-demand" not in err and time.monotonic() < end:
            time.sleep(0.01)
            err += capsys.readouterr().err
        assert err.count("\n") == 2
    assert capsys.readouterr().err == ""


def test_quiet(capsys):
    """Tests that quiet means nothing at all."""
    with Progress(quiet=True) as progress:
        progress(0.0, 1.0, 2.0, "greedy-priority")
    assert capsys.readouterr() == ("", "")


def test_worthless(capsys):
    """Tests that a bound of 0 is a gap of 0, not a division by it."""
    with Progress() as progress:
        progress(0.0, 0.0, 0.0, "greedy-priority")
    assert "gap 0 %" in capsys.readouterr().err
