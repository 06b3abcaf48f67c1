"""Checks distributions: the wheel holds the package only, the source tests and docs and no results of local runs."""

import sys
import tarfile
import zipfile

REPORT = {
    f"vmopt/report/{name}"
    for name in (
        "assets/page.css",
        "templates/page.html",
        "vendor/tabulator/tabulator.min.js",
        "vendor/tabulator/LICENSE",
    )
}


def check(path: str) -> None:
    """End with an error where a file is missing or should not be there."""
    if path.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        rooms = {name.split("/")[0] for name in names}
        wanted = {"vmopt/py.typed", *REPORT}
        extra = {room for room in rooms if room != "vmopt" and not room.endswith(".dist-info")}
    else:
        with tarfile.open(path) as archive:
            names = [name.partition("/")[2] for name in archive.getnames()]
        wanted = {"tests/conftest.py", "docs/index.md", "mkdocs.yml", "CITATION.cff", "vmopt/py.typed", *REPORT}
        extra = {name for name in names if name.startswith("results/") or "__pycache__" in name}
    if extra or wanted - set(names):
        sys.exit(f"{path}: should not hold {sorted(extra)}, lacks {sorted(wanted - set(names))}")


for distribution in sys.argv[1:]:
    check(distribution)
