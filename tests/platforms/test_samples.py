"""Samples of the published references and of a small real cluster, where they are present: read, solved, planned."""

from __future__ import annotations

import json

import pytest

import vmopt
from tests.io.data import DATA
from vmopt import io
from vmopt.cli import main
from vmopt.platforms import READERS


@pytest.mark.parametrize("platform", ["openstack", "proxmox"])
def test_a_sample_is_read_solved_and_planned(platform, tmp_path, capsys):
    folder = DATA / platform
    if not folder.is_dir():
        pytest.skip(f"no samples in {folder}")
    cluster, placement = tmp_path / "cluster.json", tmp_path / "placement.json"
    assert main(["import", platform, str(folder), "-o", str(cluster)]) == 0
    assert "left out" in capsys.readouterr().err
    assert main(["solve", str(cluster), "-o", str(placement), "-q"]) == 0
    assert main(["plan", str(cluster), str(placement), "-q"]) == 0
    instance = io.read(cluster)
    assert instance == READERS[platform](folder).instance
    assert vmopt.solve(instance, time_limit=5).n_placed == instance.n_vms


def test_amounts_of_the_real_cluster():
    file = DATA / "proxmox" / "cluster-resources-full.json"
    if not file.is_file():
        pytest.skip(f"no {file}")
    rows = json.loads(file.read_text())["data"]
    instance = READERS["proxmox"](file).instance
    nodes = [row for row in rows if row["type"] == "node"]
    guests = [row for row in rows if row["type"] in ("qemu", "lxc") and not row["template"]]
    on = [row for row in guests if row["status"] == "running"]
    kinds = instance.resources
    assert instance.capacity[:, kinds.index("cpu")].sum() == sum(row["maxcpu"] for row in nodes)
    assert instance.capacity[:, kinds.index("memory")].sum() == sum(row["maxmem"] for row in nodes)
    assert instance.demand[:, kinds.index("cpu")].sum() == sum(row["maxcpu"] for row in on)
    assert instance.demand[:, kinds.index("memory")].sum() == sum(row["maxmem"] for row in on)
    assert instance.demand[:, kinds.index("disk:local-lvm")].sum() == sum(row["maxdisk"] for row in guests)
