"""RFC 9309 as we keep it."""

import pytest

from crawler.robots import MAX_BYTES, rules_from, unreachable

PAGE = "https://shop.example/item/1"


@pytest.mark.parametrize(
    ("status", "allowed"),
    [(200, True), (204, True), (301, False), (400, True), (401, False), (403, False), (404, True), (410, True),
     (429, False), (451, True), (500, False), (502, False), (503, False), (599, False)],
)  # fmt: skip
def test_what_a_status_without_rules_means(status: int, allowed: bool) -> None:
    assert rules_from(status, b"").allows(PAGE) is allowed


def test_unreachable_forbids_everything() -> None:
    assert not unreachable("timeout").allows(PAGE)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /item", False),
        ("User-agent: *\nDisallow: /item\nAllow: /item/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: stillforsale\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: StillForSale\nDisallow: /", False),
        ("User-agent: Scrapy\nDisallow: /", False),
        ("user-agent:scrapy\nDisallow: /item\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: Scrapy/2.19\nDisallow: /", False),
        ("User-agent: a\nUser-agent: Scrapy\nDisallow: /", False),
        ("User-agent: Scrapy\nDisallow: /private", True),
        ("User-agent: stillforsale\nAllow: /\n\nUser-agent: Scrapy\nDisallow: /", False),
        ("User-agent: Scraper\nDisallow: /", True),
        ("# User-agent: Scrapy\nUser-agent: x\nDisallow: /", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("<html>not a robots.txt</html>", True),
    ],
)
def test_rules(text: str, allowed: bool) -> None:
    assert rules_from(200, text.encode()).allows(PAGE) is allowed


def test_the_slowest_pace_that_binds_us_counts() -> None:
    text = "User-agent: *\nCrawl-delay: 3\nRequest-rate: 1/10\n\nUser-agent: scrapy\nCrawl-delay: 20"
    assert rules_from(200, text.encode()).delay_s == 20
    assert rules_from(200, b"User-agent: *\nCrawl-delay: 3\nRequest-rate: 1/10").delay_s == 10
    assert rules_from(404, b"User-agent: *\nCrawl-delay: 3").delay_s == 0


def test_only_the_first_500_kib_are_read() -> None:
    text = b"User-agent: *\n" + b"#" * MAX_BYTES + b"\nDisallow: /"
    assert rules_from(200, text).allows(PAGE)
