"""Every source is whole: metadata, reader, recognised by content, documented; every flag is explained."""

import re
from pathlib import Path

import pytest

from crawler.feeds.feed import Feed
from crawler.feeds.registry import feeds
from monitor.register.identifiability import LEVELS, WEIGHTS
from tests.conftest import REPOSITORY
from tests.unit.feeds.records import RECALL_HEADER, WARNING_HEADER, api, export_row, recall, table, warning_row

FOLDER = REPOSITORY / "crawler" / "feeds"
SOURCES = (REPOSITORY / "docs/reference/sources.md").read_text("utf-8")
REGISTER = (REPOSITORY / "docs/reference/register.md").read_text("utf-8")
FILES = {
    "cpsc": api(recall()),
    "cpsc-csv": table(RECALL_HEADER, export_row()),
    "cpsc-warnings": table(WARNING_HEADER, warning_row()),
    "jsonl": b'{"id": "a", "kind": "recall", "authority": "b", "number": "c"}\n',
    "csv": b"authority,number,title\nx,1,Kettle\n",
    "platform-notices": b"platform,published_on,url,title\nA,2024-01-01,https://a.example/n,Kettle\n",
    "health-canada": b'[{"NID": "1", "Title": "T", "Recall class": ""}]',
    "rappelconso": b'[{"numero_fiche": "1", "rappel_guid": "x"}]',
    "accc": b"<rss><channel><link>https://www.productsafety.gov.au/</link></channel></rss>",
    "safety-gate": b"<notifications><notification><caseNumber>SR/00001/26</caseNumber></notification></notifications>",
    "uk-opss": b'{"base_path": "/x-1-2", "document_type": "product_safety_alert_report_recall"}',
}


def every(kind: str) -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{kind}"))


def test_every_folder_has_metadata_reader_and_package() -> None:
    folders = sorted(path.name for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__")
    assert every("feed.toml") == every("read.py") == every("__init__.py") == folders
    assert [feed.info.name.replace("-", "_") for feed in feeds().values() if feed.info.name != "csv"] == [
        name for name in folders if name != "generic_csv"
    ]


@pytest.mark.parametrize("feed", feeds().values(), ids=lambda feed: feed.info.name)
def test_every_source_is_documented_as_it_is(feed: Feed) -> None:
    info = feed.info
    state = "verified" if info.verified else "unverified"
    assert f"| `{info.name}` | {info.title} | {state} |" in SOURCES
    assert info.min_records <= info.max_records
    assert bool(info.fetch) == bool(info.endpoint)
    assert (info.most_documents > 0) == (info.fetch == "index") == (feed.entries is not None)
    assert (info.fetch == "pages") == (feed.join is not None)


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_recognised_by_one_source_only(name: str) -> None:
    assert [feed.info.name for feed in feeds().values() if feed.sniff(FILES[name])] == [name]


def test_every_flag_is_explained() -> None:
    raised = set()
    for path in [*FOLDER.rglob("*.py"), *(REPOSITORY / "monitor/register").glob("*.py")]:
        raised |= set(re.findall(r'f?"([a-z]+(?:-[a-z]+)+): [^"]*"', _flags(path)))
    explained = set(re.findall(r"^\| `([a-z-]+)` \|", REGISTER.split("## Flags")[1].split("## ")[0], re.MULTILINE))
    assert raised == explained
    assert len(raised) > 10


def test_the_score_is_explained() -> None:
    part = REGISTER.split("## How well an entry can be recognised")[1]
    assert all(f"`{name}`" in part for name in (*LEVELS, *WEIGHTS))


def _flags(path: Path) -> str:
    return path.read_text("utf-8")
