"""`vmopt report`."""

from __future__ import annotations

import vmopt
from vmopt import io
from vmopt.cli.codes import Exit


def test_a_page_is_written(run, cluster, cluster_file, tmp_path):
    placed, page = tmp_path / "placement.json", tmp_path / "report.html"
    io.write_solution(vmopt.solve(cluster, gap=0, threads=1), placed)
    ran = run("report", cluster_file, placed, "-o", page, "--title", "Monday <1>")
    assert (ran.code, ran.out) == (Exit.SOLVED, "")
    assert f"report written to {page}" in " ".join(ran.err.split()).replace("- ", "-")
    assert "<title>Monday &lt;1&gt;</title>" in page.read_text(encoding="utf-8")


def test_the_inputs_are_kept(run, cluster, cluster_file, tmp_path):
    placed = tmp_path / "placement.json"
    io.write_solution(vmopt.solve(cluster, gap=0, threads=1), placed)
    ran = run("report", cluster_file, placed, "-o", cluster_file)
    assert ran.code == Exit.BAD_INPUT
    assert "it is an input" in ran.err
    assert io.read(cluster_file) == cluster


def test_what_is_no_page_is_refused(run, cluster_file, tmp_path):
    """Tests that a page is not written under the name of something else."""
    ran = run("report", cluster_file, cluster_file, "-o", tmp_path / "report.txt")
    assert ran.code == 2
    assert "must end in .html" in ran.err
