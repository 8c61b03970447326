"""A register prepared for matching: built once, kept in one file, read back in a fraction of a second.

The file is a plain `.npz` of numbers and UTF-8 text: nothing in it is code, and it is read without pickle. Its name
holds a hash of the register and of the matcher's version, so a changed register or a new matcher meets no old one.
"""

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from crawler.feeds.notice import Notice
from monitor.matching.candidates import Index
from monitor.matching.normalise import spans, words
from monitor.matching.records import MATCHER_VERSION
from monitor.matching.regulated import Rule, rules
from monitor.matching.units import Entry, entry_of

_FORMAT = "1"
_MANY = 15
"""A brand with so many notices sells many kinds of things in many models: with it a plain kind is no line."""

Bytes = NDArray[np.uint8]


class Entries:
    """The entries by place, each taken apart when first asked for: a crawl needs few of ten thousand."""

    def __init__(self, notices: Sequence[bytes], known: dict[int, Entry] | None = None) -> None:
        self.notices, self._known = notices, known or {}

    def __len__(self) -> int:
        return len(self.notices)

    def __iter__(self) -> Iterator[Entry]:
        return (self[place] for place in range(len(self.notices)))

    def __getitem__(self, place: int) -> Entry:
        if place not in self._known:
            self._known[place] = entry_of(Notice.model_validate_json(self.notices[place]))
        return self._known[place]


@dataclass(frozen=True, slots=True)
class Prepared:
    """`entry_of` gives the entry of each text of the index; the dictionaries give places of entries."""

    entries: Entries
    index: Index
    entry_of: list[int]
    gtins: dict[str, list[int]]
    models: dict[str, list[int]]
    brands: frozenset[str]
    brands_of_many: frozenset[str]
    by_rule: dict[str, list[int]]

    def save(self, path: Path) -> None:
        """Write it to `path`, whole or not at all."""
        meta = {
            "format": _FORMAT, "matcher": MATCHER_VERSION, "gtins": self.gtins, "models": self.models,
            "brands": sorted(self.brands), "brands_of_many": sorted(self.brands_of_many), "by_rule": self.by_rule,
        }  # fmt: skip
        ends = np.cumsum([len(notice) for notice in self.entries.notices], dtype=np.int64)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as file:
            arrays: dict[str, Any] = {
                "meta": _bytes(json.dumps(meta)), "notices": np.frombuffer(b"".join(self.entries.notices), np.uint8),
                "ends": ends, "entry_of": np.array(self.entry_of, np.int32), **self.index.arrays(),
            }  # fmt: skip
            np.savez(file, allow_pickle=False, **arrays)
        draft.replace(path)


def prepare(notices: Sequence[Notice]) -> Prepared:
    """Take the notices apart and index them. Several with one id: the last counts."""
    newest = list({notice.id: notice for notice in notices}.values())
    taken = [entry_of(notice) for notice in newest]
    gtins: dict[str, list[int]] = defaultdict(list)
    models: dict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(taken):
        for gtin in sorted(entry.gtins):
            gtins[gtin].append(place)
        for number in sorted(entry.models):
            models[number].append(place)
    runs = [frozenset(spans(words(" ".join(entry.texts)))) for entry in taken]
    named = Counter(brand for entry in taken for brand in entry.brand_keys)
    return Prepared(
        entries=Entries([notice.model_dump_json().encode() for notice in newest], dict(enumerate(taken))),
        index=Index([text for entry in taken for text in entry.texts]),
        entry_of=[place for place, entry in enumerate(taken) for _ in entry.texts],
        gtins=dict(gtins), models=dict(models),
        brands=frozenset(b.key for entry in taken for b in entry.brands if not (b.weak or b.leading)),
        brands_of_many=frozenset(brand for brand, count in named.items() if count >= _MANY),
        by_rule={rule.rule_id: _notices_about(rule, taken, runs) for rule in rules()},
    )  # fmt: skip


def load(path: Path) -> Prepared | None:
    """What `save` wrote to `path`; nothing where there is no such file, or it is torn or of another version."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays: dict[str, Any] = {name: kept[name] for name in kept.files}
        meta = json.loads(arrays["meta"].tobytes())
        if (meta["format"], meta["matcher"]) != (_FORMAT, MATCHER_VERSION):
            return None
        whole, ends = arrays["notices"].tobytes(), arrays["ends"].tolist()
        return Prepared(
            Entries([whole[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)] if ends else []),
            Index.from_arrays(arrays), arrays["entry_of"].tolist(), meta["gtins"], meta["models"],
            frozenset(meta["brands"]), frozenset(meta["brands_of_many"]), meta["by_rule"],
        )  # fmt: skip
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None


def kept_path(folder: Path, parts: Iterable[str | bytes]) -> Path:
    """Where the register that `parts` stand for (contents or their hashes) is kept in `folder`."""
    digest = hashlib.sha256(f"{_FORMAT} {MATCHER_VERSION}".encode())
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return folder / f"register-{digest.hexdigest()[:24]}.npz"


def keep(folder: Path, path: Path, prepared: Prepared) -> None:
    """Save under `path` and delete what `folder` kept of registers before."""
    prepared.save(path)
    for old in folder.glob("register-*.npz"):
        if old != path:
            old.unlink(missing_ok=True)


def _notices_about(rule: Rule, entries: Sequence[Entry], runs: Sequence[frozenset[str]]) -> list[int]:
    """Places of entries about the kind of `rule`: bans and standards first, then the newest."""
    rank = {"ban": 0, "standard": 0}
    found = [
        (rank.get(entry.kind, 1), -(entry.year or 0), place)
        for place, (entry, said) in enumerate(zip(entries, runs, strict=True))
        if rule.names(said, entry.title)
    ]
    return [place for _, _, place in sorted(found)]


def _bytes(text: str) -> Bytes:
    return np.frombuffer(text.encode(), np.uint8)
