"""What a dump says and placements do not look at: named in the report of the import, with how many it touches."""

from __future__ import annotations

import pytest

from tests.platforms.cloud import FLAVORS, cloud, hypervisor, server
from tests.platforms.test_openstack import read as read_openstack
from tests.platforms.test_proxmox import features, guest, node, read, storage
from vmopt.platforms.proxmox.sections import sections


def configured(**settings):
    """Two guests, of which the first has these settings."""
    rows = [node("n1"), node("n2"), guest(101, "n1"), guest(102, "n1"), *(storage("s", on, 1) for on in ("n1", "n2"))]
    conf = {f"{vmid}.conf": {"cores": 2, "memory": 4096, "scsi0": f"s:vm-{vmid}-disk-0"} for vmid in (101, 102)}
    conf["101.conf"] |= settings
    return read(rows, **{name.replace(".", "__"): value for name, value in conf.items()})


@pytest.mark.parametrize(
    ("name", "says", "says_nothing"),
    [
        ("balloon", 1024, 0),
        ("balloon", "1024", 4096),
        ("cpulimit", "0.5", 0),
        ("numa", 1, 0),
        ("vcpus", 1, None),
        ("affinity", "0-3", ""),
        ("hugepages", "1024", None),
        ("args", "-machine q35", None),
    ],
)
def test_settings_of_guests_are_named_where_they_say_something(name, says, says_nothing):
    assert features(configured(**{name: says}))[name].count == 1
    assert name not in features(configured(**{name: says_nothing}))


def test_a_folder_that_is_shared_with_a_guest_binds_it():
    assert features(configured(virtiofs0="dirid=x"))["with devices of their node"].count == 1


def test_other_files_of_the_cluster_are_named():
    stores = sections("dir: local\n\tpath /var/lib/vz\n\nlvmthin: fast\n\tvgname pve\n\tcontent images\n")
    rows = [node("n1"), guest(101, "n1")]
    found = read(rows, storage__cfg=stores, datacenter__cfg={"crs": "ha=static", "keyboard": "de"})
    named = {name for name, one in features(found).items() if one.outcome == "left out"}
    assert named == {"sections of type dir", "sections of type lvmthin", "how the HA manager balances (crs)"}


def test_settings_of_a_guest_are_no_sections():
    assert sections("cores: 4\nname: web\n") is None
    assert sections("vm: 101\n") == [{"type": "vm", "section": "101"}]


def test_guests_of_groups_that_do_not_take_them_back_are_counted():
    groups = [{"type": "group", "section": "g", "nodes": "n1", "nofailback": "1"}]
    managed = [{"type": "vm", "section": str(vmid), "group": group} for vmid, group in ((101, "g"), (102, "h"))]
    found = read([node("n1"), guest(101, "n1"), guest(102, "n1")], groups__cfg=groups, resources__cfg=managed)
    assert features(found)["nofailback"].count == 1


def counted(document):
    return {one.name: (one.outcome, one.count) for one in read_openstack(document).features}


def test_metadata_of_aggregates_that_no_flavor_asks_for_are_named():
    about = {"disk": "ssd", "max_io_ops_per_host": "2", "availability_zone": "a", "cpu_allocation_ratio": "4"}
    aggregate = {"name": "a", "hosts": ["compute-0", "compute-1"], "metadata": about}
    told = counted(cloud([server(1, 0, "ssd")], aggregates=[aggregate]))
    named = {name: rest for name, rest in told.items() if name.startswith("aggregate metadata")}
    assert named == {"aggregate metadata max_io_ops_per_host": ("left out", 2)}


def test_devices_of_servers_that_wait_hints_and_bare_metal_are_named():
    flavor = {**FLAVORS["small"], "original_name": "f", "extra_specs": {"pci_passthrough:alias": "gpu:1"}}
    hints = {"OS-SCH-HNT:scheduler_hints": {"different_host": ["x"]}}
    servers = [server(1, None, status="BUILD", flavor="small") | {"flavor": flavor}, server(2, 0, **hints)]
    told = counted(cloud(servers, hypervisors=[hypervisor(0, hypervisor_type="ironic"), hypervisor(1), hypervisor(2)]))
    assert told["devices by alias"] == ("left out", 1)
    assert told["scheduler hints"] == ("left out", 1)
    assert told["bare metal (ironic)"] == ("approximated", 1)


@pytest.mark.parametrize("said", ["No valid host was found.", "Exceeded max scheduling attempts 3", "other"])
def test_who_found_no_host_waits_with_what_nova_said(said):
    found = read_openstack(cloud([server(1, 0), server(2, None, status="ERROR", fault={"message": said})]))
    assert found.messages == ({} if said == "other" else {"vm-2": said})


def test_the_configuration_of_a_template_is_no_guests():
    """Tests that a template of a guest's name gives it no disks, and is not asked about."""
    rows = [node("n1"), node("n2"), guest(101, "n1", name="web"), guest(102, "n1", name="web", template=1)]
    rows += [storage("s", on) for on in ("n1", "n2")]
    conf = {"101.conf": {"name": "web"}, "102.conf": {"name": "web", "scsi0": "s:base-102-disk-0,size=8G"}}
    found = read(rows, **{name.replace(".", "__"): {"cores": 2, "memory": 4096, **one} for name, one in conf.items()})
    assert not {"whose they are is not told", "local disks"} & features(found).keys()
    assert features(found)["templates"].count == 1
