"""`stillforsale read`: what a saved page says."""

from pathlib import Path
from typing import Any

import typer

FILE = typer.Argument(None, help="A saved page: HTML or JSON, plain or .gz.", show_default=False)
URL = typer.Option("", "--url", help="The address that the page came from; may be empty where the page tells.")
MARKETPLACE = typer.Option(
    "", "--marketplace", help="The marketplace whose reader to use; found from the address else."
)
STATUS = typer.Option(None, "--status", help="The HTTP status that the page came with; left out means not known.")
VANTAGE = typer.Option("", "--vantage", help="Judge for a buyer in this country (us); else where it was served for.")
KIND = typer.Option("", "--kind", help="listing or search; found from the page else.")
MANIFEST = typer.Option(
    None, "--manifest", help="A CSV with columns file, url, marketplace, status: many pages at once."
)
OWN = typer.Option(None, "--marketplaces", help="A folder with marketplaces of your own.")
JSON = typer.Option(False, "--json", help="Print JSON: one value, or with --manifest one line a page.")


def read(
    file: Path | None = FILE,
    url: str = URL,
    marketplace: str = MARKETPLACE,
    status: int | None = STATUS,
    vantage: str = VANTAGE,
    kind: str = KIND,
    manifest: Path | None = MANIFEST,
    marketplaces: Path | None = OWN,
    json: bool = JSON,
) -> None:
    """Read a saved page: which listing it is about, what it offers, and the state that the rules make of it.

    Nothing is fetched. A page that could be a wall, a login or an empty shell is never read as the end of an offer,
    and a page that fits no rule is `unclear`. The states and rules are explained in docs/reference.

    Examples:

      stillforsale read page.html.gz --url https://www.amazon.com/dp/B0823MDHDJ --vantage us --json

      stillforsale read --manifest pages/MANIFEST.csv --json
    """
    from crawler.errors import BadInput
    from crawler.marketplaces.registry import load_registry
    from crawler.marketplaces.saved import PageNotes, kind_named, read_bytes, read_saved, vantage_of

    if (file is None) == (manifest is None):
        raise BadInput("give either a FILE or --manifest FILE.csv")
    _check(kind, status)
    buyer = vantage_of(vantage)
    registry = load_registry(marketplaces)
    if marketplace:
        registry.get(marketplace)
    if file is None:
        _read_manifest(manifest, registry, buyer, json)
        return
    one = PageNotes(url=url, marketplace=marketplace, status=status, kind=kind_named(kind))
    _tell(read_saved(read_bytes(file), registry, one, buyer), json)


def _check(kind: str, status: int | None) -> None:
    from crawler.errors import BadInput

    if kind not in ("", "listing", "search", "seller"):
        raise BadInput(f"{kind!r} is neither listing, search nor seller", field="kind")
    if status is not None and not 100 <= status <= 599:
        raise BadInput(f"{status} is no HTTP status", field="status")


def _read_manifest(manifest: Any, registry: Any, buyer: Any, json: bool) -> None:
    from crawler.errors import NeedsPerson
    from crawler.marketplaces.saved import read_manifest

    unread = 0
    for record in read_manifest(manifest, registry, buyer):
        if "error" in record:
            unread += 1
            typer.echo(f"{record['file'] or 'a row without a file'}: {record['error']}", err=True)
            if not json:
                continue
        _tell(record, json)
    if unread:
        raise NeedsPerson(f"{unread} of the pages in {manifest} could not be read")


def _tell(record: dict[str, Any], json: bool) -> None:
    if json:
        from json import dumps

        typer.echo(dumps(record, ensure_ascii=False))
        return
    head = [record.get("file"), record["marketplace"], record["kind"], record.get("listing_id"), record["state"]]
    typer.echo("  ".join(str(one) for one in head if one))
    typer.echo(f"  because: {record['says'] or record['rule']} ({record['rule']})")
    if "listings" in record:
        for hit in record["listings"]:
            typer.echo(f"  {hit['listing_id']}  {hit['price'] or '-'} {hit['currency'] or ''}  {hit['title'] or ''}")
        return
    for name in ("title", "price", "currency", "seller", "brand", "model", "gtin", "served_country"):
        if record[name]:
            typer.echo(f"  {name}: {record[name]}")
    for note in record["notes"]:
        typer.echo(f"  note: {note}")
