"""Trains the weights that ship with the matcher: `python tools/write_weights.py ../shared` writes weights.json.

Only numbers come out of it. The pairs are those that one reader judged: recalled_listings.jsonl, judged_pairs.jsonl and
the written titles of the tests. It prints how the models do on parts that they were not trained on (five folds, all
pairs of one notice in one fold), which is what docs/reference/features.md says.
"""

import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from crawler.feeds.registry import read_any
from monitor.matching.features import TABLE
from monitor.matching.learn import Labelled, learn, quality, scores
from monitor.matching.matcher import Matcher
from monitor.matching.model import THRESHOLD, Model, disagree
from monitor.matching.records import Listing

ROOT = Path(__file__).parent.parent
WEIGHTS = ROOT / "monitor" / "matching" / "weights.json"
WRITTEN = ROOT / "tests" / "unit" / "matching" / "written_titles.jsonl"
FOLDS = 5
SURE = ("identifier", "line")
RECALLS = ("recalls_union.jsonl", "recalls_api_2023-12_2026-03.json", "product_safety_warning_listing.csv")
NAMES = ("listing_id", "title", "brand", "model", "gtin", "description", "seller", "price", "currency")
PRIOR = {
    "gtin": 9.0, "model": 5.0, "model_conflict": -5.0, "brand": 3.0, "brand_seller": 1.5, "brand_absent": -3.0,
    "brand_fits": -3.0, "other_brand": -2.0, "described": 1.5, "line": 4.0, "line_missing": -2.5, "name_share": 2.0,
    "kind": 0.8, "kind_conflict": -3.5, "regulated_kind": 6.0, "collective": -2.0, "accessory": -5.0, "media": -5.0,
    "later_year": -4.0, "audience": -3.0, "other_size": -4.0, "number_conflict": -3.0, "price": -1.0, "picture": 1.5,
    "text": 2.0, "margin": 1.0,
}  # fmt: skip
"""What a feature weighs before any pair was read: what it keeps where the pairs never show it."""


def main() -> None:
    shared = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared")
    pairs = list(labelled(shared))
    prior = Model("prior", TABLE, -4.5, PRIOR, 0.0, (), {})
    truth = np.array([pair.same for pair in pairs])
    first, second = np.zeros(len(pairs)), np.zeros(len(pairs))
    fold = np.array([zlib.crc32(pair.group.encode()) % FOLDS for pair in pairs])
    for number in range(FOLDS):
        model = learn([pair for pair, at in zip(pairs, fold, strict=True) if at != number], prior, "fold", {})
        held = np.flatnonzero(fold == number)
        first[held] = scores([pairs[at] for at in held], model)
        second[held] = [model.second_opinion(pairs[at].features) for at in held]
    apart = sum(bool(disagree(a, b)) for a, b in zip(first.tolist(), second.tolist(), strict=True))
    about: dict[str, Any] = {
        "pairs": len(pairs), "same": int(truth.sum()), "held_out": quality(first, truth, THRESHOLD),
        "second_held_out": quality(second, truth, THRESHOLD), "disagree": apart,
        "before": quality(scores(pairs, prior), truth, THRESHOLD),
    }  # fmt: skip
    model = learn(pairs, prior, "start.1", about)
    WEIGHTS.write_text(json.dumps(model.as_dict()) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(about, indent=1) + "\n")


def labelled(shared: Path) -> Iterator[Labelled]:
    """The judged pairs with the features that the matcher sees; none where it sees nothing."""
    folder = shared / "data" / "matching"
    matcher = Matcher([n for name in RECALLS for n in read_any(shared / "data" / "recalls" / "cpsc" / name).notices])
    text = gzip.decompress((folder / "listings.jsonl.gz").read_bytes()).decode()
    known = {row["listing_id"]: row for row in map(json.loads, text.splitlines())}
    rows = [(row, row) for row in _lines(folder / "recalled_listings.jsonl")]
    rows += [(known[pair["listing_id"]], pair) for pair in _lines(folder / "judged_pairs.jsonl")]
    rows += [(pair | {"listing_id": f"written:{at}"}, pair) for at, pair in enumerate(_lines(WRITTEN))]
    for facts, pair in rows:
        if pair["label"] == "regulated_kind":
            continue
        listing = Listing(**{name: str(facts.get(name) or "") for name in NAMES})
        for match in matcher.match([listing], top=50):
            if match.recall_id == pair["recall_id"]:
                yield Labelled(match.features, pair["label"] in SURE, pair["recall_id"])


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
