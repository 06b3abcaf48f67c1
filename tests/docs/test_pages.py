"""The code on every page runs, and prints what the page says."""

import doctest
import re
import shlex
from pathlib import Path

import pytest

from vmopt.cli import main

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "PACKAGE.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_code_of_a_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text(encoding="utf-8")
    names = {"__name__": page.stem}
    for block in BLOCK.findall(text):
        exec(compile(block, str(page), "exec"), names)
    result = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert result.failed == 0


@pytest.mark.parametrize("page", ["inventories.md", "kubernetes.md"])
def test_commands_of_a_tutorial_run_on_its_files(page, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for block in BLOCK.findall(text):
        exec(compile(block, page, "exec"), {"__name__": page})
    commands = re.findall(r"^    vmopt (.*?)(?: +#.*)?$", text, re.MULTILINE)
    assert len(commands) > 4
    for command in commands:
        assert main([*shlex.split(command)]) == 0, (command, capfd.readouterr().err)
    assert "<html" in Path("report.html").read_text(encoding="utf-8")


def test_what_a_package_index_shows_has_no_links_into_the_repository():
    targets = re.findall(r"\]\(([^)]*)\)", (ROOT / "PACKAGE.md").read_text(encoding="utf-8"))
    assert all(target.startswith("https://") for target in targets)
    assert 'readme = "PACKAGE.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_pages_hold_code():
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert sum(bool(BLOCK.search(text)) or ">>> " in text for text in texts) >= 8
