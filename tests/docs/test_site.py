"""The site builds without a warning, shows every public name, and needs no network to be read."""

import os
import pkgutil
import re
import subprocess
import sys
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import vmopt

pytest.importorskip("mkdocs_gen_files", reason="the extra docs is not installed")

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the folder of the built site."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def public_modules():
    yield vmopt
    for info in pkgutil.walk_packages(vmopt.__path__, "vmopt."):
        if not info.name.startswith(("vmopt.cli", "vmopt.__main__")) and hasattr(import_module(info.name), "__all__"):
            yield import_module(info.name)


def test_every_public_name_is_on_an_api_page(site):
    anchors = {
        name for page in site.glob("api/*.html") for name in re.findall(r'id="?([\w.]+)', page.read_text("utf-8"))
    }
    missing = []
    for module in public_modules():
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(getattr(value, "__qualname__", None), str) and not isinstance(value, ModuleType):
                if f"{value.__module__}.{value.__qualname__}" not in anchors:
                    missing.append(f"{module.__name__}.{name}")
            elif name.lower() not in anchors:
                missing.append(f"{module.__name__}.{name}")
    assert not missing


class Loaded(HTMLParser):
    """What a page loads by itself: not the links that a reader may follow."""

    def __init__(self):
        super().__init__()
        self.urls = []

    def handle_starttag(self, tag, attrs):
        names = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
        url = dict(attrs).get(names.get(tag, ""))
        if url:
            self.urls.append(url)


def test_nothing_is_loaded_from_elsewhere(site):
    for page in site.rglob("*.html"):
        loaded = Loaded()
        loaded.feed(page.read_text("utf-8"))
        assert loaded.urls
        assert not [url for url in loaded.urls if re.match(r"(\w+:)?//", url)], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import\s+|url\()[\"']?(https?:)?//", sheet.read_text("utf-8")), sheet


def test_mathematics_is_shown_without_a_script(site):
    text = (site / "placement.html").read_text("utf-8")
    assert "<math" in text
    assert "\\sum" not in re.sub(r"<annotation.*?</annotation>", "", text)


def test_an_undocumented_public_name_fails(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "make"))
    public = import_module("public")
    module = ModuleType("made_up")
    module.bare = lambda: None
    with pytest.raises(ValueError, match=r"made_up\.bare is public and has no docstring"):
        public.home(module, "bare")
    module.Half = type("Half", (), {"__doc__": "A class.", "method": lambda self: None})
    with pytest.raises(ValueError, match=r"made_up\.Half\.method is public"):
        public.home(module, "Half")
