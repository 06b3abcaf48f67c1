"""Reads dumps of OpenStack: Nova and Placement, of the API and of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from vmopt.platforms.assemble import as_they_are, check_guests, checked_factors, instance_of, overcommit_hosts
from vmopt.platforms.documents import NothingFoundError, read_by, read_documents
from vmopt.platforms.found import note
from vmopt.platforms.imported import Imported
from vmopt.platforms.inside_hosts import look_inside
from vmopt.platforms.openstack.aggregates import aggregates_of
from vmopt.platforms.openstack.fences import Fences
from vmopt.platforms.openstack.groups import group_rules
from vmopt.platforms.openstack.hosts import computes_of
from vmopt.platforms.openstack.in_use import unexplained
from vmopt.platforms.openstack.numa import check_overcommit, state_nodes
from vmopt.platforms.openstack.numbers import INSTANCES, limit_numbers
from vmopt.platforms.openstack.placement import read_placement
from vmopt.platforms.openstack.pools import pool_rules
from vmopt.platforms.openstack.servers import Server, servers_of
from vmopt.platforms.openstack.tables import sorted_into_tables
from vmopt.platforms.openstack.unseen import tell_unseen
from vmopt.platforms.openstack.untold import leave_untold
from vmopt.platforms.tally import FeatureTally
from vmopt.platforms.today import BROKEN, Today
from vmopt.rules import BaseRule, Keep


def read_openstack(paths: Any, *, overcommit: Mapping[str, Any] | None = None) -> Imported:
    """Read files that tell of one cloud, in any number and order.

    Parameters
    ----------
    paths : path or iterable of paths
        Files or folders of JSON: answers of the APIs of Nova and Placement, or what ``openstack ... -f json``
        prints. What belongs to one provider (inventories, usages, allocations, traits) is in a file whose name holds
        the provider's id or name, or under it in an object.

    overcommit : mapping of str to number, optional
        What capacities are multiplied by beyond the ratios that the data tell, such as ``{"VCPU": 4}``; pinned cpus
        are never shared.

    Returns
    -------
    Imported

    Raises
    ------
    FileError
        If a file cannot be read, makes no sense, or nothing in it is of OpenStack.

    Examples
    --------
    >>> import json
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from vmopt.platforms import read_openstack
    >>> files = {
    ...     "hypervisors": [{"hypervisor_hostname": "h1", "vcpus": 8, "memory_mb": 4096, "local_gb": 50}],
    ...     "servers": [{"ID": "u1", "Name": "web", "Status": "ACTIVE", "Host": "h1", "Flavor": "m1"}],
    ...     "flavors": [{"ID": "1", "Name": "m1", "RAM": 512, "Disk": 1, "VCPUs": 2}],
    ... }
    >>> with TemporaryDirectory() as folder:
    ...     for name, rows in files.items():
    ...         _ = Path(folder, f"{name}.json").write_text(json.dumps(rows if name != "hypervisors" else {name: rows}))
    ...     found = read_openstack(folder)
    >>> found.instance.demand.tolist(), found.instance.capacity.tolist()
    ([[2, 512, 1]], [[8, 4096, 50]])
    """
    return read_by(partial(from_documents, overcommit=overcommit), "openstack", read_documents(paths))


def from_documents(documents: Iterable[tuple[str, Any]], overcommit: Mapping[str, Any] | None = None) -> Imported:
    """Make an instance of parsed documents, each with the name of its file.

    Examples
    --------
    >>> hypervisors = {"hypervisors": [{"hypervisor_hostname": "h1", "vcpus": 8, "memory_mb": 4096, "local_gb": 50}]}
    >>> servers = [{"ID": "u1", "Name": "web", "Status": "ACTIVE", "Host": "h1", "Flavor": "m1"}]
    >>> flavors = [{"ID": "1", "Name": "m1", "RAM": 512, "Disk": 1, "VCPUs": 2}]
    >>> found = from_documents([("h.json", hypervisors), ("s.json", servers), ("f.json", flavors)])
    >>> found.instance.demand.tolist(), found.instance.capacity.tolist()
    ([[2, 512, 1]], [[8, 4096, 50]])
    """
    check_overcommit(checked_factors(overcommit))
    tables, tally = sorted_into_tables(documents), FeatureTally()
    placement = read_placement(tables)
    computes = computes_of(tables, placement, aggregates_of(tables), tally)
    if not computes:
        raise NothingFoundError(
            "no compute host with a capacity is in these files: give the list of hypervisors, and Placement's "
            "inventories (from microversion 2.88 on hypervisors tell no capacity)."
        )
    servers = servers_of(tables, computes, placement, tally)
    servers += unexplained(computes, servers, tally)
    today = Today({server.guest.name: server.guest.host for server in servers})
    leave_untold(computes, servers, tally)
    rules = pool_rules(placement, computes, servers, tally)
    hosts, guests = [compute.found for compute in computes], [server.guest for server in servers]
    state_nodes(computes, servers, placement, tally)
    overcommit_hosts(hosts, overcommit)
    limit_numbers(computes, servers, tally)
    as_they_are(hosts, guests, tally, "servers")
    check_guests(hosts, guests, ("host", "servers"), "openstack server list --all-projects --long -f json")
    rules += Fences(computes, servers, today, tally).rules()
    rules += [*group_rules(tables, servers, today, tally), *_kept(servers)]
    how = f"what is broken now is asked for at a penalty of {BROKEN:g}, so that nobody has to stop for it"
    tally.add("hard rules that what runs breaks", "approximated", "servers", how, today.n_broken)
    tell_unseen(tables, computes, servers, len(placement.ownerless), tally)
    messages = {server.guest.name: server.message for server in servers if server.message}
    note(guests, messages)
    instance = look_inside(instance_of(hosts, guests, rules, counted_apart=(INSTANCES,)), hosts, guests, tally)
    return Imported(instance, "openstack", tally.features, messages)


def _kept(servers: list[Server]) -> list[BaseRule]:
    kept = [server.guest.name for server in servers if server.stays]
    return [Keep(kept)] if kept else []
