"""`vmopt import inventory`."""

from __future__ import annotations

import pytest

from vmopt import io


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "h.csv").write_text("Name;CPU;RAM\nh1;8;32GiB\nh2;4;16GiB\n")
    (tmp_path / "v.csv").write_text("Name;CPU;RAM\nv1;2,5;4Gi\nv2;500m;1Gi\n")
    return tmp_path / "h.csv", tmp_path / "v.csv"


def test_tables_become_an_instance(run, tables, tmp_path):
    output = tmp_path / "x.json"
    ran = run("import", "inventory", *tables, "--overcommit", "cpu=4", "--reserve", "memory=50%", "-o", output)
    assert (ran.code, ran.out) == (0, "")
    assert "names in 'Name'; cpu in 'CPU' (cores)" in ran.err
    cluster = io.read(output)
    assert (cluster.capacity / cluster.scale).tolist() == [[32, 16], [16, 8]]
    assert (cluster.demand / cluster.scale).tolist() == [[2.5, 4], [0.5, 1]]


def test_questions_are_asked_in_options(run, tables, tmp_path):
    tables[0].write_text("A;B;cpu\nx;p;1\ny;q;2\n")
    ran = run("import", "inventory", *tables, "-o", tmp_path / "x.json")
    assert ran.code == 2
    assert "which column holds the names: 'A' or 'B'? Say it: --name-column 'A'" in ran.err
    tables[0].write_text("name;RAM\nx;8\n")
    ran = run("import", "inventory", *tables, "--label", "CPU", "-o", tmp_path / "x.json")
    assert "--unit memory=GiB" in ran.err or "--unit memory=Gi" in ran.err
