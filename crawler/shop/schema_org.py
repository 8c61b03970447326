"""A listing as shops tell it to machines: the schema.org Product, and prices in the buyer's currency."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crawler.marketplaces.states import State
from crawler.shop.conditions import Condition
from crawler.shop.story import Offer, Phase

PICTURES = 2


@dataclass(frozen=True, slots=True)
class Currency:
    """How prices are told to a buyer: units of it for one US dollar."""

    code: str
    symbol: str
    rate: Decimal


_US_DOLLAR = Currency("USD", "$", Decimal(1))
_EURO = Currency("EUR", "€", Decimal("0.9"))
_CURRENCIES = {"GB": Currency("GBP", "£", Decimal("0.8")), "DE": _EURO, "FR": _EURO}


def currency_of(country: str) -> Currency:
    """In which currency a buyer of this country is told prices."""
    return _CURRENCIES.get(country, _US_DOLLAR)


def money(cents: int, currency: Currency) -> str:
    """A price of so many US cents, told in another currency, as `24.99`."""
    return str((Decimal(cents) / 100 * currency.rate).quantize(Decimal("0.01")))


def highest(cents: int) -> int:
    """The upper end of a wholesale price range that begins at `cents`."""
    return cents * 3 // 2


def picture_urls(base: str, offer: Offer, phase: Phase) -> list[str]:
    """The addresses of a listing's pictures: each upload has its own, so the same picture elsewhere has another."""
    upload = f"{base}/pictures/{offer.listing_id}-{phase.goods.picture:08x}"
    return [f"{upload}-{number}.png" for number in range(1, PICTURES + 1)]


def product(base: str, country: str, offer: Offer, phase: Phase) -> dict[str, Any]:
    """The JSON-LD of a listing's page; without offers where nothing is for sale to buyers in `country`."""
    goods = phase.goods
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "sku": offer.listing_id,
        "name": goods.title,
        "description": goods.description,
        "image": picture_urls(base, offer, phase),
        "category": goods.category,
    }
    if goods.brand:
        told["brand"] = {"@type": "Brand", "name": goods.brand}
    if goods.model:
        told["model"] = goods.model
    if goods.gtin:
        told["gtin"] = goods.gtin
    is_over = phase.condition in (Condition.ENDED, Condition.SOLD)
    if not is_over and phase.bar(country) is not State.GEO_BLOCKED:
        told["offers"] = _offer(base, country, offer, phase)
    return told


def _offer(base: str, country: str, offer: Offer, phase: Phase) -> dict[str, Any]:
    currency, cents = currency_of(country), phase.goods.price_cents
    availability = "InStock" if phase.condition is Condition.LIVE else "OutOfStock"
    told: dict[str, Any] = {
        "@type": "Offer",
        "priceCurrency": currency.code,
        "availability": f"https://schema.org/{availability}",
        "seller": {"@type": "Organization", "name": phase.seller.name},
        "url": f"{base}/item/{offer.listing_id}",
    }
    if offer.is_wholesale:
        prices = {"lowPrice": money(cents, currency), "highPrice": money(highest(cents), currency)}
        return {**told, **prices, "@type": "AggregateOffer", "offerCount": 1}
    return {**told, "price": money(cents, currency)}
