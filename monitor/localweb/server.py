"""A small server on a port of 127.0.0.1 that runs in this thread until the person is done."""

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from crawler.errors import BadInput
from monitor.localweb.guard import Door

LOOPBACK = "127.0.0.1"
LAST_PAGE_S = 2.0
"""The server answers so long after its end, for the page that says so."""

Build = Callable[[Door, Callable[[], None]], ASGIApp]


class LocalServer:
    """One application behind one door, on 127.0.0.1, until it is stopped."""

    def __init__(self, build: Build, port: int = 0) -> None:
        """`build` is given the door and what ends the session. Raises BadInput where the port can't be had."""
        try:
            self._socket = socket.create_server((LOOPBACK, port))
        except OSError as error:
            raise BadInput(f"port {port} of {LOOPBACK} can't be had ({error.strerror})", field="port") from error
        self.door = Door(self._socket.getsockname()[1])
        config = uvicorn.Config(
            build(self.door, self.stop),
            log_level="error",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)

    def run(self) -> bool:
        """Serve until `stop` is called; False where the process was interrupted (Ctrl-C or SIGTERM) instead."""

        def told(_number: int, _frame: FrameType | None) -> None:
            raise KeyboardInterrupt

        before = None
        with suppress(ValueError):  # in a thread that is not the main one, signals are another's business
            before = signal.signal(signal.SIGTERM, told)
        try:
            self._server.run(sockets=[self._socket])
        except KeyboardInterrupt:
            return False
        finally:
            self._socket.close()
            if before is not None:
                signal.signal(signal.SIGTERM, before)
        return True

    def stop(self) -> None:
        """End soon: called from a request's handler, whose answer still goes out."""
        asyncio.get_running_loop().call_later(LAST_PAGE_S, self.stop_now)

    def stop_now(self) -> None:
        self._server.should_exit = True
