"""What a browser sends: taken whole or refused with a sentence."""

import json
from typing import Any

import pytest

from crawler.errors import BadInput
from monitor.capture import saved
from monitor.capture.saved import TooLarge, is_web_address, parse_saved
from tests.unit.capture.pages import SHOT, sent

PAGE = "<html><body>Ein Wasserkocher für 12 €\n</body></html>".encode()


def test_page_and_screenshot_come_apart_again() -> None:
    page = parse_saved(sent(PAGE, SHOT, slot_id="look-00001"))
    assert (page.html, page.png) == (PAGE, SHOT)
    assert (page.about.slot_id, page.about.status) == ("look-00001", 200)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "file:///etc/hostname"}, "url"),
        ({"url": "https://shop.example/\nWARC-Type: response"}, "url"),
        ({"by": "somebody"}, "by"),
        ({"version": 2}, "version"),
        ({"status": "200"}, "status"),
        ({"loaded_ms_ago": -1.0}, "loaded_ms_ago"),
        ({"cookies": "a=b"}, "cookies"),
        ({"html_bytes": 0}, "html_bytes"),
    ],
)
def test_a_field_that_can_not_be_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_saved(sent(PAGE, **changes))
    assert refused.value.field == field


def test_lengths_must_be_those_announced() -> None:
    for body in (sent(PAGE)[:-1], sent(PAGE) + b"x", sent(PAGE, SHOT, shot_bytes=0)):
        with pytest.raises(BadInput, match="announced"):
            parse_saved(body)


def test_a_screenshot_is_a_png() -> None:
    with pytest.raises(BadInput, match="PNG"):
        parse_saved(sent(PAGE, b"<svg onload=alert(1)>"))


def test_what_is_too_large_is_said_with_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MAX_BODY_BYTES", 10)
    with pytest.raises(TooLarge, match="more than the 10"):
        parse_saved(sent(PAGE))


def test_infinity_is_no_age() -> None:
    fields = json.loads(sent(PAGE).partition(b"\n")[0])
    head = json.dumps({**fields, "loaded_ms_ago": float("inf")}).encode()
    with pytest.raises(BadInput):
        parse_saved(head + b"\n" + PAGE)


def test_only_http_and_https_with_a_host_are_addresses() -> None:
    good = ("https://shop.example/a?b=c#d", "http://127.0.0.1:8080/x")
    bad = ("", "shop.example/a", "data:text/html,x", "https://", "https://[", "https://a/<b>", "https://a/ b")
    assert all(map(is_web_address, good))
    assert not any(map(is_web_address, bad))
