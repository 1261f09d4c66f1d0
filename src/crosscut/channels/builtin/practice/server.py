"""The practice network as a WSGI application, and as a program for tests: `python -m … --port 8400 --folder /tmp/x`."""

import argparse
import re
import socket as sockets
import struct
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from crosscut.channels.builtin.practice import api, pages
from crosscut.channels.builtin.practice.store import Store, opened
from crosscut.channels.builtin.practice.web import Request, Response, as_json
from crosscut.channels.staticserver import App, StartResponse, static_app
from crosscut.kernel.errors import Conflict, CrosscutError, Invalid, NotAllowed, NotFound

Handler = Callable[..., Response]
_STATUS: dict[type[CrosscutError], int] = {Invalid: 422, NotAllowed: 401, NotFound: 404, Conflict: 409}
_ROUTES: list[tuple[str, str, str, Handler]] = [  # method, path, what a fault calls it, who answers
    ("POST", r"/api/accounts", "", api.sign_up),
    ("GET", r"/api/me", "reads", api.me),
    ("POST", r"/api/media", "media", api.upload),
    ("POST", r"/api/media/([0-9a-f]+)/captions", "media", api.captions),
    ("POST", r"/api/posts", "posts", api.make_post),
    ("GET", r"/api/posts", "reads", api.list_posts),
    ("GET", r"/api/posts/(\d{1,18})", "reads", api.show_post),
    ("PUT", r"/api/posts/(\d{1,18})", "posts", api.change_post),
    ("DELETE", r"/api/posts/(\d{1,18})", "deletes", api.delete_post),
    ("GET", r"/api/faults", "", api.list_faults),
    ("POST", r"/api/faults", "", api.add_fault),
    ("DELETE", r"/api/faults", "", api.lift_faults),
    ("GET", r"/", "reads", pages.timeline),
    ("GET", r"/@([a-z0-9_]+)", "reads", pages.profile),
    ("GET", r"/posts/(\d{1,18})", "reads", pages.post),
    ("POST", r"/posts/(\d{1,18})/(like|repost)", "", pages.mark),
    ("POST", r"/posts/(\d{1,18})/reply", "", pages.reply),
    ("GET", r"/faults", "", pages.faults),
    ("POST", r"/faults", "", pages.set_fault),
    ("GET", r"/practice\.css", "", pages.stylesheet),
    ("GET", r"/mark\.svg", "", pages.mark_picture),
]


def practice_app(folder: Path) -> App:
    """The network that keeps its posts in the folder."""
    files = static_app(folder / "media")

    def app(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith("/media/"):
            return files({**environ, "PATH_INFO": environ["PATH_INFO"].removeprefix("/media")}, start_response)
        request = Request(environ)
        response = _respond(request, folder)
        if response is None:
            return _cut(request, start_response)
        start_response(response.line, response.pairs())
        return [] if request.method == "HEAD" else [response.body]

    return app


def _respond(request: Request, folder: Path) -> Response | None:
    """The answer; None means to cut the connection."""
    method = "GET" if request.method == "HEAD" else request.method
    for wanted, path, scope, handler in _ROUTES:
        match = re.fullmatch(path, request.path)
        if match and wanted == method:
            arguments = [int(group) if group.isdecimal() and "posts" in path else group for group in match.groups()]
            return _with_faults(request, folder, scope, lambda store: handler(request, store, *arguments))  # noqa: B023
    return _wrong(request, NotFound("There is nothing at this address."))


def _with_faults(request: Request, folder: Path, scope: str, answer: Callable[[Store], Response]) -> Response | None:
    scopes = (scope, "all") if scope else ()
    with opened(folder) as store:
        slow = store.take_fault("slow", scopes)
        refused = _refusal(store, scopes)
    if slow:
        time.sleep(slow["seconds"])
    if refused:
        return refused
    try:
        with opened(folder) as store:
            response = answer(store)
            lost = store.take_fault("lose", scopes)
            if lost:
                store.rows.execute("ROLLBACK")
                store.rows.execute("BEGIN")
                store.take_fault("lose", scopes)
            late = {kind: store.take_fault(f"{kind}_after_storing", scopes) for kind in ("error", "timeout", "reset")}
    except CrosscutError as error:
        return _wrong(request, error)
    return _late(response, late)


def _refusal(store: Store, scopes: tuple[str, ...]) -> Response | None:
    """What the network answers before it does anything."""
    if store.take_fault("unreadable", scopes):
        return as_json({"error": "The network cannot be read now."}, 503)
    if store.take_fault("error_before_storing", scopes):
        return as_json({"error": "Something went wrong."}, 500)
    if store.take_fault("refuse", scopes):
        return as_json({"error": "This network does not want this post."}, 422)
    if store.take_fault("unauthorised", scopes):
        return as_json({"error": "This token was revoked."}, 401)
    if limited := store.take_fault("rate_limit", scopes):
        return as_json({"error": "Too many posts."}, 429, **{"Retry-After": str(max(round(limited["seconds"]), 1))})
    return None


def _late(response: Response, late: dict[str, dict[str, Any] | None]) -> Response | None:
    """What becomes of the answer after everything was kept."""
    if late["error"]:
        return as_json({"error": "Something went wrong."}, 500)
    if late["timeout"]:
        time.sleep(late["timeout"]["seconds"])
        return None
    return None if late["reset"] else response


def _wrong(request: Request, error: CrosscutError) -> Response:
    status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)
    if request.path.startswith("/api/"):
        return as_json({"error": "; ".join(problem.message for problem in error.problems)}, status)
    return pages.wrong(request, status, error.problems[0].message)


def _cut(request: Request, start_response: StartResponse) -> Iterable[bytes]:
    """Resets the connection where the server hands it over, else promises more than it sends."""
    if request.socket is not None:
        request.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
        request.socket.shutdown(sockets.SHUT_RD)
        request.socket.close()
    start_response(
        "201 Created", [("Content-Type", "application/json"), ("Content-Length", "1000"), ("Connection", "close")]
    )
    return [b"{"]


class PracticeServer(ThreadingMixIn, WSGIServer):
    """One thread a request, so that a slow answer holds up nobody else."""

    daemon_threads = True


class PracticeHandler(WSGIRequestHandler):
    """Hands the connection to the application, and writes no log."""

    def get_environ(self) -> dict[str, Any]:
        """The request, with the connection it came on."""
        return {**super().get_environ(), "crosscut.socket": self.connection}

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the network is for practice."""

    def handle(self) -> None:
        """One request, forgiving a connection that was cut."""
        try:
            super().handle()
        except (ConnectionError, OSError):
            self.close_connection = True


def serve(folder: Path, port: int) -> WSGIServer:
    """A server on this machine, listening and not yet running; port 0 takes a free one."""
    return make_server(
        "127.0.0.1", port, practice_app(folder), server_class=PracticeServer, handler_class=PracticeHandler
    )


def main() -> None:
    """Runs the network until it is stopped."""
    parser = argparse.ArgumentParser(description="A practice network on this machine.")
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--folder", type=Path, default=Path("practice"))
    wish = parser.parse_args()
    with serve(wish.folder.absolute(), wish.port) as server:
        print(f"http://127.0.0.1:{server.server_port}/", flush=True)  # noqa: T201 it is what the program says
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
