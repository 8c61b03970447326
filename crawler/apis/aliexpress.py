"""AliExpress' affiliate API: product.query and productdetail.get, each call signed with the application's secret.

Sources: open.aliexpress.com (affiliate API; signature: HMAC-SHA-256 over the sorted names and values, in capitals). The
catalogue holds promoted products only, so a product that it doesn't know says nothing about the listing: no end is
ever read from this interface.
"""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.apis.base import Api, ApiAnswer, ApiRequest, Findings, Sign, hits_of, number_at, query_number, with_query
from crawler.extract.prices import plain_amount
from crawler.extract.scripts import at_path, objects_at, text_at
from crawler.plan import Vantage
from crawler.reading import ListingFacts, SearchHit

PAGE_SIZE = 50
SEARCH = "aliexpress.affiliate.product.query"
ITEM = "aliexpress.affiliate.productdetail.get"
NOTHING = 405
"""What `resp_code` says where the result is empty."""


class AliExpressAffiliate(Api):
    """The affiliate API, for finding listings and for what it says while a product is promoted."""

    marketplace = "aliexpress"
    label = "Affiliate API"
    needs = ("app_key", "app_secret")
    base = "https://api-sg.aliexpress.com"
    looks = False
    signatures = ("api-item", "api-promoted", "api-no-results")

    def item_url(self, listing_id: str, vantage: Vantage) -> str:
        return self._url(ITEM, vantage, product_ids=listing_id, country=vantage.country)

    def search_url(self, query: str, page: int, vantage: Vantage) -> str:
        asked: dict[str, str | int] = {"page_no": page, "page_size": PAGE_SIZE, "ship_to_country": vantage.country}
        return self._url(SEARCH, vantage, keywords=query, **asked)

    def request(self, url: str, vantage: Vantage, token: str, at: datetime) -> ApiRequest:
        key = self.keys["app_key"]
        asked = dict(parse_qsl(urlsplit(url).query))
        asked |= {"app_key": key, "sign_method": "sha256", "timestamp": str(int(at.timestamp() * 1000))}
        if self.keys.get("tracking_id"):
            asked["tracking_id"] = self.keys["tracking_id"]
        asked["sign"] = signed(self.keys["app_secret"], asked)
        secrets = (key, self.keys["app_secret"], asked["sign"])
        return ApiRequest(url, {}, secrets, wire_url=with_query(url, **asked))

    def item(self, answer: ApiAnswer) -> Findings:
        code, products = _result(answer, ITEM)
        if code is None:
            return Findings(trouble=_trouble(answer))
        product = next((one for one in products if text_at(one, "product_id") == answer.asked_id), None)
        if product is None:
            return Findings(notes=("not in the affiliate catalogue, which says nothing about the listing",))
        signs = (
            Sign("api-item", "product.product_id", answer.asked_id),
            Sign("api-promoted", "product.product_id", answer.asked_id),
        )
        return Findings(signs, _facts(answer, product))

    def search(self, answer: ApiAnswer) -> Findings:
        code, products = _result(answer, SEARCH)
        if code is None:
            return Findings(trouble=_trouble(answer))
        hits = hits_of(_hit(answer, one) for one in products)
        total = number_at(answer.data, f"{_envelope(SEARCH)}.resp_result.result.total_record_count")
        page = query_number(answer.url, "page_no", 1)
        if not hits:
            return Findings((Sign("api-no-results", "resp_result.resp_code", str(code)),))
        more = page * query_number(answer.url, "page_size", PAGE_SIZE) < total
        return Findings(hits=hits, next_page_url=with_query(answer.url, page_no=page + 1) if more else "")

    def _url(self, method: str, vantage: Vantage, **asked: str | int) -> str:
        place = {"target_currency": vantage.currency, "target_language": vantage.language.partition("-")[0].upper()}
        return f"{self.root}/sync?{urlencode({'method': method, 'format': 'json', **asked, **place})}"


def signed(secret: str, asked: dict[str, str]) -> str:
    """The signature over the sorted names and values of a call."""
    text = "".join(f"{name}{asked[name]}" for name in sorted(asked) if name != "sign")
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest().upper()


def _envelope(method: str) -> str:
    return method.replace(".", "_") + "_response"


def _result(answer: ApiAnswer, method: str) -> tuple[int | None, list[dict[str, Any]]]:
    """The answer's code and products; no code where it is an error."""
    code = number_at(answer.data, f"{_envelope(method)}.resp_result.resp_code")
    result = at_path(answer.data, f"{_envelope(method)}.resp_result.result")
    return (code if code in (200, NOTHING) else None), objects_at(result, "products.product")


def _trouble(answer: ApiAnswer) -> str:
    code = answer.text("error_response.code") or "unknown"
    return f"API error {code}: {answer.text('error_response.msg') or 'not an answer of the affiliate API'}"[:300]


def _price(one: dict[str, Any]) -> tuple[Any, str]:
    for name in ("target_sale_price", "sale_price"):
        amount = plain_amount(text_at(one, name))
        if amount is not None:
            return amount, text_at(one, f"{name}_currency")
    return None, ""


def _facts(answer: ApiAnswer, one: dict[str, Any]) -> ListingFacts:
    price, currency = _price(one)
    return ListingFacts(
        listing_id=answer.asked_id,
        url=answer.site.listing_url(answer.asked_id),
        title=text_at(one, "product_title")[:500],
        price=price,
        currency=currency,
        seller=text_at(one, "shop_name")[:300],
        seller_id=text_at(one, "shop_id")[:100],
        category=text_at(one, "second_level_category_name")[:500],
        images=tuple(filter(None, (text_at(one, "product_main_image_url"),))),
    )


def _hit(answer: ApiAnswer, one: dict[str, Any]) -> SearchHit | None:
    listing_id = answer.site.addresses.normal_id(text_at(one, "product_id"))
    price, currency = _price(one)
    return SearchHit(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=text_at(one, "product_title")[:500],
        price=price,
        currency=currency,
        seller=text_at(one, "shop_name")[:300],
        image=text_at(one, "product_main_image_url"),
    )
