"""Every marketplace folder is complete, loadable, documented and polite."""

from pathlib import Path

import parsel
import pytest

from crawler.apis.base import LAYOUT
from crawler.errors import BadInput
from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.patterns import pattern
from crawler.marketplaces.registry import DESCRIPTION, HERE, common_walls, load_registry
from crawler.marketplaces.states import SearchState, State
from crawler.marketplaces.table import marketplaces_page, rules_page
from crawler.plan import Vantage
from crawler.reading import MarkKind
from tests.conftest import REPOSITORY

REGISTRY = load_registry()
MARKETPLACES = list(REGISTRY)
REFERENCE = REPOSITORY / "docs" / "reference"
MISSION = {"alibaba", "aliexpress", "1688", "taobao", "tmall", "jd", "amazon", "ebay", "craigslist"}
BEYOND = {"walmart", "samsclub", "etsy", "shopify", "made-in-china", "mercari", "mercadolibre", "yahoo-flea", "generic"}
DECLARED = {"temu", "shein", "dhgate", "lazada", "facebook", "wish"}
FLOOR_S = 1.0
ENDS = {MarkKind.REMOVED, MarkKind.REMOVED_POLICY, MarkKind.SELLER_GONE, MarkKind.ENDED, MarkKind.VARIANT_GONE}

each = pytest.mark.parametrize("marketplace", MARKETPLACES, ids=lambda one: one.name)


def test_every_marketplace_of_the_mission_is_there() -> None:
    assert set(REGISTRY.names) >= MISSION | BEYOND | DECLARED


def test_every_folder_is_a_marketplace() -> None:
    folders = {path.name for path in HERE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == {one.folder.name for one in MARKETPLACES}


@each
def test_the_page_objects_load(marketplace: Marketplace) -> None:
    assert marketplace.pages.listing.__doc__
    assert marketplace.pages.search.__doc__
    assert (marketplace.folder / "__init__.py").read_text().startswith('"""')


@each
def test_nobody_is_faster_than_the_floor(marketplace: Marketplace) -> None:
    assert marketplace.min_delay_s >= FLOOR_S


@each
def test_the_description_is_complete(marketplace: Marketplace) -> None:
    site = marketplace.site
    assert site.terms.says
    assert site.controls.live
    assert site.controls.dead
    if marketplace.name == "generic":
        return
    assert site.hosts
    assert site.listing_patterns
    assert site.languages
    assert site.region.how
    assert any(sign.kind in ENDS for sign in site.signatures), "no signature of an end: silence would be all we get"


@each
def test_every_selector_and_pattern_can_be_used(marketplace: Marketplace) -> None:
    site = marketplace.site
    selectors = [*site.recognise, *site.search_marks, *site.seller_marks, *(layout.css for layout in site.layouts)]
    selectors += [one for many in (*site.fields.values(), *site.hits.values()) for one in many]
    selectors += [one for sign in site.signatures for one in (sign.css, sign.unless) if one]
    for selector in selectors:
        if not selector.startswith("json:"):
            parsel.css2xpath(selector)
    for sign in site.signatures:
        for text in (sign.text, sign.title, sign.not_title, sign.url, sign.raw):
            pattern(text)
        assert sign.layout in {"", LAYOUT, *(layout.id for layout in site.layouts)}
        names = sign.json_path.partition(":")[0]
        assert names in {"", "body", *site.states}


@each
def test_a_signature_is_scoped(marketplace: Marketplace) -> None:
    for sign in marketplace.site.signatures:
        assert sign.css or sign.json_path or sign.title or sign.url or sign.status or (sign.raw and sign.max_bytes)
        assert not sign.raw or 0 < sign.max_bytes <= 20_000


@each
def test_a_status_alone_is_an_end_only_where_somebody_confirmed_it(marketplace: Marketplace) -> None:
    bare = [sign for sign in marketplace.site.signatures if sign.status and not (sign.css or sign.json_path)]
    assert all(sign.kind in ENDS for sign in bare)


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_what_is_only_declared_never_gives_a_takedown(name: str) -> None:
    site = REGISTRY.get(name).site
    assert site.unverified
    assert not [sign.id for sign in site.signatures if sign.kind in ENDS and sign.verified is not None]


@each
def test_it_asks_for_a_us_buyer(marketplace: Marketplace) -> None:
    vantage = Vantage(name="us", country="US", postal_code="10001")
    assert all("{" not in value for value in marketplace.region_cookies(vantage).values())
    assert "{" not in marketplace.search_url("a b", 2, vantage)
    if marketplace.site.search_url:
        assert marketplace.kind_of(marketplace.search_url("a b", 1, vantage)) in ("search", None)


def test_walls_of_many_sites_are_tested_for_everywhere() -> None:
    ids = {wall["id"] for wall in common_walls()}
    assert all(ids <= {sign.id for sign in one.site.signatures} for one in MARKETPLACES)


def test_the_reference_is_in_step() -> None:
    hint = "run python -m crawler.marketplaces.table"
    assert (REFERENCE / "marketplaces.md").read_text("utf-8") == marketplaces_page(REGISTRY), hint
    assert (REFERENCE / "rules.md").read_text("utf-8") == rules_page(), hint


def test_every_state_is_explained() -> None:
    page = (REFERENCE / "states.md").read_text("utf-8")
    assert not [state.value for state in (*State, *SearchState) if f"| `{state.value}` |" not in page]


def test_a_folder_of_ones_own_is_a_marketplace_too(tmp_path: Path) -> None:
    """The how-to is followed: its description and a saved page, no other file changed."""
    page = (REPOSITORY / "docs" / "how-to" / "add-a-marketplace.md").read_text("utf-8")
    description = page.split("```toml\n")[1].split("```")[0]
    (tmp_path / "my_market").mkdir()
    (tmp_path / "my_market" / DESCRIPTION).write_text(description, "utf-8")
    from crawler.marketplaces.saved import PageNotes, read_saved, vantage_of

    registry = load_registry(tmp_path)
    url = "https://www.mymarket.example/item/123?from=search"
    live = (
        '<span id="ship-to" data-country="US">USA</span><h1 class="item-title">Kettle</h1>'
        '<p class="item-price">1.024,50</p><button class="buy">Buy</button>'
    )
    record = read_saved(live.encode(), registry, PageNotes(url), vantage_of("us"))
    assert (record["marketplace"], record["state"], record["price"]) == ("my-market", "available", "1024.50")
    assert (record["listing_id"], record["url"]) == ("123", "https://www.mymarket.example/item/123")
    gone = read_saved(b"<main><p class=notice>This item is no longer available</p></main>", registry, PageNotes(url))
    assert (gone["state"], gone["signature"]) == ("unverified", "removed")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("name = ", "can't be read"),
        ('name = "x"', "label"),
        ('name = "other"\nlabel = "Other"', "terms"),
    ],
)
def test_a_broken_description_is_named(content: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / DESCRIPTION).write_text(content)
    with pytest.raises(BadInput, match=says) as caught:
        load_registry(tmp_path)
    assert DESCRIPTION in str(caught.value)
