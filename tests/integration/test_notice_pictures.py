"""A recall's picture on a listing: it supports the match that words make, and makes none by itself."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from crawler.pictures.facts import PictureFacts
from monitor.matching.propose import facts_digest
from monitor.matching.records import Listing
from monitor.pictures.of_notices import with_pictures
from monitor.store.ingest import ingest_run
from monitor.store.picture_tables import PictureRow
from monitor.store.session import open_store
from tests.builders import Seen, write_run

SAME, NEAR, OTHER = "00" * 32, "00" * 27 + "ff" * 5, "0f" * 32
AT = datetime(2026, 3, 1, tzinfo=UTC)


def add(session: Session, slot_id: str, listing_key: str, notice_id: str, digest: str) -> None:
    shown = PictureFacts(format="PNG", width=9, height=9, quality=90, hashes={"full": digest})
    session.add(
        PictureRow(
            run_id="run", slot_id=slot_id, listing_key=listing_key, notice_id=notice_id, url=f"http://x.test/{slot_id}",
            fetched_at=AT, outcome="fetched", reason="", http_status=200, body_sha256="", body_bytes=1,
            warc_record_id="", **shown.model_dump(),
        )
    )  # fmt: skip


def test_listings_know_the_notices_whose_picture_they_show(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    ingest_run(store, write_run(tmp_path / "runs", "run", [Seen("1")]), AT)
    listings = [Listing(f"m:{number}", title="walker") for number in range(4)]
    with store.session() as session:
        assert with_pictures(session, listings) == listings
        add(session, "n1", "", "us-cpsc:1", SAME)
        for number, digest in enumerate((SAME, NEAR, OTHER)):
            add(session, f"l{number}", f"m:{number}", "", digest)
        same, near, other, none = with_pictures(session, listings)
    store.close()
    assert same.shown() == (("us-cpsc:1", 0),)
    assert near.shown() == (("us-cpsc:1", 40),)
    assert (other, none) == (listings[2], listings[3])
    assert facts_digest(same) != facts_digest(listings[0])
    assert facts_digest(none) == facts_digest(listings[3])
