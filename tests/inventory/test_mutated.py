"""Tables with anything wrong anywhere: read, or refused in one clear line."""

from __future__ import annotations

import os
import random

import pytest

from vmopt.errors import VmoptError
from vmopt.inventory import understood

COUNT = int(os.environ.get("VMOPT_MUTATIONS", "150"))
HOSTS = [
    ["Hostname", "CPUs", "RAM (GiB)", "Disk", "Rack"],
    *([f"h{n}", "16", "64", "2 TB", "ab"[n % 2]] for n in range(3)),
]
VMS = [
    ["VM", "vCPU", "Memory", "Storage", "Owner", "Host", "priority"],
    *([f"vm{n}", "2.5", "4Gi", "100 GB", "shop", f"h{n % 3}", str(n + 1)] for n in range(5)),
]
ODD = [
    "",
    " ",
    "-1",
    "0",
    "1e999",
    "9" * 50,
    "NaN",
    "1,5",
    "1.234,5",
    "16 GiB",
    "5 parsecs",
    "=1+1",
    '"',
    "\x00",
    "x" * 500,
]
ODD += [
    "ä",
    "\u202e",
    "h0",
    "vm1",
    "CPUs",
    "Memory",
    "500m",
    "1/3",
    "None",
    "true",
    "2020-01-01",
    ";",
    "\n",
    "'",
    "10%",
]


def mutated(table, rng):
    """A table with a few cells, rows or columns changed."""
    rows = [list(row) for row in table]
    for _ in range(rng.choice([1, 1, 2, 4])):
        kind, row = rng.randrange(6), rng.randrange(len(rows))
        column = rng.randrange(len(rows[row])) if rows[row] else 0
        if kind == 0:
            del rows[row][column : column + 1]
        elif kind == 1 and len(rows) > 1:
            del rows[row]
        elif kind == 2:
            rows.insert(row, list(rows[rng.randrange(len(rows))]))
        elif kind == 3:
            rows = [[*cells[:column], *cells[column + 1 :]] for cells in rows]
        elif rows[row]:
            rows[row][column] = rng.choice(ODD)
    return rows


def as_text(rows, rng):
    """Its text, between whatever separators, sometimes cut short."""
    separator = rng.choice([",", ";", "\t", "|", ";;"])
    text = rng.choice(["\n", "\r\n"]).join(separator.join(row) for row in rows)
    return text[: rng.randrange(len(text) + 1)] if rng.random() < 0.05 else text


def test_mutated_inventories_are_read_or_refused_in_one_line(tmp_path):
    rng = random.Random(3)
    messages = []
    for _ in range(COUNT):
        tables = [as_text(mutated(table, rng) if rng.random() < 0.7 else table, rng) for table in (HOSTS, VMS)]
        for name, text in zip(("h.csv", "v.csv"), tables, strict=True):
            (tmp_path / name).write_text(text, newline="")
        try:
            found = understood(tmp_path / "h.csv", tmp_path / "v.csv")
        except VmoptError as error:
            messages.append(str(error))
        else:
            assert found.instance.n_hosts > 0
    assert 0 < len(messages) < COUNT
    assert all(message.isprintable() for message in messages), [one for one in messages if not one.isprintable()][:3]
    assert not [one for one in messages if "is not a number" in one]


@pytest.mark.parametrize("text", ["", "\n", ";;;;\n;;;;", "a", "a;b\n", "\x00" * 9, 'a,b\n"1,2\n'])
def test_what_is_no_table_is_refused(text, tmp_path):
    (tmp_path / "h.csv").write_text(text)
    with pytest.raises(VmoptError):
        understood(tmp_path / "h.csv", tmp_path / "h.csv")
