"""Compiles the annealing and keeps it on disk: ``python -m vmopt.methods.goals.anneal.fill``, as for an image.

Started by `vmopt.methods.goals.anneal.ready` too, where it is not kept yet.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> None:
    """Compile; where it is kept already, no more than load it."""
    from vmopt.methods.goals.anneal.compiled import AVAILABLE
    from vmopt.methods.goals.anneal.ready import compile_for, sample

    if not AVAILABLE:
        sys.exit("Nothing is compiled without numba: pip install 'vmopt[fast]'.")
    compile_for(sample())


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[4]))  # where a program has this package, if not where Python looks
    main()
