"""The widget: forms come as messages, a new page goes back; in a browser, through a frame that is kept apart."""

from __future__ import annotations

import pytest

from tests.report.browsing import chromium, needs_browser
from tests.report.clusters import HOSTILE, hostile_solution
from tests.report.reading import Page
from vmopt.explore import widget

pytest.importorskip("anywidget", reason="needs the extra 'widget'")


@pytest.fixture
def explorer():
    return widget(hostile_solution())


def test_a_message_is_a_step(explorer):
    explorer._handle_custom_msg({"form": {"do": "move", "vm": HOSTILE[0], "host": HOSTILE[1]}}, [])
    assert "This is not allowed" in Page(explorer.page).text
    explorer._handle_custom_msg({"form": {"do": "move", "vm": "nobody", "host": ""}}, [])
    assert "That could not be done:" in Page(explorer.page).text
    explorer.session.undo()
    explorer.refresh()
    assert "Nothing is broken: as it was given." in Page(explorer.page).text


@pytest.mark.parametrize("content", [None, [], "move", {}, {"form": 3}, {"form": {1: None}}])
def test_other_messages_do_nothing(explorer, content):
    explorer._handle_custom_msg(content, [])
    assert len(explorer.session.states) == 1


HOLDER = """
const kernel = {}, heard = {};
const model = {
  get: (name) => kernel[name],
  on: (name, call) => { heard[name] = call; },
  off: (name) => { delete heard[name]; },
  send: async (message) => { kernel.page = await window.toPython(message); heard["change:page"](); },
};
window.begin = async (esm, page) => {
  kernel.page = page;
  const url = URL.createObjectURL(new Blob([esm], {type: "text/javascript"}));
  (await import(url)).default.render({model, el: document.body});
};
null;
"""
"""What Jupyter does for a widget: a model whose messages go to Python."""


@needs_browser
def test_it_works_in_a_frame(explorer):
    def to_python(message):
        explorer._handle_custom_msg(message, [])
        return explorer.page

    with chromium() as browser:
        page = browser.new_page()
        page.goto("about:blank")
        page.expose_function("toPython", to_python)
        page.evaluate(HOLDER)
        page.evaluate("([esm, first]) => window.begin(esm, first)", [explorer._esm, explorer.page])
        frame = page.frame_locator("iframe")
        frame.locator("[name=vm]").fill(HOSTILE[0])
        frame.locator("[name=host]").fill(HOSTILE[1])
        frame.locator("button:text-is('Move')").click()
        frame.locator("text=This is not allowed").wait_for()
        frame.locator("text=Undo the last step").click()
        frame.locator("text=Nothing is broken: as it was given.").wait_for()
        assert (
            frame.locator("body").evaluate("() => { try { return parent.document.title } catch { return 'kept out' } }")
            == "kept out"
        )
        assert page.evaluate("window.hit") is None
