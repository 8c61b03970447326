"""A source's list as its publisher gives it out: whole, in pages, or as documents that an index leads to.

Nothing is written here: what was fetched is handed over once all of it has arrived and could be read.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from crawler.errors import BadInput, NeedsPerson
from crawler.feeds.feed import Entry, Feed
from crawler.feeds.fetch import NOTHING_KNOWN, Answer, Known, NotThere, Visitor
from crawler.feeds.registry import read_data
from crawler.feeds.result import ReadResult, Refusal, merged
from monitor.register.checks import Check, LastGood

_NEVER = LastGood(NOTHING_KNOWN, "")


@dataclass(frozen=True)
class Obtained:
    """What a source says, read (None: nothing changed), and what was asked for it, the list itself last."""

    result: ReadResult | None
    checks: tuple[Check, ...]
    sha256: str = ""


class _Unchanged(Exception):
    """The index is the one that we know."""


def obtain(feed: Feed, url: str, visitor: Visitor, before: Mapping[str, LastGood], most_documents: int = 0) -> Obtained:
    """Fetch and read the list at `url`. `most_documents` above 0 takes the place of the feed's own bound.

    Raises FetchFailed (a part could not be had), BadInput (not what it claims), NeedsPerson (far too short or long).
    """
    if feed.entries:
        index = _Index(visitor, before.get(url, _NEVER).known)
        try:
            entries = feed.entries(index.get, url)
        except _Unchanged:
            return Obtained(None, (Check(url, "unchanged", status=304, known=before[url].known),))
        return _documents(feed, url, index, entries, before, most_documents or feed.info.most_documents)
    if feed.join:
        body = feed.join(lambda page: _body(visitor.get(page)), url)
        return _list(feed, Answer(200, body, NOTHING_KNOWN, url), url)
    answer = visitor.get(url, before.get(url, _NEVER).known)
    if answer.body is None:
        return Obtained(None, (Check(url, "unchanged", status=304, known=answer.known),))
    return _list(feed, answer, url)


def _list(feed: Feed, answer: Answer, url: str) -> Obtained:
    body = _body(answer)
    result = read_data(body, url, feed.info.name)
    _assert_size(feed, result.records, "records")
    check = Check(url, "fetched", status=answer.status, known=answer.known, body=body)
    return Obtained(result, (check,), hashlib.sha256(body).hexdigest())


def _documents(
    feed: Feed, url: str, index: "_Index", entries: tuple[Entry, ...], before: Mapping[str, LastGood], most: int
) -> Obtained:
    """The documents that are new or listed as changed, the newest first and so many at most."""
    _assert_size(feed, len(entries), "documents")
    due = _due(entries, before, feed.info.newest_again)
    waiting = len(due[most:])
    reading = _Reading(feed, index.visitor)
    for entry in due[:most]:
        reading.add(entry, before.get(entry.url, _NEVER).known)
    known = NOTHING_KNOWN if waiting or reading.unreadable else index.known
    checks = (*reading.checks, Check(url, "fetched", status=200, known=known, body=index.body))
    result = reading.result()
    if waiting and result:
        note = f"{waiting} of {len(entries)} documents wait for the next update ({most} at most in one)"
        result = replace(result, notes=(*result.notes, note))
    return Obtained(result, checks, hashlib.sha256("\n".join(reading.digests).encode()).hexdigest())


class _Index:
    """The requests for an index: the first is conditional, and what it answered is remembered."""

    def __init__(self, visitor: Visitor, known: Known) -> None:
        self.visitor, self._first = visitor, known
        self.known = NOTHING_KNOWN
        self.body = b""

    def get(self, url: str) -> bytes:
        if self.body:
            return _body(self.visitor.get(url))
        answer = self.visitor.get(url, self._first)
        if answer.body is None:
            raise _Unchanged
        self.known, self.body = answer.known, answer.body
        return answer.body


class _Reading:
    """Documents, fetched and read one after the other. One that can't be read or is not there costs no other."""

    def __init__(self, feed: Feed, visitor: Visitor) -> None:
        self._feed, self._visitor = feed, visitor
        self._results: list[ReadResult] = []
        self._read = self.unreadable = 0
        self.checks: list[Check] = []
        self.digests: list[str] = []

    def add(self, entry: Entry, known: Known) -> None:
        try:
            answer = self._visitor.get(entry.url, known)
        except NotThere as problem:
            self._refuse(entry, str(problem))
            self.checks.append(Check(entry.url, "absent", str(problem), listed_as=entry.listed_as))
            return
        if answer.body is None:
            self.checks.append(Check(entry.url, "unchanged", status=304, known=known, listed_as=entry.listed_as))
            return
        try:
            result = read_data(answer.body, entry.url, self._feed.info.name)
        except BadInput as problem:
            self._refuse(entry, problem.problem)
            self.unreadable += 1
            self.checks.append(Check(entry.url, "refused", problem.problem, answer.status, body=answer.body))
            return
        self._read += 1
        self._results.append(result)
        self.digests.append(hashlib.sha256(answer.body).hexdigest())
        self.checks.append(
            Check(entry.url, "fetched", "", answer.status, answer.known, answer.body, listed_as=entry.listed_as)
        )

    def result(self) -> ReadResult | None:
        """All documents as one list, None where none was new. Raises NeedsPerson where none of them could be read."""
        if self.unreadable and not self._read:
            last = self.checks[-1]
            raise NeedsPerson(f"none of {self.unreadable} documents can be read: {last.url}: {last.reason}")
        return merged(self._feed.info.name, self._results) if self._results else None

    def _refuse(self, entry: Entry, reason: str) -> None:
        self._results.append(ReadResult(self._feed.info.name, (), refused=(Refusal(entry.url, reason),)))


def _due(entries: tuple[Entry, ...], before: Mapping[str, LastGood], newest_again: int) -> list[Entry]:
    def is_due(at: int, entry: Entry) -> bool:
        known = before.get(entry.url)
        return known is None or not entry.listed_as or known.listed_as != entry.listed_as or at < newest_again

    return [entry for at, entry in enumerate(entries) if is_due(at, entry)]


def _body(answer: Answer) -> bytes:
    return answer.body or b""


def _assert_size(feed: Feed, found: int, of_what: str) -> None:
    least, most = feed.info.min_records, feed.info.max_records
    if not least <= found <= most:
        raise NeedsPerson(f"{found} {of_what} where {least} to {most} are expected: the register is kept as it is")
