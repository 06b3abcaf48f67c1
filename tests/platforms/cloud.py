"""A small cloud as Nova and Placement tell it, with numbers that tests work out again by themselves."""

from __future__ import annotations

import copy

U = "00000000-0000-4000-8000-{:012d}"
FLAVORS = {
    "small": {"vcpus": 1, "ram": 1024, "disk": 10},
    "big": {"vcpus": 8, "ram": 16384, "disk": 40},
    "pinned": {"vcpus": 2, "ram": 2048, "disk": 10, "extra_specs": {"hw:cpu_policy": "dedicated"}},
    "fast": {"vcpus": 2, "ram": 2048, "disk": 10, "extra_specs": {"trait:CUSTOM_FAST": "required"}},
    "ssd": {"vcpus": 1, "ram": 512, "disk": 5, "extra_specs": {"aggregate_instance_extra_specs:disk": "ssd"}},
}


def inventory(total, reserved=0, ratio=1.0, most=None, step=1):
    return {
        "total": total,
        "reserved": reserved,
        "min_unit": 1,
        "max_unit": total if most is None else most,
        "step_size": step,
        "allocation_ratio": ratio,
    }


def host(number, **inventories):
    kinds = {"VCPU": inventory(16, 2, 4.0), "MEMORY_MB": inventory(65536, 512, 1.1), "DISK_GB": inventory(500)}
    return {
        "uuid": U.format(1000 + number),
        "name": f"node-{number}",
        "generation": 1,
        "inventories": {**kinds, **inventories},
        "traits": [],
    }


def hypervisor(number, **changes):
    service = {"host": f"compute-{number}", "id": number, "disabled_reason": None}
    told = {"hypervisor_hostname": f"node-{number}", "state": "up", "status": "enabled", "service": service}
    return {"id": U.format(2000 + number), **told, **changes}


def server(number, on, flavor="small", status="ACTIVE", **changes):
    told = {"id": U.format(number), "name": f"vm-{number}", "status": status, "image": {"id": "x"}, "tenant_id": "p1"}
    where = {} if on is None else {"OS-EXT-SRV-ATTR:host": f"compute-{on}", "pinned_availability_zone": None}
    embedded = {"ephemeral": 0, "swap": 0, "extra_specs": {}, **FLAVORS[flavor], "original_name": flavor}
    return {**told, **where, "flavor": embedded, **changes}


def cloud(servers, hosts=None, hypervisors=None, n=3, **parts):
    """A dump in one object."""
    document = {
        "resource_providers": hosts or [host(number) for number in range(n)],
        "hypervisors": hypervisors or [hypervisor(number) for number in range(n)],
        "servers": servers,
        **parts,
    }
    return copy.deepcopy(document)
