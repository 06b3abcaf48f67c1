"""Reports: what they answer, and that the page stands alone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.report import Report
from benchmarks.report.page import page
from benchmarks.results import Results
from tests.benchmarks.rows import row
from vmopt.errors import ExtraError, OptionError


@pytest.fixture(scope="session")
def written(small_run: Results, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of a report of the small run."""
    paths = Report(small_run).write(tmp_path_factory.mktemp("report"), "small")
    return {path.name: path.read_text() for path in paths}


def of(tmp_path: Path, *rows: object) -> Report:
    """A report of rows."""
    results = Results(tmp_path / "results.jsonl")
    for each in rows:
        results.add(each)  # type: ignore[arg-type]
    return Report(results)


def test_the_files_of_a_report(written: dict[str, str]) -> None:
    """Tests that there are Markdown, a page and pictures, and that the Markdown shows each picture."""
    pictures = {name for name in written if name.endswith(".svg")}
    assert {"small-generated-optimal-against-greedy.svg", "small-generated-over-time.svg"} <= pictures
    assert set(written) == {"small.md", "small.html"} | pictures
    assert set(re.findall(r"!\[[^]]+\]\(([^)]+)\)", written["small.md"])) == pictures


def test_the_answer(written: dict[str, str], small_run: Results) -> None:
    """Tests that the report says what the optimum wins over either greedy heuristic, as computed from the rows."""
    objective = {each.method: each.objective for each in small_run}
    for name in ("priority", "demand"):
        share = 100 * (objective["auto"] / objective[f"greedy-{name}"] - 1)
        assert f"Against greedy by {name}, the optimum wins at least {share:.1f} % of weighted" in written["small.md"]


def test_the_header(written: dict[str, str], small_run: Results) -> None:
    """Tests that machine, versions, date, commit, checksum and the known limitations are in it."""
    first = small_run.rows[0]
    for part in (first.machine, first.versions, first.date, first.commit, small_run.checksum(), "## Known limitations"):
        assert part in written["small.md"]


def test_the_page_needs_no_network(written: dict[str, str]) -> None:
    """Tests that nothing is loaded from anywhere: no script, no link to a file, no address but names of XML."""
    html = written["small.html"]
    assert html.count("<svg ") == len([name for name in written if name.endswith(".svg")])
    for loads in ("<script", "<link", "<img", "@import", "@font-face", 'src="'):
        assert loads not in html
    assert not re.findall(r"url\((?!#)", html)
    assert "prefers-color-scheme: dark" in html
    assert html.count('<div class="scroll"><table>') == html.count("<table>") == html.count("</table></div>")


def test_drawings_do_not_share_ids(written: dict[str, str]) -> None:
    """Tests that every id on the page is there once, and that every reference finds its own."""
    html = written["small.html"]
    ids = Counter(re.findall(r'\bid="([^"]+)"', html))
    assert ids
    assert max(ids.values()) == 1
    assert set(re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', html)) <= {(name, "") for name in ids} | {
        ("", name) for name in ids
    }


def test_what_went_wrong_is_told(tmp_path: Path) -> None:
    """Tests that errors, warnings and wrong claims are listed, and that they count."""
    markdown = of(
        tmp_path,
        row(method="exact", status="error", objective=0.0, bound=None, verified=False, message="it died | twice"),
        row(method="auto", bound=9.2, message="a claim was dropped"),
        row(method="greedy-priority", objective=9.3),
    ).markdown()
    assert "- error: flavor-10, exact, seed 0: it died" in markdown
    assert "- warning: flavor-10, auto, seed 0: a claim was dropped" in markdown
    assert "- **wrong claim**: flavor-10, auto, seed 0: its bound is 9.2, but 9.3 is reached" in markdown
    assert "| auto | 1 | - | 0 % | 0 % | 0 % |" in markdown
    assert "| exact | 1 | 1 | 0 % | 0 % | - | - |" in markdown


def test_the_primal_integral_is_told(tmp_path: Path) -> None:
    """Tests that the tables have it, that the report says what it is and whose, and draws the curve of that area."""
    report = of(tmp_path, row(), row(method="greedy-priority", objective=8.0))
    told = report.markdown()
    assert "Berthold" in told
    assert "| primal integral, s |" in told
    assert re.search(r"^\| flavor-10 \| auto \|.* 2.07 \| 10 \|$", told, re.MULTILINE)
    assert "gap-over-time" in [figure.name for figure in report.figures()["generated"]]


def test_growth_is_fitted(tmp_path: Path) -> None:
    """Tests that the set about growth tells the power, and draws it."""
    rows = [
        row(set="growth", instance=f"flavor-{n}", vms=n, status="optimal", total_seconds=n / 1000, requested_gap=0.005)
        for n in (1000, 10_000, 100_000)
    ]
    report = of(tmp_path, *rows)
    assert "**flavor: seconds grow like VMs^1.00**, until a gap of 0.50 % is proven." in report.markdown()
    assert "growth" in [figure.name for figure in report.figures()["growth"]]


def test_without_matplotlib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a report without pictures says why there are none."""

    def missing(*_: object) -> None:
        raise ExtraError("pictures need matplotlib")

    monkeypatch.setattr("benchmarks.report.report.figures", missing)
    paths = of(tmp_path, row(), row(method="greedy-priority", objective=8.0)).write(tmp_path, "plain")
    assert [path.name for path in paths] == ["plain.md", "plain.html"]
    assert "they need matplotlib" in paths[0].read_text()


def test_nothing_to_report(tmp_path: Path) -> None:
    """Tests that an empty file of results is refused."""
    with pytest.raises(OptionError, match="holds no results: run a set first"):
        of(tmp_path)


def test_what_is_written_in_results_is_text() -> None:
    """Tests that a message cannot smuggle markup into the page."""
    assert "<script>" not in page("warning: <script>alert(1)</script>", {}, "a <title>")
