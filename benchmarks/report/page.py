"""Page: Markdown and its figures as one HTML file that needs no network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from markdown_it import MarkdownIt

FOLDER = Path(__file__).parent
FIGURE = re.compile(r'<p><img src="(?P<file>[^"]+)" alt="(?P<caption>[^"]*)" ?/?></p>')
PROLOGUE = re.compile(r"^.*?(?=<svg)", re.DOTALL)
THEME = {
    "#333333": "var(--ink)",
    "#999999": "var(--grey)",
    "#e8e8e8": "var(--pale)",
    "#0072b2": "var(--blue)",
    "#e69f00": "var(--orange)",
    "#9a6a00": "var(--dark-orange)",
    "#009e73": "var(--green)",
    "#cc79a7": "var(--purple)",
    "#a04d7a": "var(--dark-purple)",
    "#d55e00": "var(--vermillion)",
    "#56b4e9": "var(--sky)",
    "#2a7faf": "var(--dark-sky)",
    "#ffffff": "var(--paper)",
}
"""Colours of the pictures, which follow the page from light to dark."""


def page(markdown: str, svg: Mapping[str, str], title: str) -> str:
    """Return the page; figures, which the Markdown names by file, stand in it as SVG.

    Parameters
    ----------
    markdown : str
    svg : mapping of str to str
        The SVG text of each file.
    title : str
    """
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    body = body.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    body = FIGURE.sub(lambda found: _figure(svg[found["file"]], found["caption"], number=found.start()), body)
    template = Template((FOLDER / "page.html").read_text(encoding="utf-8"))
    style = (FOLDER / "style.css").read_text(encoding="utf-8")
    return template.substitute(title=escape(title), style=style, body=body)


def _figure(svg: str, caption: str, number: int) -> str:
    drawing = _unique_ids(PROLOGUE.sub("", svg), f"f{number}-")
    for colour, variable in THEME.items():
        drawing = drawing.replace(colour, variable)
    drawing = drawing.replace("<svg ", f'<svg role="img" aria-label="{caption}" ', 1)
    return f"<figure>{drawing}<figcaption>{caption}</figcaption></figure>"


def _unique_ids(svg: str, prefix: str) -> str:
    """Give the ids of a drawing a prefix: on one page, those of two drawings must not meet."""
    svg = re.sub(r'\bid="', f'id="{prefix}', svg)
    svg = re.sub(r"url\(#", f"url(#{prefix}", svg)
    return re.sub(r'href="#', f'href="#{prefix}', svg)
