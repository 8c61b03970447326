"""Confirmed pages on disk: what the readers take into account, and the pages that must go on reading as confirmed.

`verified/<marketplace>.json` is written anew from the ledger's decisions; `verified/pages/<SHA-256>.gz` holds the page.
"""

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from crawler.apis.base import LAYOUT
from crawler.market import read_slot
from crawler.marketplaces.confirmed import Confirmed, write_confirmed
from crawler.marketplaces.registry import Registry
from crawler.plan import Slot, Vantage
from crawler.reading import FetchedPage
from monitor.verification.decisions import standing

PAGES = "pages"


@dataclass(frozen=True, slots=True)
class Golden:
    """One confirmed page as today's readers see it. `problem` is empty where it reads as the person confirmed."""

    confirmed: Confirmed
    path: Path
    problem: str


def project(session: Session, verified_dir: Path) -> list[Path]:
    """Write what the ledger holds as confirmed now into the folder; gives the files. None where nobody decided yet."""
    return [write_confirmed(verified_dir, name, confirmed) for name, confirmed in standing(session).items()]


def keep_page(verified_dir: Path, body: bytes) -> Path:
    """Keep the bytes of a confirmed page; the same page is kept once."""
    path = page_path(verified_dir, hashlib.sha256(body).hexdigest())
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        making = path.with_suffix(".making")
        making.write_bytes(gzip.compress(body, mtime=0))
        making.replace(path)
    return path


def page_path(verified_dir: Path, sha256: str) -> Path:
    """Where a confirmed page lies."""
    return verified_dir / PAGES / f"{sha256}.gz"


def check_pages(verified_dir: Path, registry: Registry) -> Iterator[Golden]:
    """Every confirmed page read by today's readers."""
    for marketplace in sorted(registry, key=lambda one: one.name):
        for confirmed in marketplace.confirmed:
            path = page_path(verified_dir, confirmed.page_sha256)
            yield Golden(confirmed, path, _problem(confirmed, path, registry))


def _problem(confirmed: Confirmed, path: Path, registry: Registry) -> str:
    try:
        body = gzip.decompress(path.read_bytes())
    except (OSError, EOFError) as error:
        return f"the page can't be read ({error})"
    if hashlib.sha256(body).hexdigest() != confirmed.page_sha256:
        return "the page is not the one that was confirmed: its SHA-256 differs"
    page = FetchedPage(
        url=confirmed.url,
        body=body,
        status=confirmed.status,
        requested_url=confirmed.requested_url,
        content_type=confirmed.content_type,
        listing_id=confirmed.listing_id,
        at=confirmed.seen_at,
    )
    slot = Slot(
        slot_id="confirmed",
        purpose="look",
        marketplace=confirmed.marketplace,
        url=confirmed.requested_url or confirmed.url,
        vantage="confirmed",
        listing_id=confirmed.listing_id,
        method="api" if confirmed.layout == LAYOUT else "crawler",
    )
    vantage = Vantage(name="confirmed", country=confirmed.country) if confirmed.country else None
    said = read_slot(page, slot, vantage, registry)
    if said.judgement.state is confirmed.state:
        return ""
    return f"reads as {said.judgement.state} ({said.judgement.rule}) today, was confirmed as {confirmed.state}"
