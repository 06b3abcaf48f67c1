"""Embedding: data, scripts and styles inside a page, in such a way that no name can become markup."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any

import orjson
from markupsafe import Markup

SCRIPTS = ("cluster.js", "stack.js", "heat.js", "tables.js", "main.js")
STYLES = ("page.css", "parts.css", "print.css")
TABLES = "vendor/tabulator/"
MARKUP = {
    b"<": b"\\u003c",
    b">": b"\\u003e",
    b"&": b"\\u0026",
    b"\xe2\x80\xa8": b"\\u2028",
    b"\xe2\x80\xa9": b"\\u2029",
}


def json_text(data: Any) -> Markup:
    r"""Write data as JSON in which nothing can end a script element or begin a comment.

    Examples
    --------
    >>> print(json_text({"name": "</script><!--"}))
    {"name":"\u003c/script\u003e\u003c!--"}
    """
    text = orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY)
    for character, escaped in MARKUP.items():
        text = text.replace(character, escaped)
    return Markup(text.decode())


def asset(path: str) -> str:
    """Return a file of the package's, without the line that would ask a server for its source map."""
    text = files("vmopt.report").joinpath(path).read_text(encoding="utf-8")
    return "\n".join(line for line in text.splitlines() if "sourceMappingURL=" not in line)


def table_script() -> str:
    """Return the script of the table library under its licence."""
    return f"/*\n{asset(TABLES + 'LICENSE')}\n*/\n{asset(TABLES + 'tabulator.min.js')}"


def script() -> str:
    """Return the page's own script."""
    parts = "\n".join(asset(f"assets/{name}") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def style() -> Markup:
    """Return all styles of a page."""
    parts = [asset(TABLES + "tabulator_simple.min.css"), *(asset(f"assets/{name}") for name in STYLES)]
    return Markup("\n".join(parts))


def policy(*scripts: str, form_action: str = "'none'") -> str:
    """Return a content security policy: these scripts run, nothing else does, and nothing is fetched.

    Examples
    --------
    >>> policy("let a;").split(";")[0]
    "default-src 'none'"
    """
    known = " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in scripts)
    rest = f"style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action {form_action}"
    return f"default-src 'none'; script-src {known}; {rest}"
