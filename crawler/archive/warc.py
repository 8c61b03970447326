"""WARC 1.1 records (ISO 28500) of what went over the wire, as bytes ready to be appended.

The body is written before its content coding is undone. Two things differ from the wire and are said in the
`warcinfo` record: chunk framing is already undone (its header is renamed), and secrets are left out of requests.
"""

import hashlib
import re
import uuid
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.archive.members import pack

REVISIT_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
ORIGINAL_PREFIX = b"X-Archive-Orig-"
RENDERED_TYPE = "text/html; charset=utf-8"
FIDELITY_NOTE = (
    "Heads and bodies are written as they came over the wire, content coding included. Chunk framing is undone and "
    "its header renamed to X-Archive-Orig-Transfer-Encoding. Credentials are left out of requests."
)
_SECRETS = re.compile(rb"^(?:proxy-authorization|authorization):[^\n]*\n", re.IGNORECASE | re.MULTILINE)
_CHUNKED = re.compile(rb"^(?=transfer-encoding:)", re.IGNORECASE | re.MULTILINE)
_CODED = re.compile(rb"^content-encoding:|^content-type:\s*(?:image|video|audio|application/(?:zip|pdf))", re.I | re.M)
_REMEMBERED_BODIES = 4096
_SMALLEST_REVISIT = 512


@dataclass(frozen=True)
class Message:
    """One exchange, to be archived. `body` is the answer's, still coded; `truncated` says why it is not whole."""

    url: str
    at: datetime
    remote_ip: str
    sent: bytes
    received: bytes
    body: bytes
    truncated: str = ""


@dataclass(frozen=True)
class Resource:
    """A page as somebody's browser showed it, of which we have no wire bytes: its DOM as UTF-8. `about` says how it was
    saved, field by field."""

    url: str
    at: datetime
    body: bytes
    about: dict[str, str]


@dataclass(frozen=True)
class Archived:
    """Two records, ready to be appended, and the id of the page's."""

    record_id: str
    data: bytes


@dataclass(frozen=True)
class _First:
    record_id: str
    url: str
    date: str


class WarcPacker:
    """Makes records; remembers the latest bodies of this file so that an identical one becomes a revisit."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[str, _First] = OrderedDict()

    def info(self, fields: dict[str, str], at: datetime) -> bytes:
        """The `warcinfo` record that opens a file."""
        block = "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields.items()).encode()
        headers = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", f"<{new_id()}>"), ("WARC-Date", warc_date(at))]
        return _record([*headers, ("Content-Type", "application/warc-fields")], b"", block, stored=False)

    def exchange(self, message: Message) -> Archived:
        """The response (or revisit) record and the request record of one exchange."""
        record_id, date = new_id(), warc_date(message.at)
        head = _CHUNKED.sub(ORIGINAL_PREFIX, message.received)
        payload = f"sha256:{hashlib.sha256(message.body).hexdigest()}"
        common = [("WARC-Date", date), ("WARC-Target-URI", message.url), ("WARC-IP-Address", message.remote_ip)]
        first = self._known(payload, message, record_id, date)
        headers = [("WARC-Type", "revisit" if first else "response"), ("WARC-Record-ID", f"<{record_id}>"), *common]
        headers += [("WARC-Payload-Digest", payload), ("Content-Type", "application/http;msgtype=response")]
        if first:
            headers += [("WARC-Profile", REVISIT_PROFILE), ("WARC-Refers-To", f"<{first.record_id}>")]
            headers += [("WARC-Refers-To-Target-URI", first.url), ("WARC-Refers-To-Date", first.date)]
        if message.truncated:
            headers.append(("WARC-Truncated", message.truncated))
        answer = _record(headers, head, b"" if first else message.body, stored=bool(_CODED.search(head)))
        request = [("WARC-Type", "request"), ("WARC-Record-ID", f"<{new_id()}>"), *common]
        request += [("WARC-Concurrent-To", f"<{record_id}>"), ("Content-Type", "application/http;msgtype=request")]
        asked = _record(request, _SECRETS.sub(b"", message.sent), b"", stored=False)
        return Archived(record_id, answer + asked)

    def conversion(self, url: str, at: datetime, content: bytes, refers_to: str) -> Archived:
        """The record of what a browser made of the page in record `refers_to`: its DOM as UTF-8."""
        record_id = new_id()
        headers = [("WARC-Type", "conversion"), ("WARC-Record-ID", f"<{record_id}>"), ("WARC-Date", warc_date(at))]
        headers += [("WARC-Target-URI", url), ("WARC-Refers-To", f"<{refers_to}>"), ("Content-Type", RENDERED_TYPE)]
        return Archived(record_id, _record(headers, b"", content, stored=False))

    def resource(self, resource: Resource) -> Archived:
        """The `resource` record of a saved page, and the `metadata` record that says how it was saved."""
        record_id, date = new_id(), warc_date(resource.at)
        common = [("WARC-Date", date), ("WARC-Target-URI", one_line(resource.url))]
        payload = f"sha256:{hashlib.sha256(resource.body).hexdigest()}"
        headers = [("WARC-Type", "resource"), ("WARC-Record-ID", f"<{record_id}>"), *common]
        headers += [("WARC-Payload-Digest", payload), ("Content-Type", RENDERED_TYPE)]
        page = _record(headers, b"", resource.body, stored=False)
        block = "".join(f"{name}: {one_line(value)}\r\n" for name, value in resource.about.items()).encode()
        about = [("WARC-Type", "metadata"), ("WARC-Record-ID", f"<{new_id()}>"), *common]
        about += [("WARC-Refers-To", f"<{record_id}>"), ("Content-Type", "application/warc-fields")]
        return Archived(record_id, page + _record(about, b"", block, stored=False))

    def _known(self, payload: str, message: Message, record_id: str, date: str) -> _First | None:
        if len(message.body) < _SMALLEST_REVISIT or message.truncated:
            return None
        first = self._bodies.get(payload)
        if first:
            self._bodies.move_to_end(payload)
            return first
        self._bodies[payload] = _First(record_id, message.url, date)
        if len(self._bodies) > _REMEMBERED_BODIES:
            self._bodies.popitem(last=False)
        return None


def new_id() -> str:
    """A fresh record id, `urn:uuid:...`."""
    return uuid.uuid4().urn


def warc_date(at: datetime) -> str:
    """Whole seconds: some indexers can't look up finer ones. The finer instant stands in the capture."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def one_line(text: str) -> str:
    """The text without line breaks, fit for a header value."""
    return " ".join(text.split())


def _record(headers: Iterable[tuple[str, str]], head: bytes, body: bytes, *, stored: bool) -> bytes:
    digest = hashlib.sha256(head)
    digest.update(body)
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    lines.append(f"WARC-Block-Digest: sha256:{digest.hexdigest()}\r\nContent-Length: {len(head) + len(body)}\r\n\r\n")
    start = "".join(["WARC/1.1\r\n", *lines]).encode()
    return pack(start + head, body + b"\r\n\r\n", stored=stored)
