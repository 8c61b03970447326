"""Reads the Australian RSS feed of recalls: title, day and address; identifiers stand on the pages only."""

import re
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from crawler.errors import BadInput
from crawler.feeds.bytes import start_of, xml_of
from crawler.feeds.notice import Notice, Product
from crawler.feeds.result import ReadResult, RecordProblem, gather
from crawler.feeds.text import plain

SOURCE = "accc"
_KNOWN = frozenset({"title", "link", "description", "pubDate", "guid", "category", "creator", "enclosure"})


def sniff(data: bytes) -> bool:
    """RSS that names productsafety.gov.au."""
    start = start_of(data)
    return "<rss" in start[:2000] and "productsafety.gov.au" in start


def read(data: bytes, name: str) -> ReadResult:
    """The notices of the feed. Raises BadInput where it is no RSS."""
    root = xml_of(data, name)
    if root.tag != "rss":
        raise BadInput(f"is XML, but no RSS: its root is {root.tag!r}", file=name)
    items = root.findall("channel/item")
    named = ((plain(item.findtext("link") or f"item {at}"), item) for at, item in enumerate(items, 1))
    return gather(SOURCE, named, _notice)


def _notice(item: Element) -> Notice:
    title, link = plain(item.findtext("title") or ""), (item.findtext("link") or "").strip()
    if not title or not link:
        raise RecordProblem("title or link is missing")
    slug = link.rstrip("/").rsplit("/", 1)[-1]
    names = {re.sub(r"^\{.*\}", "", child.tag) for child in item}
    unknown = sorted(names - _KNOWN)
    flag = f"left-over: the reader does not know the field {', '.join(unknown)}"
    return Notice(
        id=f"au-accc:{slug}",
        kind="recall",
        authority="au-accc",
        number=slug,
        published_on=_day(item.findtext("pubDate") or ""),
        title=title,
        url=link,
        description=plain(item.findtext("description") or ""),
        products=(Product(name=title),),
        categories=tuple(plain(one.text or "") for one in item.findall("category")),
        flags=(flag,) if unknown else (),
    )


def _day(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return parsedate_to_datetime(text.strip()).date().isoformat()
    except ValueError:
        raise RecordProblem(f"pubDate: {text[:40]!r} is no day of an RSS feed") from None
