"""Which pictures the next run fetches: of listings that a match points to and of notices under watch, each once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crawler.pictures.sandbox import available
from crawler.plan import Slot
from crawler.record import Outcome
from monitor.config import Settings
from monitor.review.decisions import confirmed_matches
from monitor.store.bulk import chunks
from monitor.store.decision_tables import MatchRow, ReviewRow, WatchRow
from monitor.store.ledger_tables import ListingRow, LookRow, ReadingRow, SightingRow
from monitor.store.picture_tables import PictureRow
from monitor.store.register_tables import NoticeRow

PER_LISTING = 3
PER_NOTICE = 5
ATTEMPTS = 3
AGAIN_AFTER = timedelta(hours=20)
_AT_ONCE = 500
_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture to fetch. `keep`: it belongs to a finding, so that its bytes are archived."""

    url: str
    listing_key: str
    notice_id: str
    keep: bool


def picture_slots(session: Session, settings: Settings, at: datetime, start: int = 0) -> list[Slot]:
    """Slots for the pictures that are wanted and not there, findings first, at most `pictures_per_run` of them; none
    where pictures can't be read here."""
    if not available():
        return []
    allowed = {name for name, terms in settings.terms.items() if terms.automation}
    history = _history(session)
    slots: list[Slot] = []
    for one in _wanted(session, settings, history):
        marketplace, _, listing_id = one.listing_key.partition(":")
        if (marketplace and marketplace not in allowed) or not history.wants(one, at):
            continue
        if len(slots) == settings.pictures_per_run:
            break
        slots.append(
            Slot(
                slot_id=f"picture-{start + len(slots):05d}",
                purpose="picture",
                marketplace=marketplace,
                listing_id=listing_id,
                notice_id=one.notice_id,
                url=one.url,
                vantage=settings.default_vantage,
                keep=one.keep,
                why=_why(one),
            )
        )
    return slots


def _why(one: Wanted) -> str:
    if one.notice_id:
        return "a picture of a notice under watch"
    return "a picture of a confirmed listing: kept" if one.keep else "a picture of a listing that a match points to"


def _wanted(session: Session, settings: Settings, history: "_History") -> Iterator[Wanted]:
    """Pictures in the order of what they are worth; a picture may come twice. A play on a simulated clock asks no
    authority. Listings that nobody confirmed are asked for once: pictures that they change later are not chased."""
    confirmed = {one.listing_key for one in confirmed_matches(session, settings.reviewers_needed)}
    yield from _of_listings(session, sorted(confirmed), keep=True)
    if settings.clock == "system":
        yield from _of_notices(session)
    rejected = set(session.execute(select(ReviewRow.listing_key, ReviewRow.notice_id).where(_REJECTED)))
    pairs = session.execute(select(MatchRow.listing_key, MatchRow.notice_id).order_by(MatchRow.match_id.desc()))
    open_ones = dict.fromkeys(key for key, notice_id in pairs if (key, notice_id) not in rejected)
    seen = confirmed | {owner for _, owner in history.read}
    yield from _of_listings(session, [key for key in open_ones if key not in seen], keep=False)


_REJECTED = ReviewRow.decision == "rejected"


def _of_listings(session: Session, keys: list[str], *, keep: bool) -> Iterator[Wanted]:
    for some in chunks(keys, _AT_ONCE):
        columns = select(ListingRow.listing_key, ListingRow.url).where(ListingRow.listing_key.in_(some))
        pages = dict(session.execute(columns).all())
        found = shown_pictures(session, some)
        for key in some:
            for url in found.get(key, ())[:PER_LISTING]:
                whole = web_address(url, pages.get(key, ""))
                if whole:
                    yield Wanted(whole, key, "", keep)


def _of_notices(session: Session) -> Iterator[Wanted]:
    watched = select(WatchRow.notice_id).where(WatchRow.removed_at.is_(None))
    rows = select(NoticeRow.notice_id, NoticeRow.notice).where(NoticeRow.notice_id.in_(watched))
    for notice_id, notice in session.execute(rows.order_by(NoticeRow.notice_id)):
        for image in notice.get("images", ())[:PER_NOTICE]:
            whole = web_address(image.get("url", ""))
            if whole:
                yield Wanted(whole, "", notice_id, keep=False)


def web_address(url: str, page: str = "") -> str:
    """The whole address of a picture on a page; empty where it is none of the web, or the page itself."""
    try:
        whole = urljoin(page, url)
        parts = urlsplit(whole)
        return whole if parts.scheme in ("http", "https") and parts.hostname and whole != page else ""
    except ValueError:
        return ""


def shown_pictures(session: Session, keys: Iterable[str]) -> dict[str, list[str]]:
    """The addresses of the pictures that each listing last showed: its page's, or its card's where none was read."""
    found: dict[str, list[str]] = {}
    for some in chunks(keys, _AT_ONCE):
        for key, card in session.execute(_newest_cards(some)):
            if card.get("image"):
                found[key] = [card["image"]]
        for key, reading in session.execute(_newest_readings(some)):
            images = (reading.get("facts") or {}).get("images")
            if images:
                found[key] = list(dict.fromkeys(images))
    return found


def _newest_cards(keys: list[str]) -> Select[tuple[str, dict[str, Any]]]:
    newest = select(func.max(SightingRow.sighting_id)).where(SightingRow.listing_key.in_(keys))
    newest = newest.group_by(SightingRow.listing_key)
    return select(SightingRow.listing_key, SightingRow.card).where(SightingRow.sighting_id.in_(newest))


def _newest_readings(keys: list[str]) -> Select[tuple[str, dict[str, Any]]]:
    newest = (
        select(func.max(LookRow.look_id))
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.listing_key.in_(keys), ReadingRow.reading["facts"]["title"].as_string() != "")
        .group_by(LookRow.listing_key)
    )
    return (
        select(LookRow.listing_key, ReadingRow.reading)
        .join(ReadingRow, ReadingRow.reading_sha256 == LookRow.reading_sha256)
        .where(LookRow.look_id.in_(newest))
    )


def identity(url: str) -> str:
    """What stays of a picture's address: hosts, sizes and signatures in queries rotate."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return parts.path if parts.path.lower().endswith(_ENDINGS) or not parts.query else f"{parts.path}?{parts.query}"


@dataclass(slots=True)
class _History:
    """What became of pictures before, by identity and whose they are."""

    read: set[tuple[str, str]]
    kept: set[tuple[str, str]]
    tried: dict[tuple[str, str], tuple[int, datetime]]

    def wants(self, one: Wanted, at: datetime) -> bool:
        """Whether to fetch it now; asked for the same picture again, it says no."""
        key = (identity(one.url), one.listing_key or one.notice_id)
        attempts, last_at = self.tried.get(key, (0, None))
        done = key in (self.kept if one.keep else self.read)
        if done or attempts >= ATTEMPTS + (key in self.read) or (last_at and at - last_at < AGAIN_AFTER):
            return False
        (self.kept if one.keep else self.read).add(key)
        return True


def _history(session: Session) -> _History:
    history = _History(set(), set(), {})
    columns = (PictureRow.url, PictureRow.listing_key, PictureRow.notice_id, PictureRow.outcome)
    rows = session.execute(
        select(*columns, PictureRow.format, PictureRow.warc_record_id, PictureRow.fetched_at).order_by(
            PictureRow.picture_id
        )
    )
    for url, listing_key, notice_id, outcome, form, record_id, fetched_at in rows:
        key = (identity(url), listing_key or notice_id)
        if form:
            history.read.add(key)
            if record_id:
                history.kept.add(key)
            continue
        attempts = history.tried.get(key, (0, fetched_at))[0]
        history.tried[key] = (attempts + (outcome != Outcome.NOT_LOOKED), fetched_at)
    return history
