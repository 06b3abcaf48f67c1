"""Rules in a third CSV file: round trips, errors with file and line, and nothing left out in silence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import vmopt
from tests.rules.stated import rules
from tests.thorough import few
from vmopt.errors import FileError, InstanceError
from vmopt.io import read_csv, write_csv
from vmopt.io.csv_rules import read_rule_column, rule_column
from vmopt.io.csv_table import write_columns
from vmopt.rules import RULES, Groups

CLUSTER = vmopt.Instance.from_arrays(
    [[1], [2]],
    [[4], [4]],
    resources=["cpu"],
    vm_names=["web", "db"],
    vm_labels=[{"app": "web"}, {"app": "db"}],
    host_labels=[{"rack": "r1"}, {}],
)


def files(folder: Path) -> tuple[Path, Path, Path]:
    return folder / "hosts.csv", folder / "vms.csv", folder / "rules.csv"


@settings(max_examples=few(60), deadline=None)
@given(st.lists(st.sampled_from(list(RULES)).flatmap(lambda name: rules(name, columns=False)), max_size=4))
def test_reading_what_was_written_gives_equal_rules(
    tmp_path_factory: pytest.TempPathFactory, stated: list[Any]
) -> None:
    """Tests the round trip of rules of every kind, none at all included."""
    file = tmp_path_factory.getbasetemp() / "stated.csv"
    write_columns(file, rule_column(stated, file))
    assert read_rule_column(file) == stated


def test_three_files(tmp_path: Path) -> None:
    """Tests that labels and rules come back, and what a file of rules looks like."""
    hosts, vms, ruled = files(tmp_path)
    instance = CLUSTER.replace(
        rules=[vmopt.Spread.by_label("app", over="rack"), vmopt.Fence("db", Groups.labelled("rack", "r1"))]
    )
    write_csv(instance, hosts, vms, rules=ruled)
    assert ruled.read_text() == 'rule\n"spread(app, over=rack)"\n"fence([db], rack=r1)"\n'
    assert "label:rack" in hosts.read_text()
    assert read_csv(hosts, vms, rules=ruled) == instance
    assert read_csv(hosts, vms) == CLUSTER


def test_rules_are_not_dropped(tmp_path: Path) -> None:
    """Tests that an instance with rules needs a file for them, which must be able to hold them."""
    hosts, vms, ruled = files(tmp_path)
    with pytest.raises(FileError, match=r"cannot hold its 1 rule: name a third file, rules="):
        write_csv(CLUSTER.replace(rules=[vmopt.Alone("db")]), hosts, vms)
    with pytest.raises(FileError, match=r"rules.csv: a column of groups cannot be said in text"):
        write_csv(CLUSTER.replace(rules=[vmopt.Spread(np.array([0, 0]))]), hosts, vms, rules=ruled)
    assert not list(tmp_path.iterdir())
    write_csv(CLUSTER, hosts, vms, rules=ruled)
    assert ruled.read_text() == "rule\n"
    assert read_csv(hosts, vms, rules=ruled) == CLUSTER


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rule\nalone([db])\n\nalon([db])\n", "line 4, column 'rule': rule 'alon([db])': there is no rule 'alon' (did"),
        ("rule\nspread(app, over=rack)\n", "line 2: 2 cells, but the header has 1: quote cells that hold a comma."),
        ('rule\n"spread(app, over=)"\n', "line 2, column 'rule': rule 'spread(app, over=)': a word is missing"),
        ('rule\n""\n', "line 2, column 'rule': rule '': a word is missing (at its end)."),
        ("rules\nalone(db)\n", "line 1: there is no column 'rule': it has rules."),
        ("rule,note\nalone(db),x\n", "line 1: column 'note' is unknown: a file of rules has one column, 'rule'."),
        ("", "is empty"),
    ],
)
def test_errors_name_file_and_line(tmp_path: Path, text: str, problem: str) -> None:
    """Tests that what makes no sense is refused with its place."""
    hosts, vms, ruled = files(tmp_path)
    write_csv(CLUSTER, hosts, vms)
    ruled.write_text(text)
    with pytest.raises(FileError, match=f"{re.escape(str(ruled))}.*{re.escape(problem)}"):
        read_csv(hosts, vms, rules=ruled)


def test_a_rule_of_nobody_names_the_files(tmp_path: Path) -> None:
    """Tests that a rule about a VM that is not there is refused, and where to look."""
    hosts, vms, ruled = files(tmp_path)
    write_csv(CLUSTER, hosts, vms)
    ruled.write_text("rule\nalone([cache])\n")
    with pytest.raises(InstanceError, match=r"vms\.csv and .*rules\.csv: a rule speaks of VM 'cache'"):
        read_csv(hosts, vms, rules=ruled)
