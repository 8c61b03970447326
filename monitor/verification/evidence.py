"""The page behind a look, or the answer of an interface: found in its run folder by the WARC record, whole and sealed,
as bytes and as plain text.

What a page brings along is never run or rendered here: it is shown as text without control characters, or written
to a file that no browser opens by itself.
"""

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from parsel import Selector
from sqlalchemy.orm import Session

from crawler.archive.reader import Archive
from crawler.errors import BadInput
from crawler.extract.decode import decode_body
from crawler.extract.scripts import read_json
from crawler.extract.text import squeeze, visible_text
from crawler.plan import Slot, Vantage
from crawler.reading import FetchedPage
from crawler.record import PAGES_FILE
from monitor.store.archive import captures, fetched_page, open_run
from monitor.store.ledger_tables import JudgementRow, LookRow, RunRow

SHOWN_CHARS = 6000


@dataclass(frozen=True, slots=True)
class LookPage:
    """One look with its page as it was archived. `slot` is what was asked for: a page, or an official interface.
    `sha256` is that of `page.body`, the bytes that the readers see; `shot` is the screenshot in the run folder, None
    where none was taken."""

    look: LookRow
    judged: JudgementRow
    slot: Slot
    vantage: Vantage | None
    page: FetchedPage
    record_id: str
    sha256: str
    shot: Path | None = None

    @property
    def text(self) -> str:
        """The page's source."""
        return decode_body(self.page.body, self.page.content_type)[0].replace("\x00", "")

    @property
    def words(self) -> str:
        """What it says, as text that is safe to print: a page's words, or an interface's answer, one field a line."""
        if self.slot.method != "api":
            return plain(self.text)
        data = read_json(self.text)
        return printable((self.text if data is None else _laid_out(data))[:SHOWN_CHARS])


def look_page(session: Session, runs_dir: Path, look_id: int) -> LookPage:
    """The page that a look saw, out of its run folder.

    Raises BadInput for an unknown look, one without a page, or a folder that is missing, torn or changed.
    """
    look = session.get(LookRow, look_id)
    judged = session.get(JudgementRow, look_id)
    if look is None or judged is None:
        raise BadInput(f"no look has the number {look_id}; see `stillforsale pages list`")
    row = session.get_one(RunRow, look.run_id)
    run = open_run(runs_dir / row.folder)
    if run.manifest_sha256 != row.manifest_sha256:
        raise BadInput("the manifest is not the one that was ingested", file=str(run.folder))
    answered = next(one for one in captures(run) if one.slot.slot_id == look.slot_id)
    record_id = answered.capture.rendered_record_id or answered.capture.warc_record_id
    if not record_id:
        raise BadInput(f"look {look_id} brought no page: {look.outcome} {look.reason}".rstrip())
    with Archive(run.folder / PAGES_FILE) as archive:
        page = fetched_page(answered, archive.page(record_id))
    digest = hashlib.sha256(page.body).hexdigest()
    shot = run.folder / answered.capture.shot if answered.capture.shot else None
    vantage = run.plan.vantages.get(look.vantage)
    return LookPage(look, judged, answered.slot, vantage, page, record_id, digest, shot)


def title_of(source: str) -> str:
    """The page's title element, as the readers see it."""
    return squeeze(_selector(source).xpath("string((//title)[1])").get() or "")[:500]


def plain(source: str) -> str:
    """What a reader of the page would see, as text: title and visible words, safe to print."""
    body = _selector(source).css("body") or _selector(source).css("html")
    words = visible_text(body[0]) if body else source
    return printable(f"{title_of(source)}\n\n{words}"[:SHOWN_CHARS])


def printable(text: str) -> str:
    """`text` without control and direction characters: a page must not steer the terminal that shows it."""
    return "".join(
        one
        if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Co", "Cn")
        else "\N{REPLACEMENT CHARACTER}"
        for one in text
    )


def _laid_out(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)


def _selector(source: str) -> Selector:
    return Selector(text=source or "<html></html>", type="html")
