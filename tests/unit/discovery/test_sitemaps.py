"""Sitemaps: which documents they name, which listings are kept, and that none of their bytes does harm."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.marketplaces.registry import load_registry
from crawler.marketplaces.states import SearchState
from crawler.plan import Slot
from crawler.reading import FetchedPage, Reading
from crawler.sitemaps import SITEMAP, read_sitemap

HOME = "https://www.etsy.com"
ETSY = load_registry().get("etsy")
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PARTS = "".join(f"<sitemap><loc>{HOME}/{part}</loc></sitemap>" for part in ("s1.xml", "s2.xml.gz"))
INDEX = f"<sitemapindex {NS}>{PARTS}</sitemapindex>"
PAGES = f"""<urlset {NS}><url><loc>{HOME}/listing/123456789/wooden-baby-rattle?ref=map</loc></url>
<url><loc>{HOME}/listing/123456780/silver-ring</loc></url><url><loc>{HOME}/shop/Toys</loc></url></urlset>"""


def read(body: str | bytes, url: str = f"{HOME}/s1.xml", status: int | None = 200) -> Reading:
    slot = Slot(
        slot_id="s", purpose="search", marketplace="etsy", url=url, vantage="us", route=SITEMAP,
        query="acme kettle\nbaby rattle",
    )  # fmt: skip
    content = body.encode() if isinstance(body, str) else body
    return read_sitemap(FetchedPage(url=url, body=content, status=status), slot, ETSY)


def test_robots_names_sitemaps() -> None:
    reading = read(
        "User-agent: *\nDisallow: /x\nSitemap: /maps/all.xml\nsitemap: https://maps.example/b.xml", f"{HOME}/robots.txt"
    )
    assert reading.more == (f"{HOME}/maps/all.xml", "https://maps.example/b.xml")


def test_an_index_names_further_ones() -> None:
    assert read(INDEX).more == (f"{HOME}/s1.xml", f"{HOME}/s2.xml.gz")


@pytest.mark.parametrize("body", [PAGES.encode(), gzip.compress(PAGES.encode())])
def test_only_listings_with_all_words_of_a_phrase_are_kept(body: bytes) -> None:
    reading = read(body)
    assert [(hit.listing_id, hit.url) for hit in reading.hits] == [
        ("123456789", "https://www.etsy.com/listing/123456789")
    ]
    assert "rattle" in reading.hits[0].title
    assert reading.judgement.state is SearchState.SEARCHED


def test_a_list_of_addresses_will_do() -> None:
    assert len(read(f"{HOME}/listing/123456789/baby-rattle\n{HOME}/listing/1234567\n").hits) == 1


BOMB = f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset {NS}><url><loc>&b;</loc></url></urlset>'


@pytest.mark.parametrize("body", ["", "<html></html>", "<urlset", BOMB, b"\x1f\x8bbroken", "not a list"])
def test_what_is_no_sitemap_is_a_failure(body: str | bytes) -> None:
    reading = read(body)
    assert reading.judgement.state is SearchState.FAILED
    assert not reading.hits


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_an_error_is_a_failure(status: int) -> None:
    assert read(PAGES, status=status).judgement.state is SearchState.FAILED


@given(st.binary(max_size=400))
def test_no_bytes_raise(body: bytes) -> None:
    read(body)
    read(b"<urlset>" + body + b"</urlset>")
    read(b"\x1f\x8b" + body)
