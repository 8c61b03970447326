"""A feed: the metadata of its folder, and its reader."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from crawler.feeds.result import ReadResult

Get = Callable[[str], bytes]
"""Asks for one address and gives the whole body."""


@dataclass(frozen=True)
class Entry:
    """A document that an index leads to; `listed_as` is what the index says of its state: an instant or a day."""

    url: str
    listed_as: str = ""


class FeedInfo(BaseModel):
    """What `feed.toml` says.

    `rank` decides whose version of a notice is shown where several sources have it: the lowest. `min_records` and
    `max_records` are asserted on a whole list as it is fetched (of an index: on how many documents it names), never on
    a part that a person imports.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    authority: str
    publisher: str
    licence: str
    cadence: str
    format: str
    endpoint: str = ""
    page: str = ""
    fetch: Literal["", "whole", "pages", "index"] = Field(
        default="", description="`endpoint` is the whole list, its first page, or an index of documents; empty: by hand"
    )
    most_documents: int = Field(default=0, ge=0, description="of an index, fetched in one update; the newest first")
    newest_again: int = Field(default=0, ge=0, description="documents of an index that are asked for again each time")
    rank: int = Field(ge=1, le=99)
    min_records: int = Field(default=0, ge=0)
    max_records: int = Field(ge=1)
    verified: bool
    verified_against: str


@dataclass(frozen=True)
class Feed:
    """One source of notices. `read(data, name)` is pure; `sniff(data)` says whether the bytes look like this format.

    `join` puts the pages of a list together, `entries` reads an index; both ask by `Get`, and raise FetchFailed or
    BadInput.
    """

    info: FeedInfo
    read: Callable[[bytes, str], ReadResult]
    sniff: Callable[[bytes], bool]
    join: Callable[[Get, str], bytes] | None = None
    entries: Callable[[Get, str], tuple[Entry, ...]] | None = None
