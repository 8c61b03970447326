"""One Chromium: started in its sandbox, watched for memory, and killed as a group of processes when it hangs."""

import asyncio
import os
import signal
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.browser import UNSANDBOXED, BrowserMissing, executable, first_line, sandbox
from crawler.plan import Limits

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

LAUNCH_TIMEOUT_S = 30.0
END_TIMEOUT_S = 5.0
WATCH_EVERY_S = 0.25
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") // 1024
_DEAD_END = "http://127.0.0.1:1"
"""The proxy of whatever the browser does on its own account. Each page has a gate of its own."""
_HEAP_SHARE = 2
_SWITCHES = (
    "--disable-gpu",
    "--disable-quic",
    "--no-pings",
    "--dns-prefetch-disable",
    "--disable-crash-reporter",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


class Chromium:
    """A running browser. `died_of` says why we killed it, empty where we didn't."""

    def __init__(self, browser: "Browser", pid: int, limits: Limits) -> None:
        self.browser, self.pid, self.looks, self.died_of = browser, pid, 0, ""
        self._limits = limits
        self._watch = asyncio.ensure_future(self._watch_memory())

    @classmethod
    async def start(cls, playwright: "Playwright", user_agent: str, limits: Limits) -> "Chromium":
        """Raises BrowserMissing where no browser starts here, or not in its sandbox."""
        path = executable()
        if path is None:
            raise BrowserMissing("no Chromium was found")
        mark = f"--stillforsale-run={uuid.uuid4().hex}"
        heap_mb = limits.render_memory_bytes // _HEAP_SHARE // (1024 * 1024)
        try:
            async with asyncio.timeout(LAUNCH_TIMEOUT_S):
                browser = await playwright.chromium.launch(
                    executable_path=path,
                    args=[*_SWITCHES, mark, f"--user-agent={user_agent}", f"--js-flags=--max-old-space-size={heap_mb}"],
                    ignore_default_args=["--disable-popup-blocking"],
                    chromium_sandbox=sandbox() != UNSANDBOXED,
                    proxy={"server": _DEAD_END, "bypass": "<-loopback>"},
                    handle_sigint=False,
                    handle_sigterm=False,
                    handle_sighup=False,
                )
        except Exception as error:
            kill_marked(mark)
            how = "" if sandbox() == UNSANDBOXED else " in its sandbox"
            raise BrowserMissing(f"{path} doesn't start here{how} ({first_line(error)})") from error
        pid = next(marked(mark), 0)
        if not pid:
            await browser.close()
            raise BrowserMissing(f"the process of {path} can't be found, so it could not be bounded")
        return cls(browser, pid, limits)

    @property
    def alive(self) -> bool:
        """Whether it can still be used."""
        return not self.died_of and self.browser.is_connected()

    async def check_sandbox(self) -> None:
        """Raises BrowserMissing unless every page's process is locked in, wherever we aren't root."""
        if sandbox() == UNSANDBOXED:
            return
        async with asyncio.timeout(LAUNCH_TIMEOUT_S):
            page = await self.browser.new_page()
            await page.goto("about:blank")
        renderers = [pid for pid in self.group() if b"--type=renderer" in _read(pid, "cmdline")]
        if not renderers or not all(locked_in(pid) for pid in renderers):
            self.kill("it ran without its sandbox")
            raise BrowserMissing("Chromium runs without its sandbox here")
        await page.close()

    def memory_bytes(self) -> int:
        """What all its processes hold for themselves alone."""
        total_kb = 0
        for pid in self.group():
            fields = _read(pid, "statm").split()
            if len(fields) > 2:
                total_kb += (int(fields[1]) - int(fields[2])) * _PAGE_KB
        return total_kb * 1024

    def group(self) -> list[int]:
        """The processes of its process group, itself among them."""
        return [pid for pid in _processes() if _group_of(pid) == self.pid]

    def kill(self, why: str) -> None:
        """End every process of it at once."""
        self.died_of = self.died_of or why
        if self.pid != os.getpgrp():
            with suppress(OSError):
                os.killpg(self.pid, signal.SIGKILL)

    async def end(self) -> None:
        """Close it, and kill it where it doesn't."""
        self._watch.cancel()
        try:
            async with asyncio.timeout(END_TIMEOUT_S):
                await self.browser.close()
        except Exception:
            self.died_of = self.died_of or "it did not close"
        self.kill("closed")

    async def _watch_memory(self) -> None:
        while not self.died_of:
            await asyncio.sleep(WATCH_EVERY_S)
            if self.memory_bytes() > self._limits.render_memory_bytes:
                limit_mb = self._limits.render_memory_bytes // (1024 * 1024)
                self.kill(f"the page took more than {limit_mb} MB of memory")


def marked(mark: str) -> Iterator[int]:
    """The browser processes that were started with this switch; their helpers don't carry it."""
    for pid in _processes():
        words = _read(pid, "cmdline").split(b"\0")
        if mark.encode() in words and _group_of(pid) == pid:
            yield pid


def kill_marked(mark: str) -> None:
    """Kill what a failed start left."""
    for pid in marked(mark):
        with suppress(OSError):
            os.killpg(pid, signal.SIGKILL)


def locked_in(pid: int) -> bool:
    """Whether a process runs under a system call filter and in a process namespace of its own."""
    status = dict(line.partition(":")[::2] for line in _read(pid, "status").decode("latin-1").splitlines())
    return status.get("Seccomp", "").strip() == "2" and len(status.get("NSpid", "").split()) > 1


def _processes() -> Iterator[int]:
    return (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return 0


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""
