"""The demo market over HTTP, on loopback only, at an ephemeral port.

What a page shows depends only on the story, on the clock that the server is handed, and on the cookie `ship_to`.
"""

import re
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from crawler.clock import Clock
from crawler.shop.answers import HOME_COUNTRY, Answer, Visit, answer
from crawler.shop.story import Story

LOOPBACK = "127.0.0.1"


class ShopServer(ThreadingHTTPServer):
    """Serves one story on `http://127.0.0.1:PORT`; port 0 takes any free one."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, story: Story, clock: Clock, port: int = 0) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.story, self.clock = story, clock
        self._open: set[Any] = set()

    @property
    def base_url(self) -> str:
        """The address of the home page, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Stop listening and hang up on everybody: a closed market answers nobody, kept connections included."""
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no error of ours; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: ShopServer
    protocol_version = "HTTP/1.1"
    server_version = "Fairground"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 60

    def do_GET(self) -> None:
        self._send(self._answer())

    def do_HEAD(self) -> None:
        self._send(self._answer(), with_body=False)

    def do_POST(self) -> None:
        """Nobody buys here. The body is not read, so the connection closes."""
        self.close_connection = True
        self._send(Answer(405, b"", "text/plain; charset=utf-8", (("Allow", "GET, HEAD"),)))

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the run's own record is the log."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header tells the market's own time, so that the story's time is what a capture keeps."""
        if timestamp is None:
            timestamp = self.server.clock.now().timestamp()
        return super().date_time_string(timestamp)

    def _answer(self) -> Answer:
        now = self.server.clock.now()
        country = _ship_to(self.headers.get("Cookie", ""))
        return answer(Visit(self.server.story, now, self.server.base_url, self.path, country))

    def _send(self, sent: Answer, *, with_body: bool = True) -> None:
        self.send_response(sent.status)
        for name, value in (*sent.headers, ("Content-Type", sent.content_type)):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if with_body:
            self.wfile.write(sent.body)


def _ship_to(cookies: str) -> str:
    """The buyer's country from the cookie `ship_to`; without a readable one, the market's own."""
    try:
        morsel = SimpleCookie(cookies).get("ship_to")
    except CookieError:
        return HOME_COUNTRY
    return morsel.value if morsel and re.fullmatch("[A-Z]{2}", morsel.value) else HOME_COUNTRY


@contextmanager
def running_shop(story: Story, clock: Clock, port: int = 0) -> Iterator[str]:
    """Serve `story` in a thread at the time of `clock`; gives the base URL, and stops at the end of the block."""
    server = ShopServer(story, clock, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.base_url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
