"""What people decide about pages that look like an end: append-only; the newest decision about a subject counts.

A subject is a signature of a marketplace for one state, on one layout (and, where a marketplace stands for many
shops, on one host): who confirmed a page confirmed all pages of its subject and no others.
"""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

import re2
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.clock import instant
from crawler.errors import BadInput
from crawler.market import read_slot
from crawler.marketplaces.address import host_of
from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.confirmed import CONFIRMABLE, Confirmed
from crawler.marketplaces.registry import GENERIC, Registry
from crawler.marketplaces.states import State
from crawler.reading import Mark, Reading
from monitor.store.verification_tables import PageDecisionRow
from monitor.verification.evidence import LookPage, title_of

CONFIRMED, REJECTED = "confirmed", "rejected"
MOST_BODY_CHARS = 2000


def confirm(
    session: Session, registry: Registry, page: LookPage, by: str, at: datetime, *, state: str = "", comment: str = ""
) -> PageDecisionRow:
    """Note that a person saw on this page what its signature says; `state` where only an HTTP status tells.

    Raises BadInput where nobody is named, today's reader does not call the page unverified, the state is another than
    the signature's, or the page would not read as that state even then.
    """
    site = registry.get(page.look.marketplace)
    reading = _read(page, registry)
    if reading.judgement.state is not State.UNVERIFIED:
        raise BadInput(
            f"look {page.look.look_id} reads as {reading.judgement.state} today: nothing waits for confirmation there"
        )
    confirmed = _confirmation(page, reading, site, _named(by), at, state)
    others = [one for one in site.confirmed if _subject_of(one) != _subject_of(confirmed)]
    after = _read(page, registry.replaced(site.with_confirmed([*others, confirmed])))
    if after.judgement.state is not confirmed.state:
        raise BadInput(
            f"the page would read as {after.judgement.state} ({after.judgement.rule}), not as {confirmed.state}: "
            "its description needs another signature first"
        )
    return _append(session, page, CONFIRMED, reading.judgement.rule, confirmed, at, comment)


def reject(
    session: Session, registry: Registry, page: LookPage, by: str, at: datetime, *, comment: str = ""
) -> PageDecisionRow:
    """Note that the page does not show what its signature says; takes an earlier confirmation of its subject back.

    Raises BadInput where nobody is named, or the page neither waits nor was decided about.
    """
    site = registry.get(page.look.marketplace)
    reading = _read(page, registry)
    earlier = [one for one in site.confirmed if one.signature == reading.judgement.signature]
    earlier = [one for one in earlier if one.holds_for(reading.layout, page.page.url or page.page.requested_url)]
    if earlier:
        subject = earlier[0].model_copy(update={"by": _named(by), "confirmed_at": instant(at)})
    elif reading.judgement.state is State.UNVERIFIED:
        subject = _confirmation(page, reading, site, _named(by), at, "", needs_binding=False)
    else:
        raise BadInput(
            f"look {page.look.look_id} reads as {reading.judgement.state} today, and not by what a person confirmed "
            "here: there is nothing to reject"
        )
    return _append(session, page, REJECTED, reading.judgement.rule, subject, at, comment)


def standing(session: Session) -> dict[str, list[Confirmed]]:
    """What counts as confirmed now, by marketplace; one about whose pages people decided, but with nothing confirmed,
    has an empty list."""
    newest: dict[tuple[str, ...], PageDecisionRow] = {}
    for row in session.scalars(
        select(PageDecisionRow).order_by(PageDecisionRow.decided_at, PageDecisionRow.decision_id)
    ):
        newest[row.marketplace, row.signature, row.state, row.layout, row.host] = row
    found: dict[str, list[Confirmed]] = {}
    for (marketplace, *_), row in sorted(newest.items()):
        kept = found.setdefault(marketplace, [])
        if row.decision == CONFIRMED:
            kept.append(Confirmed.model_validate(row.confirmation))
    return found


def _append(
    session: Session, page: LookPage, decision: str, rule: str, subject: Confirmed, at: datetime, comment: str
) -> PageDecisionRow:
    row = PageDecisionRow(
        look_id=page.look.look_id,
        marketplace=subject.marketplace,
        signature=subject.signature,
        state=str(subject.state),
        layout=subject.layout,
        host=subject.host,
        decision=decision,
        rule=rule,
        page_sha256=page.sha256,
        warc_record_id=page.record_id,
        confirmation=subject.model_dump(mode="json"),
        decided_by=subject.by,
        comment=comment,
        decided_at=at,
    )
    session.add(row)
    session.flush()
    return row


def _read(page: LookPage, registry: Registry) -> Reading:
    return read_slot(page.page, page.slot, page.vantage, registry)


def _confirmation(
    page: LookPage,
    reading: Reading,
    site: Marketplace,
    by: str,
    at: datetime,
    state: str,
    *,
    needs_binding: bool = True,
) -> Confirmed:
    """What a person's word about this page comes to."""
    mark = _mark_of(reading)
    bare = mark is None or mark.where == "status"
    wanted = _wanted(mark, bare, state)
    signature, title, body = mark.signature if mark else "", "", ""
    if bare:
        title, body = _binding(page, needs_binding)
        signature = _bound_id(page.page.status, wanted, title or body)
    return Confirmed(
        marketplace=site.name,
        signature=signature,
        state=wanted,
        layout=reading.layout,
        host=host_of(page.page.url or page.page.requested_url) if site.site.any_host or site.name == GENERIC else "",
        title_pattern=title,
        body_pattern=body,
        body_chars=MOST_BODY_CHARS if body else 0,
        by=by,
        confirmed_at=instant(at),
        page_sha256=page.sha256,
        url=page.page.url,
        requested_url=page.page.requested_url,
        listing_id=page.page.listing_id,
        status=page.page.status,
        content_type=page.page.content_type,
        seen_at=page.page.at,
        country=page.vantage.country if page.vantage else "",
    )


def _mark_of(reading: Reading) -> Mark | None:
    """The mark that the judgement rests on; None where it rests on the HTTP status alone."""
    said = reading.judgement.signature
    kinds = {str(state) for state in CONFIRMABLE}
    return next((one for one in reading.marks if one.signature == said and one.kind.value in kinds), None)


def _wanted(mark: Mark | None, bare: bool, state: str) -> State:
    shown = State(mark.kind.value) if mark else State.REMOVED
    if not state or state == shown:
        return shown
    if not bare:
        raise BadInput(
            f"its signature tells of {shown}, not of {state}; where it shows something else, reject the page"
        )
    if state not in {str(one) for one in CONFIRMABLE}:
        raise BadInput(f"state {state!r} is none of {', '.join(CONFIRMABLE)}")
    return State(state)


def _binding(page: LookPage, needed: bool) -> tuple[str, str]:
    """Patterns on the title, else on the whole of a short page, that tell this answer from a wall's."""
    title = title_of(page.text)
    if title:
        return _exactly(title), ""
    text = page.text.strip()
    if text and len(page.text) <= MOST_BODY_CHARS:
        return "", rf"^\s*{_loosely(text)}\s*$"
    if needed:
        raise BadInput(
            f"nothing but HTTP status {page.page.status} tells of an end here, and the page has no title: a wall could "
            "answer alike. A signature in the marketplace's description must find what the page says"
        )
    return "", ""


def _exactly(title: str) -> str:
    return f"^{_loosely(title)}$"


def _loosely(text: str) -> str:
    """A pattern for this very text, whatever its numbers are: ids and years vary from page to page."""
    return r"\d+".join(re2.escape(part) for part in re.split(r"[0-9]+", text))


def _bound_id(status: int | None, state: State, pattern: str) -> str:
    digest = hashlib.sha256(pattern.encode()).hexdigest()[:8]
    return f"status-{status or 'unknown'}-{state.value.replace('_', '-')}-{digest}"


def _subject_of(one: Confirmed) -> Sequence[str]:
    return one.marketplace, one.signature, one.state, one.layout, one.host


def _named(by: str) -> str:
    if not by.strip():
        raise BadInput("a decision needs the name of who decided (--by)")
    return by.strip()
