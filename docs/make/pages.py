"""The pages that are made: the API from the package, the command line from its parser, others from the root's files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import mkdocs_gen_files

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from public import home, public_modules  # noqa: E402

from benchmarks.sets import SETS  # noqa: E402


def write(page: str, text: str) -> None:
    """Add a page that no file of ``docs`` holds."""
    with mkdocs_gen_files.open(page, "w") as file:
        file.write(text)


def module_page(module: ModuleType, shown: dict[str, str]) -> str:
    """Return the page of a module; what another page shows already is linked."""
    parts = [
        f"# {module.__name__}\n\n::: {module.__name__}\n",
        "    options:\n      members: []\n      show_root_heading: false\n",
    ]
    for name in module.__all__:
        path = home(module, name)
        if path is None:
            value = getattr(module, name)
            text = (
                f"the module [{value.__name__}]({value.__name__}.md)"
                if isinstance(value, ModuleType)
                else f"`{value!r}`"
            )
            parts.append(f"\n## `{name}`\n\n{text}\n")
        elif path in shown:
            parts.append(f"\n## `{name}`\n\nSee [`{path}`][{path}] on the page of [{shown[path]}]({shown[path]}.md).\n")
        else:
            shown[path] = module.__name__
            parts.append(f"\n::: {path}\n")
    return "".join(parts)


def api() -> None:
    """Write a page for each public module, and their list."""
    shown: dict[str, str] = {}
    names = []
    for module in public_modules():
        write(f"api/{module.__name__}.md", module_page(module, shown))
        names.append(module.__name__)
    write("api/SUMMARY.md", "".join(f"* [{name}]({name}.md)\n" for name in names))


def command_line() -> None:
    """Write the reference of the commands from what typer knows of them."""
    call = [sys.executable, "-m", "typer", "vmopt.cli.app", "utils", "docs", "--name", "vmopt"]
    text = subprocess.run(call, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    write("command-line.md", re.sub(r"\[bold\](.*?)\[/bold\]", r"`\1`", text).replace("# `vmopt`", "# Command line", 1))


def from_root() -> None:
    """Show files of the root, and the pictures of the README."""
    for name in ("CONTRIBUTING", "CHANGELOG"):
        write(f"{name.lower()}.md", (ROOT / f"{name}.md").read_text(encoding="utf-8"))
    write("demo.svg", (ROOT / "benchmarks/results/demo.svg").read_text(encoding="utf-8"))


def benchmark_sets() -> None:
    """Add the table of the test sets to the page of the benchmarks."""
    page = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    rows = [f"| `{name}` | {test_set.about} | {test_set.published} |" for name, test_set in SETS.items()]
    table = "\n".join(["| set | what it is | published |", "| --- | --- | --- |", *rows])
    write("benchmarks.md", f"{page}\n## The sets\n\n{table}\n")


api()
benchmark_sets()
command_line()
from_root()
