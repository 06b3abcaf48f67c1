"""Mathematics as MathML, which browsers show without a script: blocks fenced as ``math`` hold LaTeX."""

from __future__ import annotations

import re
from typing import Any

from latex2mathml.converter import convert

BLOCK = re.compile(r"^```math\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace each block of LaTeX before the page becomes HTML."""
    return BLOCK.sub(lambda block: f"<div>{convert(block[1].strip(), display='block')}</div>", markdown)
