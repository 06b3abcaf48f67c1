"""Tests of progress on stderr."""

from __future__ import annotations

from vmopt.cli.progress import Progress


def test_plain_lines(capsys):
    """Tests that progress that is not on a terminal is plain lines on stderr, at most one a second, and the last."""
    with Progress() as progress:
        progress(0.0, 1.0, 2.0, "greedy-priority")
        progress(0.5, 1.5, 2.0, "greedy-demand")
        progress(1.25, 1.75, 2.0, "exact")
        progress(1.5, 1.75, 1.875, "exact")
        progress(1.75, 1.75, 1.75, "exact")
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split() for line in err.splitlines()] == [
        ["0.0", "s", "gap", "50.000", "%", "objective", "1", "bound", "2", "greedy-priority"],
        ["1.2", "s", "gap", "12.500", "%", "objective", "1.75", "bound", "2", "exact"],
        ["1.8", "s", "gap", "0", "%", "objective", "1.75", "bound", "1.75", "exact"],
    ]


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
