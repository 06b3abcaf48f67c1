"""Folders as operators dump them: lists of other things beside, old command lines, settings of LXC."""

from __future__ import annotations

import json

import pytest

from tests.platforms.cloud import U, cloud, hypervisor, server
from tests.platforms.test_proxmox import guest, storage, three
from vmopt.errors import FileError
from vmopt.platforms import read_proxmox
from vmopt.platforms.openstack.reader import from_documents

LISTED = {"ID": U.format(1), "Name": "web", "Status": "ACTIVE", "Networks": {}, "Flavor": "m1", "Host": "c1"}
FLAVOR = {"ID": "2", "Name": "m1", "RAM": 2048, "Disk": 20, "VCPUs": 1}


def named(found):
    return {one.name: one.count for one in found.features}


def of_command_line(*more, **flavor):
    hosts = [{"Hypervisor Hostname": name, "State": "up", "vCPUs": 8, "Memory MB": 4096} for name in ("c1", "c2")]
    return from_documents([("h.json", hosts), ("s.json", [LISTED]), ("f.json", [{**FLAVOR, **flavor}]), *more])


def test_disks_that_no_hypervisor_tells_are_left_out():
    found = of_command_line()
    assert found.instance.resources == ("VCPU", "MEMORY_MB")
    assert named(found)["DISK_GB"] == 1
    assert found.instance.demand.tolist() == [[1, 2048]]


def test_flavors_without_extra_specs_are_named():
    assert named(of_command_line())["extra specs that are not in the data"] == 1
    assert "extra specs that are not in the data" not in named(of_command_line(Properties=""))


def test_images_volumes_and_ports_are_no_servers():
    others = [{"ID": U.format(7), "Name": "x", "Status": status} for status in ("active", "in-use", "ACTIVE")]
    found = of_command_line(("images.json", others), ("m.json", {"migrations": [{"id": 1, "status": "running"}]}))
    assert "of unknown size" not in named(found)
    assert found.instance.n_vms == 1


def test_pinned_cpus_of_clouds_that_do_not_tell_them_apart():
    found = from_documents([("d.json", cloud([server(1, 0, "pinned")]))])
    assert found.instance.resources == ("VCPU", "MEMORY_MB", "DISK_GB")
    assert found.instance.demand.tolist() == [[2, 2048, 10]]
    assert named(found)["pinned cpus"] == 1


def test_what_the_list_of_inventories_says_is_used():
    rows = [
        {"resource_class": kind, "total": total, "reserved": 0, "allocation_ratio": 1.0, "used": used}
        for kind, total, used in (("VCPU", 8, 5), ("MEMORY_MB", 8192, 2048), ("DISK_GB", 100, 20))
    ]
    provider = {"uuid": U.format(1000), "name": "c1", "generation": 1}
    found = from_documents(
        [
            ("p.json", [provider]),
            (f"inventory-{provider['uuid']}.json", rows),
            ("s.json", [LISTED]),
            ("f.json", [FLAVOR]),
        ]
    )
    assert found.instance.demand.sum(axis=0).tolist() == [5, 2048, 20]


def test_zones_of_volumes_are_named_where_there_are_several():
    attached = server(1, 0, **{"os-extended-volumes:volumes_attached": [{"id": "v"}]})
    zones = [{"name": "z", "hosts": ["compute-1"], "metadata": {"availability_zone": "z"}}]
    assert "volumes" not in named(from_documents([("d.json", cloud([attached]))]))
    assert named(from_documents([("d.json", cloud([attached], aggregates=zones))]))["volumes"] == 1
    assert hypervisor(0)["state"] == "up"


LXC = "arch: amd64\nmemory: 512\nrootfs: lvm:vm-{0}-disk-0,size=8G\n"
SETTINGS = {
    101: "cores: 1\nmp0: /srv,mp=/srv\n",
    102: "cores: 1\nlxc.mount.entry: /dev/dri dev/dri none bind\n",
    103: "cores: 1\ndev0: /dev/ttyUSB0\n",
    104: "cores: 1\nmp0: /mnt/nas,mp=/nas,shared=1\nunused0: lvm:vm-104-disk-9\n",
    105: "net0: name=eth0,bridge=vmbr7\nlxc.apparmor.profile: unconfined\n",
}


def folder_of(path, **more):
    rows = three(*(guest(vmid, "n1", "lxc") for vmid in SETTINGS)) + [
        storage("lvm", name) for name in ("n1", "n2", "n3")
    ]
    (path / "resources.json").write_text(json.dumps(rows))
    for vmid, text in SETTINGS.items():
        (path / f"{vmid}.conf").write_text(LXC.format(vmid) + text)
    for name, text in more.items():
        (path / name.replace("_", ".")).write_text(text)
    return path


def test_containers_with_folders_or_devices_of_their_node_stay(tmp_path):
    found = read_proxmox(folder_of(tmp_path))
    keep = next(rule for rule in found.instance.rules if type(rule).__name__ == "Keep")
    assert sorted(keep.vms.names[0]) == ["vm-101", "vm-102", "vm-103"]
    assert named(found)["bridges"] == named(found)["unused disks"] == named(found)["no limit of cpus"] == 1


def test_other_files_of_the_cluster_are_named_and_broken_settings_refused(tmp_path):
    found = read_proxmox(folder_of(tmp_path, corosync_conf="logging {\n  debug: off\n}\n"))
    assert named(found)["files that are neither sections, such as rules.cfg, nor settings of a guest"] == 1
    (tmp_path / "101.conf").write_text("cores 2\n")
    with pytest.raises(FileError, match="is neither a file of sections"):
        read_proxmox(tmp_path)


def test_paused_guests_hold_their_memory(tmp_path):
    rows = three(guest(1001, "n1", status="paused"), guest(1002, "n1", status="stopped"))
    (tmp_path / "r.json").write_text(json.dumps(rows))
    demand = read_proxmox(tmp_path).instance.demand
    assert demand[0].min() > 0
    assert demand[1].max() == 0


def test_nodes_of_rules_that_are_not_there_are_named(tmp_path):
    rules = "node-affinity: gone\n\tresources ct:101\n\tnodes n9\n\tstrict 1\n"
    assert named(read_proxmox(folder_of(tmp_path, rules_cfg=rules)))["nodes that are not in the data"] == 1
