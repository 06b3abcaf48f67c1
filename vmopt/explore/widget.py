"""The page of a session as a widget of Jupyter's."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from vmopt.errors import ExtraError, VmoptError
from vmopt.explore.actions import act
from vmopt.explore.session import Session
from vmopt.explore.view import view
from vmopt.solution import Solution


def widget(solution: Solution) -> Any:
    """Return a widget to explore a placement in a notebook; needs the extra ``widget``.

    Parameters
    ----------
    solution : Solution
        Where its session begins.

    Returns
    -------
    anywidget.AnyWidget
        Its `session` is the `Session` of the page; call `refresh` after steps of your own.

    Raises
    ------
    ExtraError
        If anywidget is not installed.
    OptionError
        If the solution has no placement.
    """
    session = Session(solution)
    return _kind()(session)


@cache
def _kind() -> type[Any]:
    """Make the class, once anywidget is needed."""
    try:
        import anywidget
        import traitlets
    except ImportError as missing:
        raise ExtraError(f"the widget needs anywidget ({missing}): pip install 'vmopt[widget]'.") from missing

    class Explorer(anywidget.AnyWidget):  # type: ignore[misc]
        """A session and the page that shows it."""

        _esm = files("vmopt.explore").joinpath("assets/widget.js").read_text(encoding="utf-8")
        page = traitlets.Unicode().tag(sync=True)

        def __init__(self, session: Session) -> None:
            self.session = session
            super().__init__(page=view(session))
            self.on_msg(self._take)

        def refresh(self, error: str = "", typed: dict[str, str] | None = None) -> None:
            """Show the session as it is now."""
            self.page = view(self.session, error, typed)

        def _take(self, _: Any, content: Any, __: Any) -> None:
            form = content.get("form") if isinstance(content, dict) else None
            if isinstance(form, dict):
                typed = {str(key): str(value) for key, value in form.items()}
                error = _done(self.session, typed)
                self.refresh(error, typed if error else None)

    return Explorer


def _done(session: Session, form: dict[str, str]) -> str:
    """Do what a form asks for; what comes back is why it could not be done."""
    try:
        act(session, form)
    except VmoptError as error:
        return str(error)
    return ""
