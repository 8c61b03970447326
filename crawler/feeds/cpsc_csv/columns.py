"""The columns of the CPSC website exports, under every header that they have had."""

from collections.abc import Iterator, Mapping

from crawler.feeds.notice import Firm
from crawler.feeds.text import plain

COLUMNS = {
    "recall number": "number",
    "product safety warning number": "warning_number",
    "date": "date",
    "recall date": "date",
    "product safety warning date": "warning_date",
    "recall heading": "heading",
    "recall title": "heading",
    "product safety warning title": "warning_title",
    "name of product": "product",
    "product name": "product",
    "description": "description",
    "hazard description": "hazard",
    "hazard": "hazard",
    "consumer action": "action",
    "original product safety warning announcement": "warning_text",
    "remedy type": "remedy_type",
    "units": "units",
    "incidents": "incidents",
    "remedy": "remedy",
    "sold at label": "sold_at_label",
    "sold at": "sold_at",
    "importers": "importers",
    "importer(s)": "importers",
    "manufacturers": "manufacturers",
    "manufacturer(s)": "manufacturers",
    "distributors": "distributors",
    "distributor(s)": "distributors",
    "manufactured in": "countries",
    "conjunction with": "conjunction",
    "custom label": "custom_label",
    "custom field": "custom_field",
}
_PARTIES = {"manufacturers": "manufacturer", "importers": "importer", "distributors": "distributor"}
_ROLES = {
    "seller": "seller",
    "sellers": "seller",
    "retailer": "retailer",
    "retailers": "retailer",
    "recalling firm": "recalling firm",
    "importer": "importer",
    "manufacturer": "manufacturer",
    "distributor": "distributor",
}


def firms_of(cells: Mapping[str, str]) -> tuple[Firm, ...]:
    """The parties of a row; the custom field is one where its label names a role ("Seller:", "Retailer")."""
    found = [Firm(name=name, role=role) for key, role in _PARTIES.items() if (name := plain(cells.get(key, "")))]
    role = custom_role(cells)
    if role and (name := plain(cells.get("custom_field", ""))):
        found.append(Firm(name=name, role=role))
    return tuple(found)


def custom_role(cells: Mapping[str, str]) -> str:
    """The role that the custom label names, "" where it is a message of another kind."""
    label = plain(cells.get("custom_label", "")).lower().rstrip(": ").replace("(s)", "s")
    return _ROLES.get(label, "")


def markup_flags(cells: Mapping[str, str]) -> Iterator[str]:
    """A flag where the export cut a link into the text: the words around it are not the authority's."""
    for key, text in cells.items():
        if "\u2026 lang=" in text or "\u2026;" in text or ("http" in text and "\u2026" in text):
            yield f"truncated-link: the column {key} holds a link that the export cut off"


def custom_extra(cells: Mapping[str, str]) -> dict[str, str]:
    """The custom field and its label where they name no party."""
    if custom_role(cells):
        return {}
    return {"custom_label": plain(cells.get("custom_label", "")), "custom_field": plain(cells.get("custom_field", ""))}
