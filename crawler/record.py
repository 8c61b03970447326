"""What comes back from a run: one `Capture` for every slot, whatever happened, and a `Manifest` over the folder."""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from crawler.pictures.facts import PictureFacts
from crawler.reading import Reading

RECORD_VERSION = 1

PLAN_FILE = "plan.jsonl"
CAPTURES_FILE = "captures.jsonl"
PAGES_FILE = "pages.warc.gz"
SHOTS_DIR = "shots"
MANIFEST_FILE = "manifest.json"

Method = Literal["crawler", "api", "person"]


class Outcome(StrEnum):
    """What the network gave, before anybody reads the page."""

    FETCHED = "fetched"
    """A whole HTTP response came, of whatever status."""
    FAILED = "failed"
    """DNS, TLS, timeout, reset, a torn or oversized body: `reason` says which."""
    NOT_ALLOWED = "not_allowed"
    """robots.txt, the operator's decision on terms, our own limits, or a host that asked for a pause."""
    NOT_LOOKED = "not_looked"
    """The run stopped before this slot (disk full, stop switch, interrupted)."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rendering(_Record):
    """What a browser made of a fetched page. `documents` counts the pages that it was given (more than one where a page
    went on to another), `requests` the sub-resources that were let out, `refusals` those that were not, by reason;
    `received_bytes` is what came in for them; `settled` is False where the page was still loading when it was read.
    """

    browser: str
    documents: int
    requests: int
    refusals: dict[str, int]
    received_bytes: int
    settled: bool
    dom_sha256: str
    dom_bytes: int


class Capture(_Record):
    """The answer to one slot. Instants are ISO 8601 UTC; sizes in bytes; `warc_record_id` points into pages.warc.gz.

    Where a browser rendered the page, `rendered_record_id` names the record of its DOM, from which the reading was
    made; `warc_record_id` and `body_sha256` stay those of the page as fetched, and `shot` is a file in `shots/`.

    `picture` is what a picture slot's answer showed; without `keep` its bytes are not in the archive.

    A search slot may follow result pages: each further page is a capture of its own with `page` counted up
    and the same `slot_id`; (slot_id, page) is unique in a run.
    """

    record_version: int = RECORD_VERSION
    run_id: str
    slot_id: str
    page: int = 1
    method: Method = "crawler"
    outcome: Outcome
    reason: str = ""
    requested_url: str
    final_url: str = ""
    redirects: tuple[str, ...] = ()
    status: int | None = None
    started_at: str
    finished_at: str
    elapsed_ms: int = 0
    attempt: int = 1
    warc_record_id: str = ""
    body_sha256: str = ""
    body_bytes: int = 0
    wire_bytes: int = 0
    remote_ip: str = ""
    certificate_sha256: str = ""
    shot: str = ""
    rendered_record_id: str = ""
    rendering: Rendering | None = None
    reading: Reading | None = None
    picture: PictureFacts | None = None


class FileDigest(_Record):
    """One file of the run folder."""

    name: str
    bytes: int
    sha256: str


class Manifest(_Record):
    """The seal of a run folder, written last. A folder without it was not finished.

    `previous_manifest_sha256` chains the runs of one operator, so that a removed run shows;
    `counts` maps each outcome to its number of captures; `robots` lists what was fetched of robots.txt and how read;
    `browser` says which browser rendered pages, and whether in its sandbox; empty where none was started.
    """

    record_version: int = RECORD_VERSION
    run_id: str
    started_at: str
    finished_at: str
    finish_reason: str
    previous_manifest_sha256: str
    protocol_sha256: str
    identity: dict[str, str]
    user_agent: str
    vantages: dict[str, dict[str, str]]
    software: dict[str, str]
    settings: dict[str, str | int | float]
    slots: int
    captures: int
    counts: dict[str, int]
    robots: tuple[dict[str, str], ...] = ()
    browser: dict[str, str] = {}
    clock: str = "system"
    clock_jumps: tuple[dict[str, str], ...] = ()
    files: tuple[FileDigest, ...]
