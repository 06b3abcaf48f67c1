"""The code on every page runs, and prints what the page says."""

import doctest
import re
from pathlib import Path

import pytest

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


def test_what_a_package_index_shows_has_no_links_into_the_repository():
    targets = re.findall(r"\]\(([^)]*)\)", (ROOT / "PACKAGE.md").read_text(encoding="utf-8"))
    assert all(target.startswith("https://") for target in targets)
    assert 'readme = "PACKAGE.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_pages_hold_code():
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    assert sum(bool(BLOCK.search(text)) or ">>> " in text for text in texts) >= 8
