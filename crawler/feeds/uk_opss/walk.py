"""GOV.UK's search answers, page by page, and the content item behind each result."""

from crawler.errors import BadInput
from crawler.feeds.addresses import on_same_host, with_query
from crawler.feeds.bytes import json_of
from crawler.feeds.feed import Entry, Get
from crawler.feeds.fetch import FetchFailed

_MOST_PAGES = 100


def entries(get: Get, endpoint: str) -> tuple[Entry, ...]:
    """The content item of every result, in the order of the search: newest first as we ask.

    Raises FetchFailed (a page is missing: fewer results than the search counts), and BadInput for another form.
    """
    found: dict[str, str] = {}
    asked = results = total = 0
    while asked < _MOST_PAGES:
        page_url = with_query(endpoint, start=results) if results else endpoint
        page = json_of(get(page_url), page_url)
        rows, total = _rows(page, page_url)
        for row in rows:
            link, changed = row.get("link"), row.get("public_timestamp") or ""
            if not isinstance(link, str) or not link.startswith("/") or not isinstance(changed, str):
                raise BadInput("holds a result without a link and a public_timestamp as text", file=page_url)
            found.setdefault(on_same_host(f"/api/content{link}", endpoint), changed)
        asked, results = asked + 1, results + len(rows)
        if results >= total or not rows:
            break
    if results < total:
        raise FetchFailed(f"the search counts {total} results and gave {results}")
    return tuple(Entry(url, changed) for url, changed in found.items())


def _rows(page: object, name: str) -> tuple[list[dict[str, object]], int]:
    rows, total = (page.get("results"), page.get("total")) if isinstance(page, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(total, int) or not all(isinstance(row, dict) for row in rows):
        raise BadInput("is JSON, but no answer of GOV.UK's search", file=name)
    return rows, total
