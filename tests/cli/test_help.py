"""Help as people read it."""

from __future__ import annotations

import re

import pytest

from vmopt.cli import main


@pytest.mark.parametrize("command", [[], ["solve"], ["generate"], ["import"], ["import", "kubernetes"]])
def test_flags_have_no_type(command, capsys):
    main([*command, "--help"])
    told = capsys.readouterr().out
    assert "--help" in told
    assert "<bool>" not in told
    assert not re.search(r"--verbose\s+-v\s+<", told)


def test_without_colour_there_is_no_bold_either(monkeypatch, capsys):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr("typer.rich_utils.FORCE_TERMINAL", True)
    monkeypatch.setattr("typer.rich_utils.COLOR_SYSTEM", "auto")
    main(["solve", "--help"])
    assert "\x1b" not in capsys.readouterr().out
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("typer.rich_utils.COLOR_SYSTEM", "truecolor")
    main(["solve", "--help"])
    assert "\x1b" in capsys.readouterr().out
