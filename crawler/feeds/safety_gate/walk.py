"""The index of Safety Gate's weekly reports, and where each of them stands."""

from crawler.errors import BadInput
from crawler.feeds.addresses import on_same_host
from crawler.feeds.bytes import xml_of
from crawler.feeds.feed import Entry, Get
from crawler.feeds.result import RecordProblem
from crawler.feeds.text import plain, slash_day


def entries(get: Get, endpoint: str) -> tuple[Entry, ...]:
    """The weekly reports, newest first; each keeps the `search` part of its address, without which no XML comes.

    Raises FetchFailed, and BadInput where the index is none or a report has no address or day.
    """
    root = xml_of(get(endpoint), endpoint)
    found: dict[str, str] = {}
    for report in root.iter("weeklyReport"):
        url = plain(report.findtext("URL") or "")
        try:
            day = slash_day(report.findtext("publicationDate") or "", "publicationDate")
        except RecordProblem as problem:
            raise BadInput(str(problem), file=endpoint) from None
        if not url or not day:
            raise BadInput("names a weekly report without an address or a day", file=endpoint)
        found[on_same_host(url, endpoint)] = day
    newest_first = sorted(found.items(), key=lambda one: one[1], reverse=True)
    return tuple(Entry(url, day) for url, day in newest_first)
