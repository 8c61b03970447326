"""Official interfaces called within a run, against doubles on loopback that answer as the documentation says."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crawler.apis.aliexpress import ITEM, signed
from crawler.apis.base import Api
from crawler.archive.reader import Archive
from crawler.marketplaces.states import State
from crawler.plan import Slot
from crawler.record import PAGES_FILE, Capture, Outcome
from crawler.run import run_plan
from tests.integration.interfaces import (
    CANARY,
    EBAY_KEYS,
    TOKEN,
    US,
    EbayDouble,
    answer,
    bound,
    everything,
    item_slot,
    keys_for,
)  # fmt: skip
from tests.integration.loopback import Loopback, captures, planned
from tests.unit.apis.answers import (
    ALIEXPRESS_PRODUCT,
    aliexpress_products,
    ebay_error,
    ebay_item,
    ebay_page,
    etsy_item,
    walmart_item,
)


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The doubles need no pause between calls."""
    monkeypatch.setattr(Api, "min_delay_s", 0.0)


@pytest.fixture
def ebay() -> Iterator[EbayDouble]:
    double = EbayDouble({"110039490209": answer(ebay_item())})
    yield double
    double.close()


def run(
    folder: Path, server: Loopback, marketplace: str, keys: dict[str, str], slots: list[Slot], **more: Any
) -> list[Capture]:
    planned(folder, slots, server, **{"allowed_marketplaces": (), "allowed_apis": (marketplace,), **more})
    run_plan(folder, keys=keys_for(server, marketplace, keys))
    return captures(folder)


def test_ebay_item_and_no_such_item(tmp_path: Path, ebay: EbayDouble) -> None:
    api = bound(ebay, "ebay", EBAY_KEYS)
    slots = [item_slot(1, api, "110039490209"), item_slot(2, api, "999999999999")]
    live, gone = run(tmp_path / "run", ebay, "ebay", EBAY_KEYS, slots)
    assert live.reading is not None
    assert live.reading.judgement.state is State.AVAILABLE
    assert (live.method, live.status, live.outcome) == ("api", 200, Outcome.FETCHED)
    assert gone.reading is not None
    assert (gone.reading.judgement.state, gone.reading.judgement.signature) == (State.UNVERIFIED, "api-item-not-found")
    assert gone.status == 404
    assert ebay.tokens == 1
    asked = next(head for head in ebay.heads if b"legacy_item_id=110039490209" in head)
    assert b"contextualLocation=country%3DUS%2Czip%3D10001" in asked
    assert re.search(rb"X-EBAY-C-MARKETPLACE-ID: EBAY_US", asked, re.IGNORECASE)
    assert "/robots.txt" not in ebay.hits


def test_no_secret_is_left_anywhere(tmp_path: Path, ebay: EbayDouble, caplog: pytest.LogCaptureFixture) -> None:
    """Even where the interface echoes the token in head and body."""
    caplog.set_level(logging.DEBUG)
    echo = answer({**ebay_item(), "shortDescription": f"you sent {TOKEN}1"}, "200 OK", f"X-Echo: {TOKEN}1")
    ebay.answers["110039490209"] = echo
    api = bound(ebay, "ebay", EBAY_KEYS)
    slots = [item_slot(1, api, "110039490209"), item_slot(2, api, "999999999999")]
    first, _ = run(tmp_path / "run", ebay, "ebay", EBAY_KEYS, slots)
    assert any(CANARY.encode() in head for head in ebay.heads)
    assert CANARY.encode() not in everything(tmp_path)
    assert CANARY not in caplog.text
    with Archive(tmp_path / "run" / PAGES_FILE) as archive:
        page = archive.page(first.warc_record_id)
    assert json.loads(page.body)["legacyItemId"] == "110039490209"
    assert page.body.count(b"*") >= len(TOKEN)


def test_an_expired_token_is_renewed_once(tmp_path: Path, ebay: EbayDouble) -> None:
    ebay.calls_per_token = 1
    api = bound(ebay, "ebay", EBAY_KEYS)
    found = run(
        tmp_path / "run", ebay, "ebay", EBAY_KEYS, [item_slot(number, api, "110039490209") for number in range(3)]
    )
    assert [one.reading.judgement.state for one in found if one.reading] == [State.AVAILABLE] * 3
    assert ebay.tokens == 3


def test_a_refused_key_ends_the_calls_and_says_nothing_of_listings(tmp_path: Path, ebay: EbayDouble) -> None:
    ebay.calls_per_token = 0
    api = bound(ebay, "ebay", EBAY_KEYS)
    found = run(tmp_path / "run", ebay, "ebay", EBAY_KEYS, [item_slot(n, api, "110039490209") for n in range(4)])
    assert found[0].reading is not None
    assert found[0].reading.judgement.state is State.BLOCKED
    assert [one.outcome for one in found[1:]] == [Outcome.NOT_ALLOWED] * 3
    assert sum("legacy_item_id" in path for path in ebay.hits.elements()) == 2


@pytest.mark.parametrize("status", ["401 Unauthorized", "500 Internal Server Error"])
def test_without_a_token_no_call_is_made(tmp_path: Path, ebay: EbayDouble, status: str) -> None:
    ebay.token_status = status
    api = bound(ebay, "ebay", EBAY_KEYS)
    first, second = run(
        tmp_path / "run", ebay, "ebay", EBAY_KEYS, [item_slot(n, api, "110039490209") for n in range(2)]
    )
    assert (first.outcome, first.reading) == (Outcome.FAILED, None)
    assert f"status {status[:3]}" in first.reason
    assert second.outcome is Outcome.NOT_ALLOWED
    assert not any("legacy_item_id" in path for path in ebay.hits)


def test_too_many_calls_rest_the_host(tmp_path: Path, ebay: EbayDouble) -> None:
    ebay.answers["110039490209"] = answer(
        ebay_error(2001, "Too many requests"), "429 Too Many Requests", "Retry-After: 60"
    )
    api = bound(ebay, "ebay", EBAY_KEYS)
    first, second = run(
        tmp_path / "run", ebay, "ebay", EBAY_KEYS, [item_slot(n, api, "110039490209") for n in range(2)]
    )
    assert first.reading is not None
    assert first.reading.judgement.state is State.BLOCKED
    assert (second.outcome, second.reason.partition(":")[0]) == (Outcome.NOT_ALLOWED, "host_paused")


def test_broken_json_and_a_redirect_are_failures(tmp_path: Path, ebay: EbayDouble) -> None:
    ebay.answers["1"] = answer(b'{"legacyItemId": "1')
    ebay.answers["2"] = answer(b"", "302 Found", "Location: http://127.0.0.1:9/elsewhere")
    api = bound(ebay, "ebay", EBAY_KEYS)
    broken, moved = run(tmp_path / "run", ebay, "ebay", EBAY_KEYS, [item_slot(n, api, str(n)) for n in (1, 2)])
    assert broken.reading is not None
    assert broken.reading.judgement.state is State.FAILED
    assert moved.reading is not None
    assert moved.reading.judgement.state in (State.REDIRECTED, State.FAILED)
    assert moved.redirects == ()


def test_search_follows_pages_within_its_budget(tmp_path: Path, ebay: EbayDouble) -> None:
    for page in range(3):
        ebay.answers[f"search {page * 200}"] = answer(ebay_page([f"11003949020{page}"], total=550))
    api = bound(ebay, "ebay", EBAY_KEYS)
    searched = Slot(
        slot_id="q1", purpose="search", marketplace="ebay", url=api.search_url("kettle", 1, US), vantage="us",
        query="kettle", phrase_id="1", max_pages=2, method="api", route="api_search",
    )  # fmt: skip
    found = run(tmp_path / "run", ebay, "ebay", EBAY_KEYS, [searched])
    assert [one.page for one in found] == [1, 2]
    assert [hit.listing_id for one in found if one.reading for hit in one.reading.hits] == [
        "110039490200",
        "110039490201",
    ]
    assert found[-1].reading is not None
    assert "offset=400" in found[-1].reading.next_page_url


def test_keys_go_to_the_interface_only(tmp_path: Path, ebay: EbayDouble) -> None:
    elsewhere = Loopback({"*": answer({})})
    try:
        api = bound(ebay, "ebay", EBAY_KEYS)
        foreign = item_slot(1, api, "110039490209").model_copy(update={"url": elsewhere.url("/buy/browse/v1/item")})
        (capture,) = run(
            tmp_path / "run", ebay, "ebay", EBAY_KEYS, [foreign],
            allowed_hosts=(ebay.authority, elsewhere.authority),
        )  # fmt: skip
        assert capture.outcome is Outcome.NOT_ALLOWED
        assert not elsewhere.heads
    finally:
        elsewhere.close()


@pytest.mark.parametrize(("keys", "allowed"), [({}, ("ebay",)), (EBAY_KEYS, ())])
def test_without_key_or_leave_nothing_is_asked(
    tmp_path: Path, ebay: EbayDouble, keys: dict[str, str], allowed: tuple[str, ...]
) -> None:
    api = bound(ebay, "ebay", EBAY_KEYS)
    (capture,) = run(tmp_path / "run", ebay, "ebay", keys, [item_slot(1, api, "110039490209")], allowed_apis=allowed)
    assert capture.outcome is Outcome.NOT_ALLOWED
    assert not ebay.heads


def test_etsy_sends_key_and_secret(tmp_path: Path) -> None:
    keys = {"keystring": f"{CANARY}-keystring", "shared_secret": f"{CANARY}-shared"}
    server = Loopback({"*": answer(etsy_item())})
    try:
        api = bound(server, "etsy", keys)
        (capture,) = run(tmp_path / "run", server, "etsy", keys, [item_slot(1, api, "123456789")])
        assert capture.reading is not None
        assert capture.reading.judgement.state is State.AVAILABLE
        assert f"x-api-key: {CANARY}-keystring:{CANARY}-shared".encode().lower() in server.heads[-1].lower()
        assert CANARY.encode() not in everything(tmp_path)
    finally:
        server.close()


def test_walmart_calls_carry_a_signature_that_the_public_key_proves(tmp_path: Path) -> None:
    import base64

    from cryptography.hazmat.primitives.asymmetric import padding
    from cryptography.hazmat.primitives.hashes import SHA256

    private = rsa.generate_private_key(65537, 2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    keys = {"consumer_id": f"{CANARY}-consumer", "private_key": pem, "key_version": "2"}
    server = Loopback({"*": answer(walmart_item())})
    try:
        api = bound(server, "walmart", keys)
        (capture,) = run(tmp_path / "run", server, "walmart", keys, [item_slot(1, api, "12417832")])
        assert capture.reading is not None
        assert capture.reading.judgement.state is State.AVAILABLE
        lines = dict(line.split(": ", 1) for line in server.heads[-1].decode().split("\r\n") if ": " in line)
        sent = {name.upper(): value for name, value in lines.items()}
        text = f"{sent['WM_CONSUMER.ID']}\n{sent['WM_CONSUMER.INTIMESTAMP']}\n{sent['WM_SEC.KEY_VERSION']}\n"
        signature = sent["WM_SEC.AUTH_SIGNATURE"]
        private.public_key().verify(base64.b64decode(signature), text.encode(), padding.PKCS1v15(), SHA256())
        left = everything(tmp_path)
        assert CANARY.encode() not in left
        assert signature.encode() not in left
    finally:
        server.close()


def test_aliexpress_signs_in_the_address_and_leaves_none_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    keys = {"app_key": f"{CANARY}-app", "app_secret": f"{CANARY}-secret", "tracking_id": "default"}
    server = Loopback({"*": answer(aliexpress_products(ITEM, [ALIEXPRESS_PRODUCT]))})
    try:
        api = bound(server, "aliexpress", keys)
        (capture,) = run(tmp_path / "run", server, "aliexpress", keys, [item_slot(1, api, "1005001234567890")])
        assert capture.reading is not None
        assert capture.reading.judgement.state is State.SHIPPING_UNKNOWN
        sent = {
            name: values[0] for name, values in parse_qs(urlsplit(server.heads[-1].split()[1].decode()).query).items()
        }
        assert sent["sign"] == signed(keys["app_secret"], sent)
        assert sent["product_ids"] == "1005001234567890"
        left = everything(tmp_path) + caplog.text.encode()
        assert CANARY.encode() not in left
        assert sent["sign"].encode() not in left
    finally:
        server.close()
