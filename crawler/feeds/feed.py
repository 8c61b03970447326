"""A feed: the metadata of its folder, and its reader."""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from crawler.feeds.result import ReadResult


class FeedInfo(BaseModel):
    """What `feed.toml` says.

    `rank` decides whose version of a notice is shown where several sources have it: the lowest. `min_records` and
    `max_records` are asserted on a whole list as it is fetched, never on a part that a person imports.
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
    fetched_whole: bool = Field(default=False, description="`endpoint` answers with the whole list at once")
    rank: int = Field(ge=1, le=99)
    min_records: int = Field(default=0, ge=0)
    max_records: int = Field(ge=1)
    verified: bool
    verified_against: str


@dataclass(frozen=True)
class Feed:
    """One source of notices. `read(data, name)` is pure; `sniff(data)` says whether the bytes look like this format."""

    info: FeedInfo
    read: Callable[[bytes, str], ReadResult]
    sniff: Callable[[bytes], bool]
