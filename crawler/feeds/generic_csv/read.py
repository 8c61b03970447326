"""Reads any authority's or group's list as CSV, by a map of its columns to ours."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from crawler.errors import BadInput
from crawler.feeds.bytes import start_of
from crawler.feeds.fields import Fields
from crawler.feeds.notice import Firm, Identifier, IdentifierKind, Image, Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.table import check_cells, named_rows
from crawler.feeds.text import iso_day

SOURCE = "csv"
OURS = tuple(
    """id kind authority number published_on updated_on title url description product model units brand gtin upc asin
    batch serial seller manufacturer importer distributor retailer sold_at hazard remedy country category image
    scope""".split()
)
_ROLES = ("seller", "manufacturer", "importer", "distributor", "retailer")
_MARKS: tuple[IdentifierKind, ...] = ("brand", "gtin", "asin", "batch", "serial")


def sniff(data: bytes) -> bool:
    """A CSV whose header has our own names: authority, number or id, and title or product."""
    head = {cell.strip(' "\r').lower() for cell in start_of(data).partition("\n")[0].split(",")}
    return "authority" in head and bool({"number", "id"} & head) and bool({"title", "product"} & head)


def read(data: bytes, name: str) -> ReadResult:
    """The notices of a CSV whose columns are named as ours. Raises BadInput."""
    return read_mapped(data, name, {}, {})


def read_mapped(data: bytes, name: str, columns: Mapping[str, str], constants: Mapping[str, str]) -> ReadResult:
    """The notices of a CSV: `columns` maps its headers to our names, `constants` fills what it has no column for."""
    unknown = sorted({*columns.values(), *constants} - set(OURS))
    if unknown:
        raise BadInput(f"{', '.join(unknown)} is no field of ours; there are {', '.join(OURS)}", file=name)
    names = {ours: ours for ours in OURS} | {theirs.lower(): ours for theirs, ours in columns.items()}
    rows, notes = named_rows(data, name, names, frozenset())
    if rows and not {"id", "number"} & (rows[0][1].keys() | constants.keys()):
        raise BadInput("has no column for id or number; map one with --columns MAP.toml", file=name, line=1)
    named = ((cells.get("number") or cells.get("id") or f"line {line}", cells) for line, cells in rows)
    return gather(SOURCE, named, lambda cells: _notice({**constants, **cells}), notes)


def read_map(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The tables `columns` and `constants` of a map. Raises BadInput."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadInput(f"is no column map: {problem}", file=str(path)) from None
    extra = sorted(tables.keys() - {"columns", "constants"})
    if extra:
        raise BadInput("a column map has the tables [columns] and [constants] only", file=str(path), field=extra[0])
    parts = [tables.get(key, {}) for key in ("columns", "constants")]
    if not all(isinstance(part, dict) and all(isinstance(value, str) for value in part.values()) for part in parts):
        raise BadInput("every entry of a column map is text = text", file=str(path))
    return parts[0], parts[1]


def _notice(cells: dict[str, str]) -> Notice:
    if wrong := check_cells(cells):
        raise RecordProblem(f"torn row: {wrong}")
    record = Fields(cells)
    authority, number = record.needed("authority"), record.text("number")
    notice_id = record.text("id") or (f"{authority}:{number}" if number else "")
    if not notice_id:
        raise RecordProblem("id: missing, and so is number")
    title, product = record.text("title"), record.text("product")
    content: dict[str, object] = {
        "id": notice_id,
        "kind": record.text("kind") or "recall",
        "authority": authority,
        "number": number,
        "published_on": iso_day(record.raw("published_on"), "published_on"),
        "updated_on": iso_day(record.raw("updated_on"), "updated_on"),
        "title": title or product,
        "url": record.raw("url"),
        "description": record.text("description"),
        "products": _products(record, product or title),
        "firms": tuple(Firm(name=name, role=role) for role in _ROLES if (name := record.text(role))),
        "sold_at": record.text("sold_at"),
        "hazards": _split(record.text("hazard")),
        "remedies": _split(record.text("remedy")),
        "upcs": _split(record.text("upc")),
        "images": tuple(Image(url=url) for url in _split(record.raw("image"))),
        "countries": _split(record.text("country")),
        "categories": _split(record.text("category")),
        "scope": record.text("scope") or "unknown",
        "identifiers": tuple(_marks(record)),
    }
    extra, flags = record.finish({})
    return Notice.model_validate(content | {"extra": extra, "flags": flags})


def _products(record: Fields, name: str) -> tuple[Product, ...]:
    models, units = _split(record.text("model")), record.text("units")
    if not models:
        return (Product(name=name, units=units),) if name else ()
    return tuple(Product(name=name, model=model, units=units) for model in models)


def _marks(record: Fields) -> list[Identifier]:
    from crawler.extract.gtin import valid_gtin

    return [
        Identifier(kind=kind, value=value, valid=kind != "gtin" or bool(valid_gtin(value)))
        for kind in _MARKS
        for value in _split(record.text(kind))
    ]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[;|]", text) if part.strip())
