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


@pytest.mark.parametrize(
    "path",
    ["/private/x", "/%70rivate/x", "/x/../private/y", "/./private/y", "//private", "/%2e/private", "/x/%2E%2e/private",
     "/x/..//private/", "/../private", "/a/b/../../private/.", "/x\\..\\private", "/x/..\\private"],
)  # fmt: skip
def test_a_closed_path_is_closed_in_every_spelling(path: str) -> None:
    rules = rules_from(200, b"User-agent: *\nDisallow: /private\n")
    assert not rules.allows(f"https://shop.example{path}")


@pytest.mark.parametrize(
    "url",
    ["https://shop.example/", "https://shop.example", "https://shop.example/item//1/", "https://shop.example/a/../b",
     "https://shop.example/x?next=/private", "https://shop.example/x#/private", "https://[bad/"],
)  # fmt: skip
def test_an_open_path_is_open_in_every_spelling(url: str) -> None:
    assert rules_from(200, b"User-agent: *\nDisallow: /private\n").allows(url)


def test_a_rule_about_a_folder_holds_for_the_folder() -> None:
    rules = rules_from(200, b"User-agent: *\nDisallow: /a/\nAllow: /a/b$")
    assert not rules.allows("https://shop.example/x/../a/")
    assert not rules.allows("https://shop.example/a/c/..")
    assert rules.allows("https://shop.example/a/b")
