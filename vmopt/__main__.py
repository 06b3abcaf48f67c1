"""``python -m vmopt`` is the `vmopt` command."""

import sys

from vmopt.cli import main

if __name__ == "__main__":
    sys.exit(main())
