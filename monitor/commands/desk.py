"""An open ledger with the time and a name: what commands that note a person's decision work with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.commands.common import load_settings, settings_clock

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from crawler.feeds.notice import Notice


@dataclass(frozen=True)
class Desk:
    """An open session, the time by the configured clock, and who is acting."""

    session: "Session"
    at: "datetime"
    by: str


@contextmanager
def open_desk(by: str = "", *, writes: bool = True) -> Iterator[Desk]:
    """A session on the ledger, committed at the end and rolled back where anything is raised.

    Without `writes` it reads from one state of the ledger, beside whoever writes.
    """
    from monitor.store.session import open_store

    settings = load_settings(initialised=False)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.ledger_url)
    try:
        with store.session() if writes else store.reader() as session:
            yield Desk(session, settings_clock(settings).now(), by or settings.operator or "operator")
    finally:
        store.close()


def known_notice(session: "Session", notice_id: str) -> "Notice":
    """The notice of the register. Raises BadInput where it holds none of that id."""
    from crawler.errors import BadInput
    from monitor.register.register import get_notice

    notice = get_notice(session, notice_id)
    if notice is None:
        raise BadInput(f"the register holds no notice {notice_id!r}; `stillforsale recalls list` shows what it holds")
    return notice
