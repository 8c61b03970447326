"""Walmart's affiliate API: Product Lookup and Search, each call signed with the operator's RSA key.

Sources: walmart.io/docs/affiliate (quick start: the signature is RSA with SHA-256 over consumer id, timestamp in
milliseconds and key version, a line each); its item fields: stock, availableOnline, salePrice, marketplace, sellerInfo.
It answers for walmart.com's buyers in the United States only. Error 4002 says that there is no such item.
"""

import base64
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from crawler.apis.base import Api, ApiAnswer, ApiRequest, Findings, Sign, hits_of, number_at, query_number, with_query
from crawler.extract.gtin import valid_gtin
from crawler.extract.prices import plain_amount
from crawler.extract.scripts import objects_at, text_at
from crawler.plan import Vantage
from crawler.reading import ListingFacts, SearchHit

NO_SUCH_ITEM = 4002
PAGE_SIZE = 25
MOST_START = 976
ON_SALE = frozenset({"available", "limited supply", "last few items", "limited"})
GONE = frozenset({"not available", "out of stock"})
COUNTRY = "US"


class WalmartAffiliate(Api):
    """The affiliate API. `private_key` is the PEM, or its base64 between the first and last line."""

    marketplace = "walmart"
    label = "Affiliate Product Lookup"
    needs = ("consumer_id", "private_key")
    base = "https://developer.api.walmart.com"
    signatures = (
        "api-item",
        "api-available",
        "api-available-online",
        "api-not-available",
        "api-item-not-found",
        "api-no-results",
    )

    def item_url(self, listing_id: str, vantage: Vantage) -> str:
        return f"{self.root}/api-proxy/service/affil/product/v2/items/{quote(listing_id, safe='')}"

    def search_url(self, query: str, page: int, vantage: Vantage) -> str:
        asked = {"query": query, "numItems": PAGE_SIZE, "start": (page - 1) * PAGE_SIZE + 1}
        return f"{self.root}/api-proxy/service/affil/product/v2/search?{urlencode(asked)}"

    def request(self, url: str, vantage: Vantage, token: str, at: datetime) -> ApiRequest:
        consumer, version = self.keys["consumer_id"], self.keys.get("key_version", "1")
        stamp = str(int(at.timestamp() * 1000))
        signature = signed(self.keys["private_key"], f"{consumer}\n{stamp}\n{version}\n")
        headers = {
            "WM_CONSUMER.ID": consumer,
            "WM_CONSUMER.INTIMESTAMP": stamp,
            "WM_SEC.KEY_VERSION": version,
            "WM_SEC.AUTH_SIGNATURE": signature,
        }
        return ApiRequest(url, headers, (consumer, signature))

    def item(self, answer: ApiAnswer) -> Findings:
        errors = objects_at(answer.data, "errors")
        if any(number_at(error, "code") == NO_SUCH_ITEM for error in errors):
            return Findings((Sign("api-item-not-found", "errors.code", str(NO_SUCH_ITEM)),))
        listing_id = answer.text("itemId")
        if errors or not listing_id:
            return Findings(trouble=_trouble(answer))
        signs = [Sign("api-item", "itemId", listing_id)]
        stock, online = answer.text("stock"), answer.value("availableOnline")
        if stock.lower() in GONE or online is False:
            signs.append(Sign("api-not-available", "stock", stock or "availableOnline: false"))
        elif stock.lower() in ON_SALE:
            signs.append(Sign("api-available", "stock", stock))
        if online is True:
            signs.append(Sign("api-available-online", "availableOnline", "true"))
        return Findings(tuple(signs), _facts(answer, listing_id))

    def search(self, answer: ApiAnswer) -> Findings:
        if not isinstance(answer.data, dict) or "totalResults" not in answer.data:
            return Findings(trouble=_trouble(answer))
        hits = hits_of(_hit(answer, one) for one in objects_at(answer.data, "items"))
        total, start = number_at(answer.data, "totalResults"), query_number(answer.url, "start", 1)
        if not hits and not total:
            return Findings((Sign("api-no-results", "totalResults", "0"),))
        following = start + query_number(answer.url, "numItems", PAGE_SIZE)
        more = following <= total and following <= MOST_START
        return Findings(hits=hits, next_page_url=with_query(answer.url, start=following) if more else "")


def signed(private_key: str, text: str) -> str:
    """The signature of a text, in base64. Raises ValueError where the key is none."""
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    try:
        if "-----BEGIN" in private_key:
            key = load_pem_private_key(private_key.replace("\\n", "\n").encode(), None)
        else:
            key = load_der_private_key(base64.b64decode("".join(private_key.split())), None)
    except (ValueError, TypeError) as error:
        raise ValueError("private_key is no unencrypted RSA key in PEM or base64") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("private_key is no RSA key")
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()


def _trouble(answer: ApiAnswer) -> str:
    errors = objects_at(answer.data, "errors")
    if not errors:
        return "the answer is not one of the affiliate API"
    return f"API error {text_at(errors[0], 'code')}: {text_at(errors[0], 'message')}"[:300]


def _facts(answer: ApiAnswer, listing_id: str) -> ListingFacts:
    price = plain_amount(answer.text("salePrice"))
    return ListingFacts(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=answer.text("name")[:500],
        price=price,
        currency="USD" if price is not None else "",
        seller=answer.text("sellerInfo")[:300],
        brand=answer.text("brandName")[:200],
        model=answer.text("modelNumber")[:200],
        gtin=valid_gtin(answer.text("upc")),
        description=(answer.text("shortDescription") or answer.text("longDescription"))[:20_000],
        category=answer.text("categoryPath")[:500],
        images=tuple(filter(None, (answer.text("largeImage"),))),
        served_country=COUNTRY,
    )


def _hit(answer: ApiAnswer, one: dict[str, Any]) -> SearchHit | None:
    listing_id, price = text_at(one, "itemId"), plain_amount(text_at(one, "salePrice"))
    return SearchHit(
        listing_id=listing_id,
        url=answer.site.listing_url(listing_id),
        title=text_at(one, "name")[:500],
        price=price,
        currency="USD" if price is not None else "",
        seller=text_at(one, "sellerInfo")[:300],
        image=text_at(one, "thumbnailImage"),
    )
