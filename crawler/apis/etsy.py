"""Etsy's Open API v3: getListing, findAllListingsActive, findAllActiveListingsByShop, with an application key.

Sources: developers.etsy.com/documentation/reference; developers.etsy.com/documentation/essentials/requests (since
February 2026 the header is `x-api-key: keystring:shared_secret`); etsy/open-api release 3.0.0-alpha-2021-06-14 (404
for a deleted listing). States: active, inactive, sold_out, draft, expired.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from crawler.apis.base import Api, ApiAnswer, ApiRequest, Findings, Sign, hits_of, number_at, query_number, with_query
from crawler.extract.scripts import objects_at, text_at
from crawler.plan import Vantage
from crawler.reading import ListingFacts, SearchHit

PAGE_SIZE = 100
MOST_OFFSET = 12_000
STATES = {
    "active": "api-active",
    "sold_out": "api-sold-out",
    "expired": "api-expired",
    "inactive": "api-inactive",
    "draft": "api-inactive",
}


class EtsyOpenApi(Api):
    """The Open API v3, public parts only: no shop's own data, no login."""

    marketplace = "etsy"
    label = "Open API v3"
    needs = ("keystring", "shared_secret")
    base = "https://openapi.etsy.com"
    signatures = ("api-item", *sorted(set(STATES.values())), "api-listing-not-found", "api-no-results")

    def item_url(self, listing_id: str, vantage: Vantage) -> str:
        return f"{self.root}/v3/application/listings/{quote(listing_id, safe='')}?includes=Shipping,Images,Shop"

    def search_url(self, query: str, page: int, vantage: Vantage) -> str:
        asked = {"keywords": query, "limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
        return f"{self.root}/v3/application/listings/active?{urlencode(asked)}"

    def seller_url(self, seller: str, query: str, vantage: Vantage) -> str:
        if not seller.isdecimal():
            return ""
        return f"{self.root}/v3/application/shops/{seller}/listings/active?limit={PAGE_SIZE}&offset=0"

    def request(self, url: str, vantage: Vantage, token: str, at: datetime) -> ApiRequest:
        keystring, secret = self.keys["keystring"], self.keys["shared_secret"]
        return ApiRequest(url, {"x-api-key": f"{keystring}:{secret}"}, (keystring, secret))

    def item(self, answer: ApiAnswer) -> Findings:
        if answer.status == 404 and answer.text("error"):
            return Findings((Sign("api-listing-not-found", "error", answer.text("error")),))
        listing_id, state = answer.text("listing_id"), answer.text("state")
        if not listing_id:
            return Findings(trouble=_trouble(answer))
        signs = [Sign("api-item", "listing_id", listing_id)]
        notes: tuple[str, ...] = ()
        if state in STATES:
            signs.append(Sign(STATES[state], "state", state))
        else:
            notes = (f"state {state!r} is not among the documented ones",)
        return Findings(tuple(signs), _facts(answer, listing_id), notes=notes)

    def search(self, answer: ApiAnswer) -> Findings:
        if not isinstance(answer.data, dict) or not isinstance(answer.data.get("results"), list):
            return Findings(trouble=_trouble(answer))
        hits = hits_of(_hit(answer, one) for one in objects_at(answer.data, "results"))
        total, offset = number_at(answer.data, "count"), query_number(answer.url, "offset", 0)
        if not hits and not total:
            return Findings((Sign("api-no-results", "count", "0"),))
        following = offset + query_number(answer.url, "limit", PAGE_SIZE)
        more = following < total and following <= MOST_OFFSET
        return Findings(hits=hits, next_page_url=with_query(answer.url, offset=following) if more else "")


def _trouble(answer: ApiAnswer) -> str:
    return f"API error: {answer.text('error') or 'the answer is not one of the Open API'}"[:300]


def _amount(value: Any) -> Decimal | None:
    """`amount` counts parts of the currency's unit, `divisor` says how many make one."""
    amount, divisor = number_at(value, "amount"), number_at(value, "divisor")
    return Decimal(amount) / Decimal(divisor) if amount and divisor else None


def _ships_to(answer: ApiAnswer) -> tuple[str, ...]:
    """The countries that the shipping profile names; the buyer's, where it names everywhere."""
    places = objects_at(answer.data, "shipping_profile.shipping_profile_destinations")
    named = [text_at(one, "destination_country_iso") for one in places]
    anywhere = any(
        not text_at(one, "destination_country_iso") and text_at(one, "destination_region") == "none" for one in places
    )
    return tuple(dict.fromkeys(filter(None, [*named, answer.country if anywhere else ""])))


def _facts(answer: ApiAnswer, listing_id: str) -> ListingFacts:
    price, listed = _amount(answer.value("price")), number_at(answer.data, "original_creation_timestamp")
    return ListingFacts(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=answer.text("title")[:500],
        price=price,
        currency=answer.text("price.currency_code") if price is not None else "",
        seller=answer.text("shop.shop_name")[:300],
        seller_id=answer.text("shop_id")[:100],
        description=answer.text("description")[:20_000],
        images=tuple(filter(None, (text_at(one, "url_fullxfull") for one in objects_at(answer.data, "images"))))[:20],
        ships_to=_ships_to(answer),
        listed_on=datetime.fromtimestamp(listed, UTC).date().isoformat() if 0 < listed < 2**33 else "",
    )


def _hit(answer: ApiAnswer, one: dict[str, Any]) -> SearchHit | None:
    listing_id, price = text_at(one, "listing_id"), _amount(one.get("price"))
    return SearchHit(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=text_at(one, "title")[:500],
        price=price,
        currency=text_at(one, "price.currency_code") if price is not None else "",
        seller=text_at(one, "shop.shop_name")[:300],
    )
