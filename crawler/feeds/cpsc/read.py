"""Reads CPSC API records, whole or with empty keys pruned, into notices."""

from collections.abc import Iterator, Mapping

from crawler.errors import BadInput
from crawler.feeds.bytes import json_of, start_of
from crawler.feeds.cpsc.number import recall_id, remedy_flags
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Firm, Image, Link, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import iso_day

SOURCE = "cpsc"
_PARTIES = {
    "Manufacturers": "manufacturer",
    "Importers": "importer",
    "Distributors": "distributor",
}


def sniff(data: bytes) -> bool:
    """A JSON array or object whose records carry RecallNumber."""
    start = start_of(data)
    return start[:1] in "[{" and '"RecallNumber"' in start and '"RecallInfo"' not in start[:2000]


def read(data: bytes, name: str) -> ReadResult:
    """The notices of an API answer. Raises BadInput where the file holds no list of recall records."""
    rows = list(_rows(json_of(data, name), name))
    return gather(SOURCE, rows, _notice)


def _rows(value: object, name: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        keyed = "RecallNumber" not in value
        if keyed and not all(isinstance(item, Mapping) and "RecallNumber" in item for item in value.values()):
            raise BadInput("is JSON, but no list of CPSC recall records", file=name)
        value = list(value.values()) if keyed else [value]
    if not isinstance(value, list):
        raise BadInput("is JSON, but no list of CPSC recall records", file=name)
    for at, item in enumerate(value, 1):
        number = item.get("RecallNumber") if isinstance(item, Mapping) else None
        yield (str(number) if number else f"record {at}"), item


def _notice(row: object) -> Notice:
    record = Fields(row)
    number, notice_id = recall_id(record.needed("RecallNumber"))
    products = _products(record)
    notice = Notice(
        id=notice_id,
        kind="recall",
        authority="us-cpsc",
        number=number,
        published_on=iso_day(record.needed("RecallDate"), "RecallDate"),
        updated_on=iso_day(record.raw("LastPublishDate"), "LastPublishDate"),
        title=record.text("Title"),
        url=record.raw("URL"),
        description=record.text("Description"),
        products=products,
        firms=tuple(Firm(name=name, role=role) for key, role in _PARTIES.items() for name in _names(record, key)),
        sold_at=" ".join(_names(record, "Retailers")),
        hazards=_names(record, "Hazards"),
        remedies=_names(record, "Remedies"),
        remedy_options=_names(record, "RemedyOptions", "Option"),
        injuries=_names(record, "Injuries"),
        upcs=_names(record, "ProductUPCs", "UPC"),
        images=_images(record),
        units="; ".join(dict.fromkeys(product.units for product in products if product.units)),
        countries=_names(record, "ManufacturerCountries", "Country"),
        categories=record.texts("_website_categories"),
        consumer_contact=record.text("ConsumerContact"),
        links=tuple(Link(kind="joint", target=url) for url in _names(record, "Inconjunctions", "URL")),
    )
    if not notice.title and not products:
        raise RecordProblem("neither Title nor a product's Name says what it is about")
    known = {"recall_id": record.raw("RecallID"), "sold_at_label": record.text("SoldAtLabel")}
    extra, flags = record.finish(known)
    return notice.model_copy(update={"extra": extra, "flags": (*remedy_flags(notice.remedy_options), *flags)})


def _products(record: Fields) -> tuple[Product, ...]:
    products = tuple(
        Product(
            name=row.text("Name"),
            model=row.text("Model"),
            description=row.text("Description"),
            units=row.text("NumberOfUnits"),
        )
        for row in record.rows("Products")
    )
    return tuple(product for product in products if product.name or product.model)


def _names(record: Fields, key: str, field: str = "Name") -> tuple[str, ...]:
    return tuple(name for row in record.rows(key) if (name := row.text(field)))


def _images(record: Fields) -> tuple[Image, ...]:
    rows = record.rows("Images")
    return tuple(Image(url=url, caption=row.text("Caption")) for row in rows if (url := row.raw("URL")))
