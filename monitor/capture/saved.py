"""What a reviewer's browser sends when its key is pressed: one line of JSON, then the DOM, then the screenshot.

Bytes instead of a form or base64: a browser's Blob writes them without a copy, and text that is no valid Unicode
arrives as replacement characters instead of failing.
"""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from crawler.archive.shots import PNG
from crawler.errors import BadInput
from crawler.marketplaces.reader import MAX_BODY_BYTES

MAX_HEAD_BYTES = 32 * 1024
MAX_SHOT_BYTES = 16 * 1024 * 1024
MAX_SENT_BYTES = MAX_HEAD_BYTES + MAX_BODY_BYTES + MAX_SHOT_BYTES


class TooLarge(BadInput):
    """The page or its screenshot is larger than what is kept."""


class About(BaseModel):
    """How a page was saved, as its browser tells it. Lengths in bytes; `status` 0 where the browser doesn't say.

    `loaded_ms_ago` is the age of the document by the browser's stopwatch; `from_cache`: nothing of the page came over
    the network; `no_shot` says why there is no screenshot.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    version: Literal[1]
    by: str = Field(pattern=r"^(extension|bookmarklet) [0-9.]{1,20}$")
    slot_id: str = Field(default="", max_length=200)
    url: str = Field(max_length=8000)
    status: int = Field(default=0, ge=0, le=999)
    loaded_ms_ago: float = Field(ge=0, allow_inf_nan=False)
    from_cache: bool = False
    content_type: str = Field(default="", max_length=200)
    charset: str = Field(default="", max_length=100)
    ready_state: str = Field(default="", max_length=20)
    viewport: str = Field(default="", max_length=60)
    user_agent: str = Field(default="", max_length=1000)
    language: str = Field(default="", max_length=100)
    html_bytes: int = Field(ge=1)
    shot_bytes: int = Field(default=0, ge=0)
    no_shot: str = Field(default="", max_length=300)

    @field_validator("url")
    @classmethod
    def _is_a_web_address(cls, url: str) -> str:
        if not is_web_address(url):
            raise ValueError("is no address of a web page")
        return url


@dataclass(frozen=True)
class SavedPage:
    """One page as it was sent: `html` is the DOM in UTF-8, `png` the visible screenshot, empty where there is none."""

    about: About
    html: bytes
    png: bytes


def parse_saved(sent: bytes) -> SavedPage:
    """The page in a request's body. Raises BadInput, or TooLarge, with a sentence for the reviewer."""
    head, newline, rest = sent.partition(b"\n")
    if not newline or len(head) > MAX_HEAD_BYTES:
        raise BadInput("what the browser sent does not begin with a line of JSON")
    try:
        about = About.model_validate_json(head)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(first["msg"], field=".".join(str(part) for part in first["loc"])) from error
    if about.html_bytes > MAX_BODY_BYTES:
        raise TooLarge(f"the page has {about.html_bytes} bytes, more than the {MAX_BODY_BYTES} that are kept")
    if about.shot_bytes > MAX_SHOT_BYTES:
        raise TooLarge(f"the screenshot has {about.shot_bytes} bytes, more than the {MAX_SHOT_BYTES} that are kept")
    if len(rest) != about.html_bytes + about.shot_bytes:
        raise BadInput(f"{len(rest)} bytes came, {about.html_bytes + about.shot_bytes} were announced: send it again")
    html, png = rest[: about.html_bytes], rest[about.html_bytes :]
    if png and not png.startswith(PNG):
        raise BadInput("the screenshot is not a PNG image")
    return SavedPage(about, html, png)


def is_web_address(url: str) -> bool:
    """Whether a URL is http or https with a host: only such are opened, linked or kept."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not set(url) & set(' \r\n\t\\"<>')
