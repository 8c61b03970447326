"""schema.org data of a page: products and offers from JSON-LD and microdata, and what OpenGraph adds."""

import html
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from crawler.extract.prices import Prices, amount_in
from crawler.extract.scripts import objects_at, read_json
from crawler.extract.text import own_text, squeeze, text_within

_COMMENT = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\]\]>|\]\]>)\s*$")
_COMMA = re.compile(r",(\s*[}\]])")
_MOST_SCRIPTS = 200
_MOST_METAS = 300
_HAS_MICRODATA = etree.XPath('boolean(descendant-or-self::*[contains(@itemtype, "schema.org/")])')
_TOO_MUCH_MICRODATA = etree.XPath(
    "count(descendant-or-self::*[@itemprop]) > 3000 or count(descendant-or-self::*[@itemref]) > 50"
    " or boolean(descendant-or-self::*[@itemscope][ancestor::*[@itemscope][12]])"
)
_RDFA_PRODUCTS = etree.XPath("descendant-or-self::*[contains(@typeof, 'Product')]")
_RDFA_PROPERTIES = etree.XPath("descendant::*[@property]")
_MOST_RDFA = 20
_OFFERED = ("price", "lowPrice", "highPrice", "priceCurrency", "availability")
_PRODUCTS = frozenset(
    {"Product", "ProductGroup", "IndividualProduct", "ProductModel", "SomeProducts", "Vehicle", "Book"}
)
IN_STOCK = frozenset(
    {"instock", "limitedavailability", "onlineonly", "instoreonly", "preorder", "presale", "backorder", "available"}
    | {"availablefororder", "madetoorder"}
)
OUT_OF_STOCK = frozenset({"outofstock", "soldout", "reserved", "notavailable", "oos"})
DISCONTINUED = frozenset({"discontinued"})


def json_ld(scripts: Iterable[Any]) -> list[dict[str, Any]]:
    """Every object of the JSON-LD among these script elements, graphs unfolded. Broken blocks are left out, the others
    kept."""
    found: list[dict[str, Any]] = []
    for script in islice((one for one in scripts if "ld+json" in (one.get("type") or "")), _MOST_SCRIPTS):
        text = _COMMENT.sub("", own_text(script))
        value = read_json(text)
        if value is None:
            value = read_json(_COMMA.sub(r"\1", text).rstrip(" ;\n\t\r"))
        found.extend(_unfolded(value))
    return found


def _unfolded(value: Any) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            yield one
            yield from (inner for inner in objects_at(one, "@graph"))
            main = one.get("mainEntity")
            if isinstance(main, dict):
                yield main


def microdata(root: Any, base_url: str) -> list[dict[str, Any]]:
    """Products marked up as microdata, in the shape of JSON-LD. Read by extruct, and only where there are some and
    not thousands: its time grows with the third power of their nesting and the square of their number."""
    if not _HAS_MICRODATA(root) or _TOO_MUCH_MICRODATA(root):
        return []
    from extruct.w3cmicrodata import LxmlMicrodataExtractor

    items = LxmlMicrodataExtractor().extract_items(root, base_url)
    return [_flattened(item) for item in items if isinstance(item, dict)]


def _flattened(item: dict[str, Any]) -> dict[str, Any]:
    types = item.get("type", "")
    flat: dict[str, Any] = {
        "@type": [one.rsplit("/", 1)[-1] for one in (types if isinstance(types, list) else [types])]
    }
    properties = item.get("properties")
    if isinstance(properties, dict):
        for name, value in properties.items():
            values = [
                _flattened(one) if isinstance(one, dict) else one
                for one in (value if isinstance(value, list) else [value])
            ]
            flat[name] = values[0] if len(values) == 1 else values
    return flat


def rdfa(root: Any) -> list[dict[str, Any]]:
    """Products marked up as RDFa (`typeof="schema:Product"`), in the shape of JSON-LD, their offers as one."""
    return [_of_rdfa(scope) for scope in _RDFA_PRODUCTS(root)[:_MOST_RDFA]]


def _of_rdfa(scope: Any) -> dict[str, Any]:
    said: dict[str, str] = {}
    for element in islice(_RDFA_PROPERTIES(scope), _MOST_METAS):
        name = element.get("property").rpartition(":")[2]
        value = element.get("content") or element.get("href") or element.get("resource") or text_within(element)
        said.setdefault(name, squeeze(value)[:1000])
    offer = {name: said[name] for name in _OFFERED if said.get(name)}
    return {"@type": "Product", **said, "offers": [offer] if offer else []}


def open_graph(metas: Iterable[Any]) -> dict[str, str]:
    """The `og:` and `product:` values of a page's meta elements, the first of each name."""
    found: dict[str, str] = {}
    named = ((one, one.get("property"), one.get("name")) for one in metas if one.get("content") is not None)
    for meta, by_property, by_name in islice((one for one in named if one[1:] != (None, None)), _MOST_METAS):
        name = (by_property or by_name or "").lower()
        if name.startswith(("og:", "product:", "twitter:")):
            found.setdefault(name, squeeze(meta.get("content")))
    return found


def types_of(item: dict[str, Any]) -> set[str]:
    """The bare names of an object's types."""
    types = item.get("@type", "")
    return {str(one).rsplit("/", 1)[-1] for one in (types if isinstance(types, list) else [types])}


def product_of(items: list[dict[str, Any]], name_hint: str = "") -> dict[str, Any]:
    """The product that a page is about: the only one, or the one named in the hint; {} for none or a list."""
    products = [item for item in items if types_of(item) & _PRODUCTS and text_of(item.get("name"))]
    offered = [item for item in products if offers_of(item)] or products
    if len(offered) <= 1:
        return offered[0] if offered else {}
    hint = squeeze(name_hint).casefold()
    named = [item for item in offered if hint and text_of(item["name"]).casefold()[:40] in hint]
    names = {text_of(item["name"]) for item in offered}
    return (named or offered)[0] if named or len(names) == 1 else {}


def offers_of(product: dict[str, Any]) -> list[dict[str, Any]]:
    """The offers of a product and of its variants."""
    found = [one for one in _listed(product.get("offers")) if isinstance(one, dict)]
    for nested in list(found):
        found.extend(one for one in _listed(nested.get("offers")) if isinstance(one, dict))
    for variant in _listed(product.get("hasVariant")):
        if isinstance(variant, dict):
            found.extend(one for one in _listed(variant.get("offers")) if isinstance(one, dict))
    return found


def prices_of(product: dict[str, Any]) -> Prices:
    """Lowest and highest price over a product's offers."""
    amounts: list[Decimal] = []
    currency = ""
    for offer in offers_of(product):
        specified = [one for one in _listed(offer.get("priceSpecification")) if isinstance(one, dict)]
        for place in (offer, *(specified[:1] if offer.get("price") is None else [])):
            for key in ("price", "lowPrice", "highPrice"):
                amount = amount_in(_first(place.get(key)), text_of(place.get("priceCurrency")).upper())
                if amount is not None:
                    amounts.append(amount)
            currency = currency or text_of(place.get("priceCurrency"))
    return (
        Prices(min(amounts), max(amounts), currency.upper()[:3]) if amounts else Prices(currency=currency.upper()[:3])
    )


def availabilities_of(product: dict[str, Any]) -> set[str]:
    """What the offers say of their availability, as bare lower-case words (`instock`, `outofstock`)."""
    said = (text_of(offer.get("availability")) for offer in offers_of(product))
    return {availability_word(one) for one in said if one}


def availability_word(said: str) -> str:
    """One availability as a bare lower-case word, whether it is an address of schema.org's or words."""
    return re.sub(r"[^a-z]", "", said.rsplit("/", 1)[-1].rsplit("#", 1)[-1].lower())


def text_of(value: Any) -> str:
    """A schema.org value as text: a string, a number, the name of an object, the first of a list."""
    value = _first(value)
    if isinstance(value, dict):
        value = _first(value.get("name") or value.get("@value") or value.get("@id") or "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return squeeze(html.unescape(str(value)))


def images_of(product: dict[str, Any]) -> list[str]:
    """Addresses of a product's images, as given."""
    found = []
    for image in _listed(product.get("image")):
        if isinstance(image, dict):
            image = _first(image.get("url") or image.get("contentUrl") or "")
        if isinstance(image, str) and image:
            found.append(image)
    return found


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else "" if isinstance(value, list) else value
