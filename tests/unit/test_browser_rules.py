"""What a rendered page may ask for, as rules without a browser."""

import subprocess
import sys
from pathlib import Path

import pytest

from crawler import browser
from crawler.archive.shots import shot_name, write_shot
from crawler.browser_rules import OwnSite, cookie_header, refusal, region_cookies, registrable
from crawler.zones import time_zone

SITE = OwnSite("https://www.shop.co.uk/item/1", ("shop.com", "127.0.0.1:8080"))


@pytest.mark.parametrize(
    ("kind", "method", "url", "why"),
    [
        ("script", "GET", "https://cdn.example.net/a.js", ""),
        ("stylesheet", "GET", "https://cdn.example.net/a.css", ""),
        ("xhr", "GET", "https://api.shop.co.uk/item", ""),
        ("fetch", "GET", "http://api.shop.com:8443/item", ""),
        ("fetch", "GET", "http://127.0.0.1:9/item", ""),
        ("fetch", "GET", "https://shop.co.uk.evil.net/item", "data from another site"),
        ("xhr", "GET", "https://notshop.com/item", "data from another site"),
        ("xhr", "POST", "https://api.shop.co.uk/item", "method POST"),
        ("ping", "POST", "https://shop.com/", "method POST"),
        ("image", "GET", "https://shop.com/a.png", "kind image"),
        ("websocket", "GET", "wss://shop.com/", "scheme wss"),
        ("eventsource", "GET", "https://shop.com/", "kind eventsource"),
        ("script", "GET", "file:///etc/hostname", "scheme file"),
        ("script", "GET", "chrome://version", "scheme chrome"),
    ],
)
def test_scripts_from_anywhere_data_from_the_site(kind: str, method: str, url: str, why: str) -> None:
    assert refusal(kind, method, url, SITE) == why


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.b.shop.co.uk", "shop.co.uk"),
        ("one.myshopify.com", "one.myshopify.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("ACS.AliExpress.com.", "aliexpress.com"),
    ],
)
def test_a_site_is_a_registrable_domain(host: str, name: str) -> None:
    assert registrable(host) == name


def test_the_policy_refuses_what_no_request_hook_sees() -> None:
    policy = SITE.content_policy()
    for words in ("worker-src 'none'", "frame-src 'none'", "form-action 'none'", "sandbox allow-scripts"):
        assert words in policy
    connect = next(rule for rule in policy.split("; ") if rule.startswith("connect-src"))
    assert "https://*.shop.co.uk:*" in connect
    assert "http://127.0.0.1:*" in connect
    assert "ws" not in connect
    assert "allow-popups" not in policy
    assert "\n" not in policy


def test_region_cookies_go_to_the_marketplace_only() -> None:
    values = {"region": "US"}
    (cookie,) = region_cookies("https://www.shop.com/item/1", values, ("shop.com",))
    assert (cookie["domain"], cookie["path"], cookie["value"]) == (".shop.com", "/", "US")
    assert region_cookies("https://elsewhere.net/", values, ("shop.com",)) == []
    (cookie,) = region_cookies("http://127.0.0.1:8080/x", values, ("127.0.0.1:8080",))
    assert cookie["url"] == "http://127.0.0.1:8080/x"


def test_cookies_of_a_look_go_back_to_their_own_host() -> None:
    jar = [
        {"name": "all", "value": "1", "domain": ".shop.com", "path": "/", "secure": False},
        {"name": "one", "value": "2", "domain": "www.shop.com", "path": "/", "secure": False},
        {"name": "safe", "value": "3", "domain": ".shop.com", "path": "/", "secure": True},
        {"name": "deep", "value": "4", "domain": ".shop.com", "path": "/cart", "secure": False},
    ]
    assert cookie_header(jar, "www.shop.com", secure=True) == "all=1; one=2; safe=3"
    assert cookie_header(jar, "api.shop.com:8443", secure=False) == "all=1"
    assert cookie_header(jar, "notshop.com", secure=True) == ""


def test_time_zones_of_countries() -> None:
    assert time_zone("US") == "America/New_York"
    assert time_zone("JP") == "Asia/Tokyo"
    assert time_zone("ZZ") == "UTC"


def test_a_picture_is_named_by_a_hash_of_its_slot() -> None:
    name = shot_name("../../etc/passwd", 1)
    assert name.startswith("shots/")
    assert name.count("/") == 1
    assert ".." not in name
    assert shot_name("a", 1) != shot_name("a", 2)


def test_only_a_picture_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a PNG"):
        write_shot(tmp_path, "slot", 1, b"<svg onload=alert(1)>")


def test_nothing_heavy_is_imported_before_a_page_needs_it() -> None:
    code = "import sys, crawler.run, crawler.browser; crawler.browser.available(); print('playwright' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(("extra", "found"), [(False, True), (True, False)])
def test_what_is_missing_is_said_in_one_sentence(extra: bool, found: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "find_spec", lambda _: object() if extra else None)
    monkeypatch.setattr(browser, "executable", lambda: "/usr/bin/chromium" if found else None)
    there, why = browser.available()
    assert not there
    assert ("extra `browser`" in why) == (not extra)
    assert ("no Chromium" in why) == extra
