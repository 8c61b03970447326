"""Saved pages: a file (plain or gzipped) or a manifest of many, read and told as plain records."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from crawler.errors import BadInput
from crawler.extract.countries import country_code
from crawler.marketplaces.reader import MAX_BODY_BYTES, read_page
from crawler.marketplaces.registry import Registry
from crawler.plan import Vantage
from crawler.reading import FetchedPage, PageKind, Reading, SearchHit

_GZIP = b"\x1f\x8b"
_KINDS: tuple[tuple[str, PageKind], ...] = (
    ("search", "search"),
    ("seller", "seller"),
    ("listing", "listing"),
    ("product", "listing"),
    ("noship", "listing"),
    ("outofstock", "listing"),
    ("removed", "listing"),
)


def read_bytes(path: Path) -> bytes:
    """The content of a saved page, decompressed where it is gzip; one byte over the limit is enough to say so.

    Raises BadInput for a missing file and for gzip that is broken or cut off.
    """
    try:
        with path.open("rb") as file:
            if path.suffix != ".gz" and file.peek(2)[:2] != _GZIP:
                return file.read(MAX_BODY_BYTES + 1)
            with gzip.open(file) as packed:
                return packed.read(MAX_BODY_BYTES + 1)
    except FileNotFoundError as error:
        raise BadInput("there is no such file", file=str(path)) from error
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BadInput(f"the gzip data are broken or cut off ({error})", file=str(path)) from error
    except OSError as error:
        raise BadInput(f"can't be read ({error.strerror or error})", file=str(path)) from error


def vantage_of(name: str) -> Vantage | None:
    """A buyer's place by its country (`us`, `de`); None for none. Raises BadInput for what is no country."""
    if not name.strip():
        return None
    code = country_code(name)
    if not code:
        raise BadInput(f"{name!r} is no country: give two letters, such as us", field="vantage")
    return Vantage(name=name.strip().lower(), country=code)


def kind_named(name: str) -> PageKind | None:
    """The kind of page that a column of a manifest names (`search-json`, `product`), None where it names none."""
    plain = name.strip().lower()
    return next((kind for start, kind in _KINDS if plain.startswith(start)), None)


class PageNotes(NamedTuple):
    """What is known of a saved page beside its bytes; "" and None where nothing is."""

    url: str = ""
    marketplace: str = ""
    status: int | None = None
    kind: PageKind | None = None


def read_saved(body: bytes, registry: Registry, notes: PageNotes, vantage: Vantage | None = None) -> dict[str, Any]:
    """One saved page as the record that `read --json` prints."""
    page = FetchedPage(url=notes.url.strip(), body=body, status=notes.status)
    name = notes.marketplace.strip() or None
    reading = read_page(page, marketplace=name, kind=notes.kind, vantage=vantage, registry=registry)
    return record_of(reading, page.url)


def read_manifest(path: Path, registry: Registry, vantage: Vantage | None = None) -> Iterator[dict[str, Any]]:
    """One record a row, with `file`; a row that can't be read becomes {file, error} and costs no other.

    Raises BadInput where the manifest itself can't be read or has no column `file`.
    """
    try:
        text = read_bytes(path).decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"is no CSV in UTF-8 ({error})", file=str(path)) from error
    header = next(csv.reader(io.StringIO(text, newline="")), [])
    if "file" not in header:
        raise BadInput("the manifest has no such column", file=str(path), line=1, field="file")
    for row in rows:
        cells = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
        try:
            yield {"file": cells["file"], **_read_row(path.parent, cells, registry, vantage)}
        except BadInput as error:
            yield {"file": cells["file"], "error": str(error)}


def _read_row(folder: Path, row: dict[str, str], registry: Registry, vantage: Vantage | None) -> dict[str, Any]:
    status = row.get("status", "")
    if status and not (status.isascii() and status.isdigit() and 100 <= int(status) <= 599):
        raise BadInput(f"{status!r} is no HTTP status", file=row["file"], field="status")
    if not row["file"]:
        raise BadInput("the row names no file", field="file")
    notes = PageNotes(
        url=row.get("url", ""),
        marketplace=row.get("marketplace", ""),
        status=int(status) if status else None,
        kind=kind_named(row.get("kind", "")),
    )
    return read_saved(read_bytes(folder / row["file"]), registry, notes, vantage)


def record_of(reading: Reading, url: str = "") -> dict[str, Any]:
    """A reading as the record that `read --json` prints: null where the page doesn't say, prices as decimal strings."""
    judgement = reading.judgement
    record: dict[str, Any] = {"marketplace": reading.marketplace, "kind": reading.kind}
    if reading.facts is None:
        record.update(url=url or None, state=judgement.state.value, rule=judgement.rule)
        record["listings"] = [_hit(hit) for hit in reading.hits]
        record["next_page_url"] = reading.next_page_url or None
    else:
        facts = reading.facts
        record.update(listing_id=facts.listing_id or None, url=facts.url or url or None)
        record.update(state=judgement.state.value, rule=judgement.rule, title=facts.title or None)
        record.update(price=_decimal(facts.price), price_max=_decimal(facts.price_max))
        for name in ("currency", "seller", "brand", "model", "gtin"):
            record[name] = getattr(facts, name) or None
        record.update(ships_to=list(facts.ships_to), served_country=facts.served_country or None)
        record["images"] = list(facts.images)
    record.update(signature=judgement.signature or None, says=judgement.says or None, notes=list(reading.notes))
    return record


def _hit(hit: SearchHit) -> dict[str, Any]:
    return {
        "listing_id": hit.listing_id,
        "url": hit.url or None,
        "title": hit.title or None,
        "price": _decimal(hit.price),
        "currency": hit.currency or None,
    }


def _decimal(amount: Any) -> str | None:
    return None if amount is None else format(amount, "f")
