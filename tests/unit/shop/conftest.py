"""What the tests of the demo market share: stories of made-up products, and looks without a network."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from crawler.marketplaces.reader import read_page
from crawler.marketplaces.registry import Registry, load_registry
from crawler.plan import Vantage
from crawler.reading import FetchedPage, PageKind, Reading
from crawler.shop.answers import Answer, Visit, answer
from crawler.shop.goods import RecalledProduct
from crawler.shop.script import build_story
from crawler.shop.stall import write_marketplace
from crawler.shop.story import Offer, Story

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:4321"
PRODUCTS = (
    RecalledProduct("x:1", "Bramble Bay", "Hopalong Baby Walker", "BB-200", "0012345678905", 40, 70, "baby walker"),
    RecalledProduct("x:2", "Ottavo", "Spark Magnet Balls 216", "", "", 12, 25, "magnetic balls"),
    RecalledProduct("x:3", "Kessler", "Rapid Electric Kettle", "KX-200", "", 25, 45, "electric kettle"),
    RecalledProduct("x:4", "Fenwick", "Glide Infant Swing FS10", "FS10", "", 80, 140, "infant swing"),
    RecalledProduct("x:5", "", "Six-drawer Dresser", "", "", 120, 240, "dresser"),
)


@dataclass(frozen=True)
class Window:
    """Looks into the shop without a network: the answer's bytes, read by the adapter, redirects followed."""

    registry: Registry

    def fetch(self, story: Story, path: str, at: datetime, country: str = "US") -> tuple[str, Answer]:
        for _ in range(3):
            got = answer(Visit(story, at, BASE, path, country))
            if got.status != 302:
                break
            path = dict(got.headers)["Location"]
        return BASE + path, got

    def read(self, story: Story, path: str, at: datetime, country: str = "US", kind: PageKind | None = None) -> Reading:
        url, got = self.fetch(story, path, at, country)
        page = FetchedPage(
            url=url, requested_url=BASE + path, body=got.body, status=got.status, content_type=got.content_type
        )
        return read_page(page, kind=kind, vantage=Vantage(name=country, country=country), registry=self.registry)

    def look(self, story: Story, listing_id: str, at: datetime, country: str = "US") -> Reading:
        return self.read(story, f"/item/{listing_id}", at, country, "listing")


@pytest.fixture(scope="session")
def window(tmp_path_factory: pytest.TempPathFactory) -> Window:
    folder = tmp_path_factory.mktemp("marketplaces")
    write_marketplace(folder, BASE)
    return Window(load_registry(folder))


@pytest.fixture(scope="session")
def story() -> Story:
    return build_story(PRODUCTS, START, seed=7)


@pytest.fixture(scope="session")
def calm(story: Story) -> Story:
    """The same story in which no page ever goes wrong."""
    return replace(story, troubles=())


@pytest.fixture(scope="session")
def offer(story: Story) -> Callable[..., Offer]:
    """Finds an offer of the story: the first of a scene for which `where` holds."""

    def find(scene: str, where: Callable[[Offer], bool] = lambda _: True) -> Offer:
        return next(one for one in story.offers if one.scene == scene and where(one))

    return find
