"""What the demo market answers: a pure function of the story, the instant, the path and the buyer's country."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from crawler.marketplaces.states import State
from crawler.shop.conditions import Condition, FaultKind
from crawler.shop.pictures import picture
from crawler.shop.schema_org import PICTURES, currency_of, highest, money, picture_urls, product
from crawler.shop.story import Offer, Phase, Story

PAGE_SIZE = 8
HOME_COUNTRY = "GB"
CRAWL_DELAY_S = 1
ROBOTS = f"User-agent: *\nCrawl-delay: {CRAWL_DELAY_S}\nDisallow: /cart\nDisallow: /account\n"

_COUNTRIES = {"US": "United States", "GB": "United Kingdom", "DE": "Germany", "FR": "France", "CA": "Canada"}
_ITEM = re.compile(r"/item/([0-9]+)")
_PICTURE = re.compile(r"/pictures/([0-9]+)-([0-9a-f]{8})-([1-9])\.png")
_ELSEWHERE = {"US": "DE"}
# How pages tell of an offer's end: kind of notice, status, heading, words.
_NOTICES: dict[Condition, tuple[str, int, str, str]] = {
    Condition.GONE_404: ("gone", 404, "We can't find this item", "There is no item with this number."),
    Condition.GONE_410: ("gone", 410, "This item is gone", "It was on Fairground once and has been taken away."),
    Condition.GONE_SOFT: ("gone", 200, "Item no longer available", "The item you asked for is no longer available."),
    Condition.REMOVED_POLICY: (
        "removed-by-us",
        200,
        "We removed this item",
        "Our product safety team removed this item because it is under a recall or against our rules.",
    ),
    Condition.SELLER_CLOSED: ("shop-closed", 200, "This shop has closed", "Its items are not sold any more."),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer; `headers` without length and date."""

    status: int
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: who asks for what, when. `base` is the site's own address without a slash at the end."""

    story: Story
    at: datetime
    base: str
    target: str
    country: str = HOME_COUNTRY

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def parameter(self, name: str) -> str:
        """The first value of a query parameter, or nothing."""
        return parse_qs(self.target.partition("?")[2]).get(name, [""])[0]

    @property
    def page(self) -> int:
        text = self.parameter("page")
        return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def category_slug(category: str) -> str:
    """A category as it stands in an address."""
    return "-".join(re.findall(r"\w+", category.casefold()))


def answer(visit: Visit) -> Answer:
    """What the market answers to this visit."""
    path = visit.path
    if drawn := _PICTURE.fullmatch(path):
        return _picture(visit, drawn[1], int(drawn[2], 16), int(drawn[3]))
    item = _ITEM.fullmatch(path)
    fault = visit.story.fault_at(item[1] if item else "", visit.at)
    kind = fault.kind if fault else None
    if kind is FaultKind.SERVER_ERROR:
        return Answer(503, _render("error.html").encode())
    if path == "/robots.txt":
        return Answer(200, ROBOTS.encode(), "text/plain; charset=utf-8")
    if kind is FaultKind.WALL:
        return Answer(200, _render("wall.html").encode())
    if item:
        return _item(visit, item[1], kind)
    return _place(visit)


def _place(visit: Visit) -> Answer:
    """Any page that is no item's."""
    path, shown = visit.path, visit.story.shown(visit.country, visit.at)
    if path == "/":
        return _results(visit, "Welcome to Fairground", shown, "home")
    if path == "/search":
        query = visit.parameter("q")
        hits = visit.story.found(query, visit.country, visit.at)
        return _results(visit, f"Results for “{query}”", hits, "search", query)
    if path.startswith("/category/"):
        slug = path.removeprefix("/category/")
        hits = [pair for pair in shown if category_slug(pair[1].goods.category) == slug]
        return _results(visit, f"Category {slug}", hits, "category")
    if path.startswith("/seller/"):
        return _seller(visit, path.removeprefix("/seller/"), shown)
    if path == "/login":
        return _notice(visit, "login", 200, "Please log in", "Log in or open an account to go on.")
    if path == "/help":
        return _notice(visit, "help", 200, "Help", "If an item is no longer available, look for another one.")
    return _notice(visit, "nowhere", 404, "Nothing here", "This address leads nowhere.")


def _item(visit: Visit, listing_id: str, fault: FaultKind | None) -> Answer:
    offer = visit.story.by_id.get(listing_id)
    phase = offer.phase_at(visit.at) if offer else None
    if offer is None or phase is None:
        return _notice(visit, *_NOTICES[Condition.GONE_404])
    if fault is FaultKind.SHELL:
        return Answer(200, _render("shell.html").encode())
    if fault is FaultKind.LOGIN:
        return _redirect("/login?" + urlencode({"next": visit.path}))
    if fault is FaultKind.TO_CATEGORY or phase.condition is Condition.TO_CATEGORY:
        return _redirect(f"/category/{category_slug(phase.goods.category)}")
    notice = _NOTICES.get(phase.condition)
    if notice:
        beside = [pair for pair in visit.story.shown(visit.country, visit.at) if pair[0] is not offer]
        return _notice(visit, *notice, others=beside[:3])
    if fault is FaultKind.OTHER_COUNTRY:
        visit = Visit(visit.story, visit.at, visit.base, visit.target, _ELSEWHERE.get(visit.country, "US"))
    return _listing(visit, offer, phase)


def _listing(visit: Visit, offer: Offer, phase: Phase) -> Answer:
    goods, currency = phase.goods, currency_of(visit.country)
    shown = visit.story.shown(visit.country, visit.at)
    others = [pair for pair in shown if pair[1].seller == phase.seller and pair[0] is not offer]
    bar = phase.bar(visit.country)
    html = _render(
        "listing.html",
        offer=offer,
        goods=goods,
        seller=phase.seller,
        condition=phase.condition.value,
        is_barred_here=bar is State.GEO_BLOCKED,
        is_not_shipped=bar is State.NOT_SHIPPED,
        base=visit.base,
        pictures=picture_urls(visit.base, offer, phase),
        json_ld=product(visit.base, visit.country, offer, phase),
        listed_on=offer.phases[0].from_at.date().isoformat(),
        minimum_order=minimum_order(offer),
        cents=money(goods.price_cents, currency),
        high_cents=money(highest(goods.price_cents), currency),
        others=others[:3],
        **_buyer(visit),
    )
    return Answer(200, html.encode())


def _results(visit: Visit, heading: str, hits: Sequence[tuple[Offer, Phase]], place: str, query: str = "") -> Answer:
    first = (visit.page - 1) * PAGE_SIZE
    more = len(hits) > first + PAGE_SIZE
    parameters = {"q": query} if place == "search" else {}
    onward = f"{visit.base}{visit.path}?{urlencode({**parameters, 'page': visit.page + 1})}"
    html = _render(
        "results.html",
        heading=heading,
        found=len(hits),
        page_hits=hits[first : first + PAGE_SIZE],
        next_url=onward if more else "",
        place=place,
        nothing="Nothing was found for these words." if place == "search" else "There is nothing here at the moment.",
        **{**_buyer(visit), "query": query},
    )
    return Answer(200, html.encode())


def _seller(visit: Visit, seller_id: str, shown: Sequence[tuple[Offer, Phase]]) -> Answer:
    seller = visit.story.sellers.get(seller_id)
    if seller is None:
        return _notice(visit, "nowhere", 404, "No such shop", "There is no shop of this name.")
    now = [offer.phase_at(visit.at) for offer in visit.story.offers]
    if any(one and one.seller == seller and one.condition is Condition.SELLER_CLOSED for one in now):
        return _notice(visit, *_NOTICES[Condition.SELLER_CLOSED])
    return _results(visit, seller.name, [pair for pair in shown if pair[1].seller == seller], "seller")


def _notice(
    visit: Visit, kind: str, status: int, heading: str, words: str, others: Sequence[tuple[Offer, Phase]] = ()
) -> Answer:
    html = _render("notice.html", kind=kind, heading=heading, words=words, others=others, **_buyer(visit))
    return Answer(status, html.encode())


def _redirect(target: str) -> Answer:
    return Answer(302, b"", headers=(("Location", target),))


def _picture(visit: Visit, listing_id: str, seed: int, number: int) -> Answer:
    """A picture that the listing shows or showed once."""
    offer = visit.story.by_id.get(listing_id)
    uploaded = {phase.goods.picture for phase in offer.phases if phase.from_at <= visit.at} if offer else set()
    if seed not in uploaded or number > PICTURES:
        return Answer(404, b"", "text/plain; charset=utf-8")
    return Answer(200, picture(seed, number), "image/png")


def minimum_order(offer: Offer) -> int:
    """How many pieces a wholesale offer asks a buyer to take."""
    return 50 + int(offer.listing_id) % 10 * 50


def _buyer(visit: Visit) -> dict[str, Any]:
    name = _COUNTRIES.get(visit.country, visit.country)
    return {"country": visit.country, "country_name": name, "currency": currency_of(visit.country), "query": ""}


def _render(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    loader = PackageLoader("crawler.shop")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters.update(money=money, slug=category_slug)
    environment.globals.update(picture_urls=picture_urls)
    return environment
