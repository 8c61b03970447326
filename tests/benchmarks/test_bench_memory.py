"""The memory of a crawl over many pages, at a size at which it says whether it works; in full at night."""

import gzip

import pytest

from crawler.bench_memory import GROWTH_BAR, bench_memory
from crawler.bench_pages import endless_wires


def test_pages_without_end_are_all_different_and_whole() -> None:
    wire = endless_wires()
    pages = [gzip.decompress(wire(number).partition(b"\r\n\r\n")[2]) for number in (0, 1, 200, 50_001)]
    assert len(set(pages)) == len(pages)
    assert all(page.startswith(b"<!DOCTYPE html>") and page.endswith(b"</html>") for page in pages)
    assert all(40_000 <= len(page) <= 450_000 for page in pages)
    assert b"50001" in pages[3]
    assert pages[0].partition(b"</button>")[2] == pages[2].partition(b"</button>")[2]


def test_the_memory_is_told_on_the_way_and_in_the_end() -> None:
    said: list[str] = []
    figures = bench_memory(pages=300, runs=2, say=said.append)
    assert figures["pages"] == 300
    assert len(said) >= 50
    assert 20 < figures["warm_mb"] <= figures["last_mb"] * 1.5 < 600
    assert set(figures["met"]) == {"growth"}
    assert figures["met"]["growth"] == (figures["growth"] <= GROWTH_BAR)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("runs", [1, 50])
def test_memory_is_flat_over_fifty_thousand_pages(runs: int) -> None:
    figures = bench_memory(runs=runs)
    assert all(figures["met"].values()), figures
