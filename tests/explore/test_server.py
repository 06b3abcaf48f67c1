"""The page is for this machine, for who has its address, and for no other page."""

from __future__ import annotations

import http.client
from contextlib import contextmanager
from threading import Thread
from urllib.parse import quote, urlencode

import pytest

import vmopt
from tests.report.clusters import HOSTILE, hostile_solution
from tests.report.reading import Page
from vmopt.errors import OptionError
from vmopt.explore import serve

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@contextmanager
def running(solution):
    with serve(solution) as made:
        thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


@pytest.fixture
def server():
    with running(vmopt.solve(vmopt.Instance.from_arrays([[4], [3]], [[5], [5]], resources=["cpu"]))) as made:
        yield made


def ask(server, method="GET", path=None, body=None, **headers):
    connection = http.client.HTTPConnection(*server.server_address, timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, f"/{server.token}/" if path is None else path, body, named)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


def post(server, headers=FORM, **fields):
    return ask(server, "POST", None, urlencode(fields), **headers)


def test_what_was_typed_stays_to_be_mended(server):
    post(server, do="move", vm="vm-7", host="host-1")
    page = ask(server)[1]
    assert 'value="vm-7"' in page
    assert 'value="host-1"' in page
    post(server, do="what-if", kind="drop-rule", value="1.5", seconds="3")
    page = ask(server)[1]
    assert "give a whole number" in page
    assert '<option value="drop-rule" selected>' in page
    assert 'value="1.5"' in page
    assert 'value="1.5"' not in ask(server)[1]


def test_a_what_if_that_changes_nothing_says_so(server):
    post(server, do="what-if", kind="priority", who="vm-0", value="2", seconds="3")
    assert "Who runs, and where, stays as it is." in ask(server)[1]


def test_a_move_and_its_undo(server):
    answer, _ = post(server, do="move", vm="vm-0", host=server.session.solution.placement["vm-1"])
    assert (answer.status, answer.headers["Location"]) == (303, server.url)
    page = Page(ask(server)[1])
    assert "This is not allowed" in page.text
    assert "has 5 of cpu, but 7 is placed on it" in page.text
    post(server, do="undo")
    assert "Nothing is broken: as it was given." in Page(ask(server)[1]).text


def test_an_error_is_said_once(server):
    post(server, do="move", vm="<b>nobody</b>", host="")
    assert "That could not be done:" in Page(ask(server)[1]).text
    assert "That could not be done:" not in Page(ask(server)[1]).text


def test_it_is_for_this_machine_alone(server):
    assert server.server_address[0] == "127.0.0.1"
    own = server.origin
    assert ask(server, Origin=own)[0].status == 200
    for headers in (
        {"Host": "evil.example"},
        {"Host": f"localhost:{server.server_address[1]}"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        for method in ("GET", "POST"):
            assert ask(server, method, **headers)[0].status == 403, headers
    for path in (
        "/",
        "/favicon.ico",
        f"/{server.token}",
        f"/{server.token}x/",
        f"/{server.token}/../",
        "/é/".encode().decode("latin-1"),
    ):
        assert ask(server, path=quote(path))[0].status == 404, path
    assert len(server.session.states) == 1


def test_only_forms_of_a_size_are_read(server):
    assert post(server, {"Content-Type": "application/json"}, do="undo")[0].status == 400
    assert ask(server, "POST", None, "a=1&" * 30, **FORM)[0].status == 400
    assert ask(server, "POST", None, b"a=\xff", **FORM)[0].status == 400
    for length in ("100001", "-1", "1e3", "9" * 50):
        assert ask(server, "POST", None, "", **FORM, Content_Length=length)[0].status == 413
    assert ask(server, "PUT", None, "")[0].status == 501


def test_nothing_is_kept_or_framed(server):
    answer, text = ask(server)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "form-action 'self'" in Page(text).named("meta")[1]["content"]
    assert "Python" not in answer.headers["Server"]


def test_names_are_text():
    with running(hostile_solution()) as made:
        post(made, do="move", vm=HOSTILE[0], host=HOSTILE[1])
        page = Page(ask(made)[1])
    assert f"{HOSTILE[0]} runs on {HOSTILE[1]}" in page.text
    assert [attributes for attributes in page.named("script") if "src" in attributes] == []
    assert len(page.named("script")) == 3
    assert page.named("img") == []
    assert page.data["vms"]["names"] == HOSTILE


def test_a_port_that_is_taken_is_said(server):
    with pytest.raises(OptionError, match="cannot be had"):
        serve(server.session.solution, server.server_address[1])
