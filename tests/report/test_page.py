"""The page says what the solution says, and names are text in it, whatever they are."""

from __future__ import annotations

import re
import string
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest

import vmopt
from tests.report.clusters import HOSTILE
from tests.report.reading import Page
from vmopt import report
from vmopt.errors import FileError, OptionError
from vmopt.platforms.found import MESSAGE, TODAY


@pytest.fixture(scope="module")
def page(rich):
    return Page(report.page(rich))


def test_figures_are_those_of_the_placement(page, rich):
    """Counted anew from the placement and the data."""
    host_index, instance = np.asarray(rich.host_index), rich.instance
    runs = sum(host >= 0 for host in host_index.tolist())
    assert f"{runs} of 90 VMs run" in page.text
    assert f"VMs left out {90 - runs} of 90" in page.text
    for k, name in enumerate(instance.resources):
        used = int(instance.demand[host_index >= 0, k].sum())
        has = int(instance.capacity[:, k].sum())
        assert f"{name} {100 * used / has:.1f} % {used:,} of {has:,}" in page.text


def test_data_are_those_of_the_instance(page, rich):
    """Loads add up, and every VM that does not run has a reason that the report of reasons counts."""
    data, instance = page.data, rich.instance
    assert data["vms"]["names"] == list(instance.vm_names)
    assert data["vms"]["host"] == rich.host_index.tolist()
    for k in range(2):
        load = [0] * instance.n_hosts
        for vm, host in enumerate(data["vms"]["host"]):
            demand = data["classes"]["demand"][k][data["vms"]["of"][vm]]
            assert demand == instance.demand[vm, k]
            if host >= 0:
                load[host] += demand
        assert data["hosts"]["load"][k] == load
    why = [data["reasons"][n] for n in data["vms"]["why"] if n >= 0]
    assert all((n >= 0) == (host < 0) for n, host in zip(data["vms"]["why"], data["vms"]["host"], strict=True))
    assert {row.reason: row.vms for row in vmopt.explain(rich).reasons} == {one: why.count(one) for one in set(why)}


def test_rules_and_what_they_cost(page, rich):
    """The soft rule costs 0.001 for every VM beyond the first on a host."""
    counts = np.bincount(rich.host_index[:40][rich.host_index[:40] >= 0], minlength=12)
    excess = int(np.maximum(counts - 1, 0).sum())
    assert excess > 0
    assert f"3 of 4 kept; the others cost {0.001 * excess:.6g} together" in page.text
    assert f"broken by {excess}" in page.text


def test_every_action_is_drawn(page, rich):
    made = vmopt.plan(rich, tries=0)
    bars = [attributes for attributes in page.named("g") if attributes["class"] in ("move", "stop", "start", "park")]
    assert len(bars) == len(made.actions) > 0
    for kind in {action.kind for action in made.actions}:
        assert f"{made.count(kind)} {kind.value}" in page.text
    ends = [float(bar["x"]) + float(bar["width"]) for bar in page.named("rect")]
    assert max(ends) == pytest.approx(999, abs=0.02)


def test_nothing_is_asked_of_a_server(page):
    """Links go to places on the page; only the page's own scripts may run, told by what they hash to."""
    for tag, attributes in page.elements:
        for name in ("src", "href", "action", "data", "srcset", "poster"):
            value = attributes.get(name)
            assert value is None or value.startswith("#") or value == "data:,", (tag, name, value)
        assert not [name for name in attributes if name.startswith("on")]
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert {link["href"][1:] for link in page.named("a")} <= ids
    assert not re.search(r"url\(|@import", " ".join(text for tag, text in page.texts if tag == "style"))
    assert "sourceMappingURL" not in " ".join(text for _, text in page.texts)
    policy = next(meta["content"] for meta in page.named("meta") if meta.get("http-equiv"))
    scripts = [text for tag, text in page.texts if tag == "script" and not text.startswith('{"')]
    assert len(scripts) == 2
    for text in scripts:
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy


def test_names_are_text(hostile):
    """No name makes an element or an attribute, and all come back as they were."""
    made = vmopt.plan(hostile, tries=0)
    text = report.page(hostile, title=HOSTILE[0], plan=made)
    page, plain = Page(text), Page(report.page(rich_twin(hostile)))
    assert [tag for tag, _ in page.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(attributes) for _, attributes in page.elements] == [sorted(a) for _, a in plain.elements]
    data = page.data
    assert data["vms"]["names"] == HOSTILE
    assert data["hosts"]["names"] == HOSTILE[:2]
    assert data["vms"]["labels"][0]["values"][0] in HOSTILE
    assert "\x1b" not in text
    assert "\u202e" not in page.text
    assert HOSTILE[0] in page.text


def rich_twin(hostile):
    """Return the same solution with plain names as long as those, so that as much is written of them."""
    names = [letter * len(name) for letter, name in zip(string.ascii_lowercase, HOSTILE, strict=False)]
    old = hostile.instance
    cluster = vmopt.Instance.from_arrays(
        old.demand,
        old.capacity,
        value=range(1, len(names) + 1),
        vm_names=names,
        host_names=[f"host {name}" for name in names[:2]],
        resources=names[3:5],
        vm_labels=[{name: name} for name in names],
        host_labels=[{names[0]: name} for name in names[:2]],
        rules=[vmopt.Ban([names[0]], [f"host {names[1]}"]), vmopt.Spread([names[6], names[7]], penalty=0.5)],
        current=old.current,
    )
    return vmopt.solve(cluster, gap=0, threads=1)


def test_no_placement_is_said():
    cluster = vmopt.Instance.from_arrays([[9]], [[8]], rules=[vmopt.MustRun("vm-0")])
    page = Page(report.page(vmopt.solve(cluster, threads=1)))
    assert "No placement keeps all rules: that is proven." in page.text
    assert page.named("script") == []


def test_goals_have_a_table():
    levels = [vmopt.Utilisation(), vmopt.FewestHosts()]
    cluster = vmopt.Instance.from_arrays([[3]] * 4, [[6]] * 3, objective=vmopt.Objective(levels=levels))
    page = Page(report.page(vmopt.solve(cluster, method="exact", threads=1)))
    assert "Each goal is proven." in page.text
    assert "fewest-hosts optimal 2 2" in page.text


def test_elastic_vms_show_what_they_get():
    cluster = vmopt.Instance.from_arrays([[6], [6]], [[8]], reservation=[[2], [2]])
    data = Page(report.page(vmopt.solve(cluster, threads=1))).data
    assert sum(data["vms"]["taken"][0]) == data["hosts"]["load"][0][0] == 8


def test_errors_are_clear(rich, hostile, tmp_path):
    with pytest.raises(OptionError, match="the title"):
        report.page(rich, title=5)
    with pytest.raises(OptionError, match="another solution"):
        report.page(rich, plan=vmopt.plan(hostile, tries=0))
    with pytest.raises(OptionError, match="the solution"):
        report.page("rich")
    with pytest.raises(FileError, match="cannot write"):
        report.write(rich, tmp_path / "none" / "page.html")


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        (9.0, "No placement is better."),
        (9.0 * (1 + 1e-13), "No placement is better."),
        (9.0 * (1 + 1e-6), "No placement is as much as 0.01 % better."),
        (10.0, "No placement is more than 10.00 % better."),
        (float("inf"), "How much better it could be is not known."),
    ],
)
def test_the_gap_in_words(bound, said):
    solved = vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]], value=[9]), threads=1)
    told = Page(report.page(replace(solved, certificate=vmopt.Bound(bound, solved.certificate.proof)))).text
    assert f"1 VM runs. {said}" in told


def test_what_the_platform_says_of_who_waits_stands_beside_the_reason():
    """Tests the words of an import as text, whatever is in them."""
    said = {TODAY: "0 of 2 nodes take it now: 2 short of cpu", MESSAGE: "<b>2 Insufficient cpu</b>"}
    cluster = vmopt.Instance.from_arrays([[1], [9]], [[2], [2]], vm_labels=[{}, said])
    read = Page(report.page(vmopt.solve(cluster, threads=1)))
    assert f"As things are: {said[TODAY]}." in read.text
    assert f"Its platform says: {said[MESSAGE]}" in read.text
