"""Amazon's pages: several ASINs a page, the delivery line, prices split over elements."""

import json
import re
from functools import cached_property

import parsel

from crawler.extract.countries import country_named_in
from crawler.extract.prices import Prices
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import SearchHit

_POSTAL_CODE = re.compile(r"\b\d{4,6}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b")
_SOLD_BY = re.compile(
    r"(?:sold by|vendu par|venduto da|verkauf (?:durch|von)|vendido por) "
    r"(.{1,80}?)(?: (?:and|und|et|e|y) | ?\.(?:\s|$)|$)",
    re.I,
)
_STORE = re.compile(
    r"^(?:Visit the |Brand: |Besuchen? Sie den |Visita lo Store di |Marque : |Marca: |Marke: |Visita la tienda de "
    r"|Visiter la boutique )"
)
_RANGE, _PRICE = ".a-price-range .a-offscreen", ".a-price:not(.a-text-price)"
_AUTHOR = re.compile(r"^(?:by|von|de|di|par) .*\(", re.I)
_SPONSORED = re.compile(r"^\[(?:Sponsored|Gesponsert|Sponsorisé|Sponsorizzato|Patrocinado|Gesponsord)\]\s*", re.I)
_STORE_END = re.compile(r"[ -]Store$")
_HOSTS = {
    "co.uk": "GB",
    "com": "US",
    "co.jp": "JP",
    "com.au": "AU",
    "com.mx": "MX",
    "com.br": "BR",
    "com.tr": "TR",
    "com.be": "BE",
}


class Listing(ListingPage):
    """A product's page, of any layout since 2019."""

    def own_ids(self) -> frozenset[str]:
        given = {*self.css("input#ASIN::attr(value)").getall(), *self.css("input[name='ASIN']::attr(value)").getall()}
        return frozenset({one.upper() for one in given if len(one) == 10} | ({self.listing_id()} - {""}))

    def listing_id(self) -> str:
        stated = self.css("input#ASIN::attr(value), input[name='ASIN.0']::attr(value)").get("")
        return self.addresses.listing_id(self.canonical_link) or stated.upper()

    def prices(self) -> Prices:
        """A range where a size is still to be chosen; the parts of the price where its one text is empty."""
        ends = self.css(f"#corePrice_desktop {_RANGE}, #corePriceDisplay_desktop_feature_div {_RANGE}")
        if len(ends) >= 2:
            return self.printed_prices(" - ".join(ends.xpath("string()").getall()[:2]))
        parts = self.css(f"#corePriceDisplay_desktop_feature_div {_PRICE}, #apex_desktop {_PRICE}")
        for part in parts[:1]:
            whole, cents = (
                self.first(".a-price-whole", scope=part).rstrip(".,"),
                self.first(".a-price-fraction", scope=part),
            )
            if whole:
                sign = self.first(".a-price-symbol", scope=part)
                return self.printed_prices(f"{sign}{whole}{self.separator if cents else ''}{cents}")
        return super().prices()

    def seller(self) -> str:
        found = super().seller()
        printed = _SOLD_BY.search(self.first("#merchant-info"))
        return found or (printed[1].strip() if printed else "")

    def brand(self) -> str:
        byline = self.first("#bylineInfo")
        return super().brand() or ("" if _AUTHOR.match(byline) else _STORE_END.sub("", _STORE.sub("", byline)))

    def images(self) -> list[str]:
        sizes = self.css("#landingImage::attr(data-a-dynamic-image)").get("{}")
        try:
            dynamic = [str(one) for one in json.loads(sizes)]
        except (ValueError, TypeError):
            dynamic = []
        return [*[one for one in super().images() if not one.startswith("data:")], *dynamic[:1]]

    @cached_property
    def _places(self) -> list[str]:
        return [place for css in self.site.fields["served_place"] if (place := self.first(css))]

    def served_place(self) -> str:
        return next((place for place in self._places if self._country_of(place)), next(iter(self._places), ""))

    def served_country(self) -> str:
        return next(filter(None, map(self._country_of, self._places)), "")

    def _country_of(self, place: str) -> str:
        """The country of a delivery line: named, or a postal code of the host's own country."""
        if _POSTAL_CODE.search(place):
            suffix = self.host.partition("amazon.")[2]
            return _HOSTS.get(suffix) or suffix.upper()[:2]
        return country_named_in(place)


class Search(SearchPage):
    """Search results, best-seller lists."""

    def card(self, card: parsel.Selector) -> SearchHit | None:
        """Without the word that marks an advertisement in the titles of older pages."""
        hit = super().card(card)
        return hit and hit.model_copy(update={"title": _SPONSORED.sub("", hit.title)})
