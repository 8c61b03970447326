"""eBay's pages: two layouts of an item, and prices with the site's own currency signs."""

import re

from crawler.extract.countries import country_code, country_named_in
from crawler.marketplaces.base import ListingPage, SearchPage
from crawler.reading import Mark, MarkKind, SearchHit

_DETAILS = re.compile(
    r"^(?:Details about|Dettagli su|Détails sur|Details zu|Detalles de|Meer informatie over)\s*", re.I
)
_NEW = re.compile(
    r"^(?:New listing|Neues Angebot|Nouvelle annonce|Nuova inserzione|Nuevo anuncio|Anuncio nuevo|Nieuwe aanbieding"
    r"|新規出品)\s+",
    re.I,
)
_REFUSED = re.compile(r"(?:post|ship|deliver)s? to\s+([A-Z][\w .'-]+?)(?:\s*[-|,(]|$)")


class Listing(ListingPage):
    """An item's page."""

    def more_marks(self) -> list[Mark]:
        """schema.org data still says InStock where a buyer is refused, and on old pages always: an offer needs a buy
        control, or the layout of 2022 without any message about the listing's end."""
        quiet = self.layout() == "2022" and not self.css(".d-statusmessage, .x-oos-status, .ux-message__title")
        return [mark for mark in self.schema_marks() if mark.kind is not MarkKind.OFFER or quiet]

    def title(self) -> str:
        return _DETAILS.sub("", super().title())

    def ships_to(self) -> tuple[str, ...]:
        """The countries named under "Ships to"; none where it says worldwide."""
        printed = self.first("[itemprop=areaServed]", "#vi-acc-shpsToLbl-cnt").split("|")[0]
        return tuple(dict.fromkeys(filter(None, map(country_code, printed.split(",")))))

    def served_country(self) -> str:
        """The country chosen in the shipping calculator, or the one that the page refuses to ship to."""
        refused = _REFUSED.search(self.first("#shSummary", ".ux-labels-values--shipping"))
        named = country_named_in(refused[1]) if refused else ""
        return named or super().served_country()


class Search(SearchPage):
    """Search results, and a seller's listings, which are a search too."""

    def cards(self) -> list[SearchHit]:
        """Without the first card, which is an empty sample that the page carries along, and without what the site puts
        before a new listing's title."""
        hits = [hit for hit in super().cards() if hit.title.lower() != "shop on ebay"]
        return [hit.model_copy(update={"title": _NEW.sub("", hit.title)}) for hit in hits]
