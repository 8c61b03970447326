"""eBay's Browse API: search, getItemByLegacyId, an application token by client credentials.

Sources: developer.ebay.com/api-docs/buy/browse (overview; item, getItemByLegacyId; item_summary, search) and
developer.ebay.com/api-docs/static/oauth-client-credentials-grant.html. An item can be bought unless its itemEndDate
is past or its estimatedAvailabilityStatus is OUT_OF_STOCK. Error 11001 says that there is no such item; any other error
(11006: the number is a group of variants) says nothing about the listing.
"""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from crawler.apis.base import (
    Api,
    ApiAnswer,
    ApiRequest,
    Findings,
    NoToken,
    Sign,
    hits_of,
    number_at,
    query_number,
    with_query,
)
from crawler.extract.gtin import valid_gtin
from crawler.extract.prices import plain_amount
from crawler.extract.scripts import objects_at, read_json, text_at
from crawler.plan import Vantage
from crawler.reading import ListingFacts, SearchHit

NO_SUCH_ITEM = 11001
PAGE_SIZE = 200
MOST_OFFSET = 9_800
ON_SALE = frozenset({"IN_STOCK", "LIMITED_STOCK"})
SCOPE = "https://api.ebay.com/oauth/api_scope"
SITES = {"US", "CA", "GB", "DE", "FR", "IT", "ES", "IE", "AU", "NL", "AT", "BE", "CH", "PL", "HK", "SG", "MY", "PH"}
_LONGEST_DESCRIPTION = 20_000


class EbayBrowse(Api):
    """The Browse API; `keys.ebay.base_url` may name the sandbox."""

    marketplace = "ebay"
    label = "Browse API"
    needs = ("client_id", "client_secret")
    base = "https://api.ebay.com"
    signatures = (
        "api-item",
        "api-on-sale",
        "api-out-of-stock",
        "api-end-date-past",
        "api-item-not-found",
        "api-ships-excluded",
        "api-no-results",
    )

    def item_url(self, listing_id: str, vantage: Vantage) -> str:
        return f"{self.root}/buy/browse/v1/item/get_item_by_legacy_id?legacy_item_id={quote(listing_id)}"

    def search_url(self, query: str, page: int, vantage: Vantage) -> str:
        asked = {"q": query, "limit": PAGE_SIZE, "offset": (page - 1) * PAGE_SIZE}
        return f"{self.root}/buy/browse/v1/item_summary/search?{urlencode(asked)}"

    def seller_url(self, seller: str, query: str, vantage: Vantage) -> str:
        if not seller or not query or any(char in "{}|" for char in seller):
            return ""
        return with_query(self.search_url(query, 1, vantage), filter=f"sellers:{{{seller}}}")

    def token_request(self) -> ApiRequest:
        client_id, secret = self.keys["client_id"], self.keys["client_secret"]
        basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode({"grant_type": "client_credentials", "scope": SCOPE}).encode()
        url = f"{self.root}/identity/v1/oauth2/token"
        return ApiRequest(url, headers, (client_id, secret, basic), body=body)

    def token_in(self, body: bytes) -> tuple[str, int]:
        data = read_json(body.decode("utf-8", "replace"))
        token, lasts_s = text_at(data, "access_token"), number_at(data, "expires_in")
        if not token:
            raise NoToken("the answer holds no access_token")
        return token, lasts_s

    def request(self, url: str, vantage: Vantage, token: str, at: datetime) -> ApiRequest:
        place = f"country={vantage.country}" + (f",zip={vantage.postal_code}" if vantage.postal_code else "")
        headers = {
            "Authorization": f"Bearer {token}",
            "X-EBAY-C-MARKETPLACE-ID": f"EBAY_{vantage.country if vantage.country in SITES else 'US'}",
            "X-EBAY-C-ENDUSERCTX": f"contextualLocation={quote(place, safe='')}",
        }
        return ApiRequest(url, headers, (token, *(self.keys[name] for name in self.needs if name in self.keys)))

    def item(self, answer: ApiAnswer) -> Findings:
        errors = objects_at(answer.data, "errors")
        if any(number_at(error, "errorId") == NO_SUCH_ITEM for error in errors):
            return Findings((Sign("api-item-not-found", "errors.errorId", str(NO_SUCH_ITEM)),))
        listing_id = answer.text("legacyItemId") or _legacy(answer.text("itemId"))
        if errors or not listing_id:
            return Findings(trouble=_trouble(errors))
        signs = [Sign("api-item", "legacyItemId", listing_id)]
        ends, status = answer.text("itemEndDate"), _availability(answer)
        if _past(ends, answer.at):
            signs.append(Sign("api-end-date-past", "itemEndDate", ends))
        elif status == "OUT_OF_STOCK":
            signs.append(Sign("api-out-of-stock", "estimatedAvailabilities.0.estimatedAvailabilityStatus", status))
        elif status in ON_SALE:
            signs.append(Sign("api-on-sale", "estimatedAvailabilities.0.estimatedAvailabilityStatus", status))
        ships = _ships(answer)
        if ships is False:
            signs.append(Sign("api-ships-excluded", "shipToLocations.regionExcluded", answer.country))
        return Findings(tuple(signs), _facts(answer, listing_id, ships))

    def search(self, answer: ApiAnswer) -> Findings:
        errors = objects_at(answer.data, "errors")
        if errors or not isinstance(answer.data, dict) or "total" not in answer.data:
            return Findings(trouble=_trouble(errors))
        hits = hits_of(_hit(answer, one) for one in objects_at(answer.data, "itemSummaries"))
        total, offset = number_at(answer.data, "total"), query_number(answer.url, "offset", 0)
        if not hits and not total:
            return Findings((Sign("api-no-results", "total", "0"),))
        following = offset + query_number(answer.url, "limit", PAGE_SIZE)
        more = following < total and following <= MOST_OFFSET
        return Findings(hits=hits, next_page_url=with_query(answer.url, offset=following) if more else "")


def _trouble(errors: list[dict[str, Any]]) -> str:
    if not errors:
        return "the answer is neither an item nor an error of the Browse API"
    return f"API error {text_at(errors[0], 'errorId')}: {text_at(errors[0], 'message')}"[:300]


def _legacy(item_id: str) -> str:
    """The item number in a RESTful id (`v1|110039490209|0`)."""
    parts = item_id.split("|")
    return parts[1] if len(parts) == 3 and parts[1].isdecimal() else ""


def _past(ends: str, at: datetime | None) -> bool:
    try:
        moment = datetime.fromisoformat(ends)
    except ValueError:
        return False
    return at is not None and (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) < at


def _availability(answer: ApiAnswer) -> str:
    """The best of the stated availabilities: one way of delivery is enough to buy."""
    said = [text_at(one, "estimatedAvailabilityStatus") for one in objects_at(answer.data, "estimatedAvailabilities")]
    return next((one for one in said if one in ON_SALE), said[0] if said else "")


def _ships(answer: ApiAnswer) -> bool | None:
    """Whether the answer says that it ships to the buyer's country; None where it doesn't tell. Regions larger than a
    country decide nothing, except the whole world where no region is left out."""
    included = objects_at(answer.data, "shipToLocations.regionIncluded")
    excluded = objects_at(answer.data, "shipToLocations.regionExcluded")
    if not answer.country:
        return None
    if any(text_at(one, "regionId") == answer.country for one in excluded):
        return False
    if any(text_at(one, "regionId") == answer.country for one in included):
        return True
    world = any(text_at(one, "regionType") == "WORLDWIDE" for one in included)
    regions = any(text_at(one, "regionType") not in ("COUNTRY", "COUNTRY_REGION") for one in excluded)
    return True if world and not regions else None


def _price(one: Any) -> tuple[Decimal | None, str]:
    """The price, of an auction the highest bid."""
    for name in ("price", "currentBidPrice"):
        amount = plain_amount(text_at(one, f"{name}.value"))
        if amount is not None:
            return amount, text_at(one, f"{name}.currency")
    return None, ""


def _facts(answer: ApiAnswer, listing_id: str, ships: bool | None) -> ListingFacts:
    price, currency = _price(answer.data)
    more_images = objects_at(answer.data, "additionalImages")
    images = [answer.text("image.imageUrl"), *(text_at(one, "imageUrl") for one in more_images)]
    return ListingFacts(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=answer.text("title")[:500],
        price=price,
        currency=currency,
        seller=answer.text("seller.username")[:300],
        seller_id=answer.text("seller.username")[:100],
        brand=answer.text("brand")[:200],
        model=answer.text("mpn")[:200],
        gtin=valid_gtin(answer.text("gtin")),
        description=(answer.text("shortDescription") or answer.text("description"))[:_LONGEST_DESCRIPTION],
        category=answer.text("categoryPath")[:500],
        images=tuple(filter(None, images))[:20],
        ships_to=(answer.country,) if ships else (),
        served_country=answer.country if ships is not None else "",
        listed_on=answer.text("itemCreationDate")[:10],
    )


def _hit(answer: ApiAnswer, one: dict[str, Any]) -> SearchHit | None:
    listing_id = text_at(one, "legacyItemId") or _legacy(text_at(one, "itemId"))
    price, currency = _price(one)
    return SearchHit(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=text_at(one, "title")[:500],
        price=price,
        currency=currency,
        seller=text_at(one, "seller.username")[:300],
        image=text_at(one, "image.imageUrl"),
    )
