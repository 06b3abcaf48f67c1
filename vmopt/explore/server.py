"""The server: a session as a page on this machine, for whoever knows its address, and for no other page."""

from __future__ import annotations

import secrets
import sys
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from vmopt import checks
from vmopt.errors import OptionError, VmoptError
from vmopt.explore.actions import act
from vmopt.explore.session import Session
from vmopt.explore.view import view
from vmopt.solution import Solution

HERE = "127.0.0.1"
MOST_BYTES = 100_000
MOST_FIELDS = 20
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class SessionServer(ThreadingHTTPServer):
    """Serves one session under a random address.

    Parameters
    ----------
    solution : Solution
        Where the session begins.
    port : int
        0 for any that is free.
    """

    daemon_threads = True

    def __init__(self, solution: Solution, port: int = 0) -> None:
        checks.integer(port, "port", 0, 65535)
        self.session = Session(solution)
        self.token = secrets.token_urlsafe(24)
        self.lock = Lock()
        self.error = ""
        self.typed: dict[str, str] = {}
        try:
            super().__init__((HERE, port), _Handler)
        except OSError as error:
            raise OptionError(f"port {port} cannot be had: {error.strerror}; choose another, or 0 for any.") from None

    @property
    def origin(self) -> str:
        """Scheme, address and port."""
        return f"http://{HERE}:{self.server_address[1]}"

    @property
    def url(self) -> str:
        """The address of the page; whoever has it may use it."""
        return f"{self.origin}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing where a browser hangs up."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: SessionServer
    timeout = 30

    def do_GET(self) -> None:
        if self._may():
            with self.server.lock:
                error, self.server.error = self.server.error, ""
                typed, self.server.typed = self.server.typed, {}
                page = view(self.server.session, error, typed)
            self._answer(200, page.encode(errors="backslashreplace"), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        form = self._form() if self._may() else None
        if form is None:
            return
        with self.server.lock:
            try:
                act(self.server.session, form)
            except VmoptError as error:
                self.server.error, self.server.typed = str(error), form
        self._answer(303, b"", "text/plain", Location=self.server.url)

    def _may(self) -> bool:
        """Refuse whoever does not know the token, names of other machines, and pages of other origins."""
        origin = self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "none")
        known = compare_digest(self.path.encode(), f"/{self.server.token}/".encode())
        own_host = self.headers.get("Host") == self.server.origin.removeprefix("http://")
        if not own_host or origin not in (None, self.server.origin) or site not in ("none", "same-origin"):
            self._answer(403, b"This page is for this machine alone.\n", "text/plain")
        elif not known:
            self._answer(404, b"Nothing is here: use the address that was printed.\n", "text/plain")
        else:
            return True
        return False

    def _form(self) -> dict[str, str] | None:
        length = self.headers.get("Content-Length", "")
        kind = self.headers.get("Content-Type", "").partition(";")[0]
        if not length.isascii() or not length.isdigit() or len(length) > 9 or int(length) > MOST_BYTES:
            self._answer(413, b"That is too much for a form.\n", "text/plain")
            return None
        body = self.rfile.read(int(length))
        form = _form_of(body) if kind == "application/x-www-form-urlencoded" else None
        if form is None:
            self._answer(400, b"That is no form.\n", "text/plain")
        return form

    def _answer(self, code: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(code)
        for name, value in {**HEADERS, **headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "vmopt"

    def log_message(self, *_: Any) -> None:
        """Keep stderr for errors."""


def _form_of(body: bytes) -> dict[str, str] | None:
    """Read the fields of a form, None where it is none."""
    try:
        fields = parse_qsl(body.decode("ascii"), True, True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return dict(fields)


def serve(solution: Solution, port: int = 0) -> SessionServer:
    """Return a server that is ready, for `serve_forever`.

    Parameters
    ----------
    solution : Solution
    port : int
        0 for any that is free.

    Examples
    --------
    >>> import vmopt
    >>> with serve(vmopt.solve(vmopt.Instance.from_arrays([[4]], [[8]]))) as server:
    ...     server.url.startswith("http://127.0.0.1:")
    True
    """
    return SessionServer(solution, port)
