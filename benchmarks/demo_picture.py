"""The README's picture: what ``vmopt demo`` prints, as SVG.

``python -m benchmarks.demo_picture`` runs the demo and writes ``benchmarks/results/demo.svg``.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parent / "results" / "demo.svg"
WIDTH = 100


def main() -> None:
    """Run the demo and draw its output."""
    wide = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    done = subprocess.run(
        [sys.executable, "-m", "vmopt", "demo"], env=wide, stdout=subprocess.PIPE, text=True, check=True
    )
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ vmopt demo\n{done.stdout}"))
    svg = console.export_svg(title="vmopt")
    # The picture stands alone: no font is fetched, the reader's own monospace serves.
    PICTURE.write_text(re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL))
    print(PICTURE)


if __name__ == "__main__":
    main()
