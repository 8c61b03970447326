"""The benchmark of the crawl, at a size at which it says whether it works; the bars are for a quiet machine."""

import gzip

import pytest

from crawler.bench import BARS, bench_crawl
from crawler.bench_pages import page_html, page_wire


def test_the_pages_are_of_realistic_size_and_all_different() -> None:
    pages = [page_html(number) for number in range(12)]
    assert all(40_000 <= len(page) <= 450_000 for page in pages)
    assert len(set(pages)) == 12
    head, _, body = page_wire(3).partition(b"\r\n\r\n")
    assert gzip.decompress(body) == pages[3]
    assert b"Content-Encoding: gzip" in head


def test_all_four_kinds_fetch_every_page_and_evidence_is_cheap() -> None:
    figures = bench_crawl(pages=64, rounds=1)
    assert figures["met"]["every_page_fetched"]
    assert set(figures["pages_per_s"]) == {"bare", "full", "bare-parse", "full-read"}
    assert figures["evidence_per_wire"] <= BARS["evidence_per_wire"]
    assert figures["ratio_fetch"] > 0
    assert max(figures["peak_mb"].values()) < 400


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_the_bars_are_met() -> None:
    figures = bench_crawl(pages=2000)
    assert all(figures["met"].values()), figures
