"""JSON within bounds: what would fill memory is refused before it is parsed."""

from __future__ import annotations

from pathlib import Path

import pytest

from vmopt import io
from vmopt.errors import FileError
from vmopt.io import json_text, yaml_text
from vmopt.platforms.documents import read_documents


@pytest.mark.parametrize("read", [io.read, lambda path: list(read_documents(path))])
@pytest.mark.parametrize(("text", "what"), [("[{},[],{}]", "4 objects and arrays"), ("[0,1,2,3,4]", "4 values")])
def test_more_than_memory_holds_is_refused(text, what, read, tmp_path: Path, monkeypatch) -> None:
    """Tests that objects and values are counted where they are many for the length of the text."""
    monkeypatch.setattr(json_text, "MOST_OPENED", 3)
    monkeypatch.setattr(json_text, "MOST_VALUES", 3)
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(FileError, match=f"holds {what} in"):
        read(tmp_path / "a.json")


def test_long_texts_hold_more(monkeypatch) -> None:
    """Tests that what is long for what it holds is parsed."""
    monkeypatch.setattr(json_text, "MOST_OPENED", 3)
    rows = [{"name": "x" * 60}] * 10
    assert json_text.parsed(repr(rows).replace("'", '"').encode(), "a.json") == rows


def test_long_yaml_is_to_be_json(monkeypatch, tmp_path: Path) -> None:
    """Tests that YAML of more entries than are parsed in a while says so at once."""
    monkeypatch.setattr(yaml_text, "MOST_ENTRIES", 10)
    (tmp_path / "a.yaml").write_text("- {}\n" * 10)
    with pytest.raises(FileError, match="20 entries, 10 are the most in YAML: write it as JSON"):
        list(read_documents(tmp_path / "a.yaml"))


@pytest.mark.parametrize("filling", [b"x,", b"\\n, ", b"\xc3\xa4,"])
def test_a_text_without_end_is_no_json_of_ours(filling) -> None:
    """Tests that texts of megabytes are refused unparsed, and that numbers without a text for as long are parsed."""
    with pytest.raises(FileError, match="a text of more than 1,048,576 bytes"):
        json_text.parsed(b'{"name": "' + filling * (1 << 21) + b'"}', "a.json")
    assert len(json_text.parsed(b'{"cpu": [' + b"-1.5E+3, " * 300_000 + b"0]}", "a.json")["cpu"]) == 300_001


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a: &b {x: 1}\n", "refers to parts of itself (&b)"),
        ("a: &b x\nc: *b\n", "refers to parts of itself (&b)"),
        ("a: " + "1:" * 60 + "1\n", "holds a number of 121 characters"),
        ("--- 1\n" * 4, "holds more than 3 documents"),
    ],
)
def test_yaml_that_takes_long_is_refused(text, why, monkeypatch) -> None:
    monkeypatch.setattr(yaml_text, "MOST_DOCUMENTS", 3)
    with pytest.raises(FileError) as refused:
        list(yaml_text.yaml_documents(text.encode(), "a.yaml"))
    assert why in str(refused.value)


def test_long_numerals_in_quotes_are_text() -> None:
    assert list(yaml_text.yaml_documents(b"a: '" + b"1:" * 60 + b"1'\n", "a.yaml")) == [{"a": "1:" * 60 + "1"}]
