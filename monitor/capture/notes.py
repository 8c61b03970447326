"""How a page was saved, in words: the reason that stands in its capture, and the fields of its metadata record."""

from crawler.marketplaces.registry import Registry
from crawler.plan import Slot
from monitor.capture.addresses import listing_of
from monitor.capture.saved import About

_MOST_REASON = 300


def reason_of(slot: Slot, about: About, registry: Registry, *, reloads: int, shot: bool) -> str:
    """What a reader of the capture must know beyond the page itself; empty where there is nothing to say.

    A page of another listing is only noted: what it means is for the ladder to say.
    """
    notes = []
    shown = listing_of(about.url, registry, slot.marketplace)
    if shown != slot.listing_id:
        notes.append(f"shows {shown or 'an address without a listing id'} instead of {slot.listing_id}")
    if not shot:
        notes.append(f"no screenshot: {about.no_shot or 'the browser sent none'}")
    if about.from_cache and reloads:
        notes.append("from the browser's cache, also when loaded anew")
    if about.status == 304:
        notes.append("HTTP status 304")
    if about.ready_state not in ("", "complete"):
        notes.append(f"saved while it was still loading ({about.ready_state})")
    return "; ".join(notes)[:_MOST_REASON]


def about_fields(about: About, reviewer: str, saved_at: str, shot: str) -> dict[str, str]:
    """The fields of the `metadata` record: who saved the page, when, with what, and what the browser said of it."""
    return {
        "saved-by": reviewer,
        "saved-with": about.by,
        "saved-at": saved_at,
        "loaded-ms-before": f"{about.loaded_ms_ago:.0f}",
        "http-status": str(about.status or "unknown"),
        "http-header-user-agent": about.user_agent,
        "language": about.language,
        "viewport": about.viewport,
        "content-type-of-page": about.content_type,
        "charset-of-page": about.charset,
        "ready-state": about.ready_state,
        "from-cache": "yes" if about.from_cache else "no",
        "screenshot": shot or f"none: {about.no_shot or 'the browser sent none'}",
    }
