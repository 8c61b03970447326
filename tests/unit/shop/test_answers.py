"""What the market answers besides listings, and that no request can upset it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy import asarray, count_nonzero
from PIL import Image
from protego import Protego

from crawler.shop.answers import CRAWL_DELAY_S, Answer, Visit, answer
from crawler.shop.conditions import FaultKind
from crawler.shop.goods import words_of
from crawler.shop.pictures import picture
from crawler.shop.schema_org import currency_of, money, picture_urls
from crawler.shop.script import build_story
from crawler.shop.story import Offer, Story
from tests.unit.shop.conftest import BASE, PRODUCTS, START

Find = Callable[..., Offer]
ROUGH = build_story(PRODUCTS, START, seed=7)


def get(story: Story, target: str, country: str = "US") -> Answer:
    return answer(Visit(story, START, BASE, target, country))


def test_robots_txt_asks_for_a_pace_and_closes_paths(story: Story) -> None:
    rules = Protego.parse(get(story, "/robots.txt").body.decode())
    assert rules.crawl_delay("any-crawler") == CRAWL_DELAY_S == 1
    assert not rules.can_fetch(f"{BASE}/cart", "any-crawler")
    assert not rules.can_fetch(f"{BASE}/account", "any-crawler")
    assert rules.can_fetch(f"{BASE}/item/1", "any-crawler")
    assert rules.can_fetch(f"{BASE}/search?q=x", "any-crawler")


def test_robots_txt_is_out_of_order_in_the_night_of_errors_but_not_behind_the_wall(story: Story) -> None:
    for kind, status in ((FaultKind.SERVER_ERROR, 503), (FaultKind.WALL, 200)):
        fault = next(one for one in story.faults() if one.kind is kind and one.listing_ids is None)
        got = answer(Visit(story, fault.from_at, BASE, "/robots.txt"))
        assert got.status == status
        assert got.content_type.startswith("text/plain" if status == 200 else "text/html")


@pytest.mark.parametrize("path", ["/", "/search?q=", "/search?q=walker&page=2", "/category/home", "/help"])
def test_pages_of_the_site_are_served(path: str, story: Story) -> None:
    got = get(story, path)
    assert (got.status, got.content_type) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    "path", ["/nowhere", "/item/", "/item/abc", "/item/1/2", "/seller/nobody", "/pictures/1-00000001-1.png"]
)
def test_what_is_not_there_is_a_404(path: str, story: Story) -> None:
    assert get(story, path).status == 404


def test_the_last_page_of_results_names_no_next_one(story: Story) -> None:
    pages = -(-len(story.shown("US", START)) // 8)
    assert b'rel="next"' in get(story, f"/search?q=&page={pages - 1}").body
    assert b'rel="next"' not in get(story, f"/search?q=&page={pages}").body


def test_words_of_a_query_are_shown_as_words(story: Story) -> None:
    body = get(story, "/search?q=%3Cscript%3Ealert(1)%3C/script%3E").body
    assert b"<script>alert" not in body
    assert b"&lt;script&gt;alert" in body


def test_words_of_a_listing_cannot_break_the_page(story: Story, offer: Find) -> None:
    found = offer("control_live")
    goods = replace(found.phases[0].goods, title='</script><b>"5 < 6" & more</b>')
    changed = replace(found, phases=(replace(found.phases[0], goods=goods),))
    body = get(replace(story, offers=(changed,)), f"/item/{found.listing_id}").body
    assert b"<b>" not in body


@given(st.text(max_size=60), st.text(max_size=5))
@settings(max_examples=200, deadline=None)
def test_no_request_upsets_it(target: str, country: str) -> None:
    for path in (target, f"/{target}", f"/search?q={target}", f"/search?q=a&page={target}", f"/item/{target}"):
        got = get(ROUGH, path, country)
        assert got.status in (200, 302, 404)


def test_a_picture_is_a_png_and_the_same_each_time() -> None:
    first = picture(7, 1)
    picture.cache_clear()
    assert picture(7, 1) == first != picture(7, 2)
    with Image.open(BytesIO(first)) as image:
        assert (image.format, image.size) == ("PNG", (128, 128))


def test_pictures_of_different_goods_look_different() -> None:
    """PDQ calls two pictures the same at a distance of 31 or less (Facebook, The TMK+PDQF Test-Set Report, 2019)."""
    hashes = []
    for seed in range(12):
        with Image.open(BytesIO(picture(seed, 1))) as image:
            bits, quality = pdqhash.compute(asarray(image.convert("RGB")))
        assert quality > 50
        hashes.append(bits)
    distances = [count_nonzero(a != b) for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(distances) > 62


def shown_picture(story: Story, listing_id: str, at: datetime) -> Answer:
    """The first picture of a listing as its page names it."""
    phase = story.by_id[listing_id].phase_at(at)
    assert phase is not None
    url = picture_urls("", story.by_id[listing_id], phase)[0]
    return answer(Visit(replace(story, troubles=()), at, BASE, url))


def test_a_relisting_shows_the_pictures_of_the_old_listing(story: Story) -> None:
    for old, new, _ in story.relistings():
        at = story.by_id[new].phases[0].from_at
        pictures = [shown_picture(story, one, at) for one in (old, new)]
        assert pictures[0].status == 200
        assert pictures[0].body == pictures[1].body


@pytest.mark.parametrize("scene", ["turns_into_another", "is_rewritten"])
def test_another_product_shows_other_pictures(scene: str, story: Story, offer: Find) -> None:
    turned = offer(scene)
    at = turned.phases[1].from_at
    before, after = (shown_picture(story, turned.listing_id, one) for one in (at - timedelta(seconds=1), at))
    assert before.status == after.status == 200
    assert before.body != after.body


def test_a_picture_is_not_there_before_it_was_uploaded(story: Story, offer: Find) -> None:
    turned = offer("turns_into_another")
    url = picture_urls("", turned, turned.phases[1])[0]
    assert get(story, url).status == 404


@pytest.mark.parametrize(
    ("country", "told"), [("US", "24.99"), ("GB", "19.99"), ("DE", "22.49"), ("ZZ", "24.99"), ("", "24.99")]
)
def test_prices_are_told_in_the_buyers_currency(country: str, told: str) -> None:
    assert money(2499, currency_of(country)) == told


def test_words_of_a_search() -> None:
    assert words_of("Baby Walkers for the BB-200") == {"baby", "walker", "bb-200", "bb", "200"}
