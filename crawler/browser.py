"""Whether pages can be rendered here, and what goes wrong when they can't. Imports nothing heavy.

The parts: `browser_rules` says what a page may ask for, `browser_gate` is its only way out, `browser_process` is the
browser itself, `browser_page` shows one page in it, `browser_looks` ties them to a run.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

_SYSTEM_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OWN_NAMES = ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/chrome-*/*headless*shell")
UNSANDBOXED = "off: we run as root"


class BrowserMissing(Exception):
    """No page can be rendered here; the message says why."""


class RenderFailed(Exception):
    """This page could not be rendered; the message is the capture's reason."""


def available() -> tuple[bool, str]:
    """Whether pages can be rendered here, and in one sentence why not, or by which browser. Starts nothing."""
    if find_spec("playwright") is None:
        return False, "the extra `browser` is not installed (pip install 'stillforsale[browser]')"
    if not Path("/proc/self/stat").exists():
        return False, "rendering is bounded by what /proc says, and there is none here: it needs Linux"
    found = executable()
    if found is None:
        return False, "no Chromium was found; install Debian's `chromium` or run `playwright install chromium`"
    return True, f"{found}, sandbox {sandbox()}"


def executable() -> Path | None:
    """The browser to be started: the system's, which the system keeps up to date, else Playwright's own."""
    for name in _SYSTEM_NAMES:
        path = shutil.which(name)
        if path:
            return Path(path)
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    own = [path for pattern in _OWN_NAMES for path in sorted(folder.glob(pattern), reverse=True) if path.is_file()]
    return own[0] if own else None


def sandbox() -> str:
    """Whether the browser's sandbox is on here: root can't have one, everybody else must."""
    return UNSANDBOXED if os.geteuid() == 0 else "on"


def first_line(error: BaseException) -> str:
    """What an error of Playwright says, without its call log."""
    lines = str(error).splitlines()
    return lines[0][:200] if lines else type(error).__name__
