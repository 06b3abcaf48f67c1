"""Vector packing with as many hosts as the optimum needs bins: the optimum is to place everything."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from functools import partial
from math import fsum

import numpy as np

import vmopt
from benchmarks.sets.base import Case, TestSet
from benchmarks.sets.data import data_file
from vmopt import FileError, Instance
from vmopt.io.csv_table import CsvTable
from vmopt.io.files import read_bytes

FOLDER = "vbp"
ARCHIVE = "Panigrahy_instances.tar.gz"
LISTED = "best_known.csv"
COLUMNS = ("family", "instance", "class", "n", "optimum_bins", "optimum_known")
SAMPLE = 60
MOST_ITEMS = 100


def _cases() -> Iterator[Case]:
    """Go through a fixed sample of the Panigrahy instances with a known optimum and at most 100 items."""
    rows = [row for row in listed() if _is_known(row)]
    chosen = np.random.default_rng(0).permutation(len(rows))[:SAMPLE]
    with archive() as packed:
        for index in sorted(chosen.tolist()):
            instance = _instance(packed, rows[index])
            yield Case(rows[index]["instance"], partial(_same, instance), 30, best_known=fsum(instance.value))


def archive() -> tarfile.TarFile:
    """Open the archive of instances."""
    path = data_file(FOLDER, ARCHIVE)
    try:
        return tarfile.open(fileobj=io.BytesIO(read_bytes(path)), mode="r:")
    except tarfile.TarError as error:
        raise FileError(f"{path} is no tar archive ({error}): fetch it anew.") from None


def listed() -> list[dict[str, str]]:
    """Rows of the list of instances."""
    table = CsvTable(data_file(FOLDER, LISTED))
    table.require(COLUMNS)
    names = tuple(table.columns)
    rows = zip(*(table.columns[name] for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _is_known(row: dict[str, str]) -> bool:
    return row["family"] == "Panigrahy" and row["optimum_known"] == "1" and int(row["n"]) <= MOST_ITEMS


def _instance(packed: tarfile.TarFile, row: dict[str, str]) -> Instance:
    """Read an instance; a VM is worth 1 and its share, so that leaving out a small one costs about as much."""
    instance = vmopt.io.parse_vbp(text_of(packed, row), hosts=int(row["optimum_bins"]), where=row["instance"])
    return instance.replace(value=1.0 + instance.share)


def text_of(packed: tarfile.TarFile, row: dict[str, str]) -> str:
    """Text of the instance that a row of the list names."""
    name = f"Panigrahy_instances_multidim/{row['class']}/{row['instance']}.vbp"
    try:
        file = packed.extractfile(name)
    except KeyError:
        raise FileError(f"{ARCHIVE} has no {name}, which {LISTED} lists: fetch both anew.") from None
    return file.read().decode() if file else ""


def _same(instance: Instance, _seed: int) -> Instance:
    return instance


SET = TestSet(
    "vector-packing",
    "vector packing on as many hosts as the optimum needs: everything fits, barely",
    _cases,
    files=(f"{FOLDER}/{ARCHIVE}", f"{FOLDER}/{LISTED}*"),
    published=(
        "https://github.com/Vectorpack/experiments_vector_paper, folder data, and the optima in its folder "
        f"results_data, to be saved as {LISTED} with the columns {', '.join(COLUMNS)}"
    ),
)
