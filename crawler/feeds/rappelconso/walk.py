"""RappelConso's rows: the whole export at once, or page after page where the address is one of records."""

import json

from crawler.errors import BadInput
from crawler.feeds.addresses import with_query
from crawler.feeds.bytes import json_of
from crawler.feeds.feed import Get
from crawler.feeds.fetch import FetchFailed

_MOST_ROWS = 10_000
"""What `records` gives at most, by offset and limit together; the export has no such bound."""


def join(get: Get, endpoint: str) -> bytes:
    """All rows as one list: the rows of one notice may stand on two pages.

    Raises FetchFailed where a page is missing or the list changed while it was fetched, and BadInput for another form.
    """
    body = get(endpoint)
    page = json_of(body, endpoint)
    if isinstance(page, list):
        return body
    rows, total = _rows(page, endpoint)
    if total > _MOST_ROWS:
        raise BadInput(f"counts {total} rows, and pages end at {_MOST_ROWS}: ask for exports/json", file=endpoint)
    while len(rows) < total:
        page_url = with_query(endpoint, offset=len(rows))
        more, count = _rows(json_of(get(page_url), page_url), page_url)
        if count != total:
            raise FetchFailed(f"the list changed from {total} to {count} rows while it was fetched")
        if not more:
            raise FetchFailed(f"the list counts {total} rows and gave {len(rows)}")
        rows += more
    return json.dumps({"total_count": total, "results": rows}).encode()


def _rows(page: object, name: str) -> tuple[list[object], int]:
    rows, total = (page.get("results"), page.get("total_count")) if isinstance(page, dict) else (None, None)
    if not isinstance(rows, list) or not isinstance(total, int):
        raise BadInput("is JSON, but no answer with total_count and results", file=name)
    return list(rows), total
