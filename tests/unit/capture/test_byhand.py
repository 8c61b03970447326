"""Listings that a person names: one form of the address, one row refused costs no other."""

import gzip
from pathlib import Path

import pytest
from sqlalchemy import select

from crawler.errors import BadInput
from crawler.marketplaces.registry import Registry, load_registry
from monitor.capture.addresses import find_listing
from monitor.capture.byhand import TYPED, Wanted, add_by_hand, read_list
from monitor.schedule.watched import suspects
from monitor.store.hand_tables import HandListingRow
from monitor.store.ledger_tables import ListingRow
from monitor.store.session import open_store
from tests.conftest import NOON


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://www.amazon.com/Some-Name/dp/b0823mdhdj/ref=sr_1?th=1", ("amazon", "B0823MDHDJ")),
        ("https://www.ebay.com/itm/Some-Name/123456789012?hash=x", ("ebay", "123456789012")),
        ("https://shop.example/p/1/?utm_source=mail", ("generic", "shop.example/p/1")),
        ("https://www.shop.example/show?id=7&gclid=x", ("generic", "shop.example/show?id=7")),
    ],
)
def test_many_addresses_of_a_listing_are_one(registry: Registry, url: str, found: tuple[str, str]) -> None:
    assert find_listing(url, registry)[:2] == found


@pytest.mark.parametrize(
    ("url", "marketplace", "says"),
    [
        ("amazon.com/dp/B0823MDHDJ", "", "no address"),
        ("javascript:alert(1)", "", "no address"),
        ("https://www.amazon.com/s?k=kettle", "", "no listing of amazon"),
        ("https://www.ebay.com/itm/123456789012", "amazon", "no address of amazon"),
        ("https://www.ebay.com/itm/123456789012", "amazin", "no marketplace 'amazin'"),
        ("https://shop.example/" + "x" * 400, "", "too long"),
    ],
)
def test_what_can_not_be_watched_is_said(registry: Registry, url: str, marketplace: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        find_listing(url, registry, marketplace)


def test_named_listings_are_watched_whoever_found_them_before(tmp_path: Path, registry: Registry) -> None:
    """One that a search had found as an ordinary listing comes under watch, too; facts of others stay."""
    store = open_store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    url = "https://www.ebay.com/itm/{}"
    known = "ebay:111111111111"
    with store.session() as session:
        session.add(
            ListingRow(
                listing_key=known,
                marketplace="ebay",
                listing_id="111111111111",
                url=url.format("111111111111"),
                role="background",
                found_by="site_search",
                first_seen_at=NOON,
            )
        )
    wanted = [
        Wanted(url.format("111111111111"), note="a reader wrote"),
        Wanted("nonsense", line=2),
        Wanted(url.format("222222222222") + "?x=1", line=3),
        Wanted(url.format("222222222222"), line=4),
    ]
    with store.session() as session:
        outcomes = add_by_hand(session, registry, wanted, TYPED, "J. Doe", NOON)
    assert [one.result for one in outcomes] == ["new", "refused", "new", "known"]
    assert "nonsense" in outcomes[1].note
    with store.session() as session:
        assert suspects(session) == {known, "ebay:222222222222"}
        assert session.get_one(ListingRow, known).role == "background"
        assert session.get_one(ListingRow, "ebay:222222222222").found_by == "hand"
        rows = session.scalars(select(HandListingRow)).all()
        assert [row.note for row in rows] == ["a reader wrote", ""]
        assert {(row.added_by, row.source) for row in rows} == {("J. Doe", TYPED)}
        again = add_by_hand(session, registry, wanted[:1], TYPED, "J. Doe", NOON)
    assert [one.result for one in again] == ["known"]
    store.close()


def test_a_table_is_read_by_column_name(tmp_path: Path) -> None:
    path = tmp_path / "found.csv.gz"
    table = '\ufeffNote,URL,Marketplace,seen by\n"two, three",https://a.example/1,,x\n,,,\n,https://b.example/2,etsy\n'
    path.write_bytes(gzip.compress(table.encode()))
    assert read_list(path) == [
        Wanted("https://a.example/1", "", "two, three", 2),
        Wanted("https://b.example/2", "etsy", "", 4),
    ]


def test_a_plain_list_is_one_address_a_line(tmp_path: Path) -> None:
    path = tmp_path / "found.txt"
    path.write_text("# from the meeting\n\nhttps://a.example/1\n  https://b.example/2 \n")
    assert read_list(path) == [Wanted("https://a.example/1", line=3), Wanted("https://b.example/2", line=4)]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"\xff\xfe\x00", "UTF-8"), (b"link,price\nhttps://a.example/1,3\n", "field url")],
)
def test_a_file_that_is_neither_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "found.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=says):
        read_list(path)
