"""`bench match` on listings and recalls: speed, proposals by tier, and where the truth is told, how right they are."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.matching.bench_parts import peak_memory_mb, wilson

if TYPE_CHECKING:
    from crawler.feeds.notice import Notice
    from monitor.matching.matcher import Matcher
    from monitor.matching.records import Listing, Match

_DEPTHS = (1, 10, 50)


def bench_listings(recalls: Sequence[Path], listings: Path) -> dict[str, Any]:
    """Proposals by tier, listings a second (candidates alone and the whole decision, one core), build time, memory.

    Where listings name the right recalls in `recalls`: precision and recall down to each tier, and how often a right
    recall is among the first, re-ranked by cross-validation (`first`, `in_10`, `in_50`) and as the `index` orders them.
    """
    from monitor.matching.bench_speed import speeds_beside
    from monitor.matching.inputs import read_listings
    from monitor.matching.matcher import Matcher
    from monitor.matching.view import view_of

    notices = [notice for path in recalls for notice in _notices(path)]
    given = read_listings(listings).listings
    started = time.process_time()
    matcher = Matcher(notices)
    built = time.process_time()
    matcher.candidates([view_of(listing) for listing in given])
    found_candidates = time.process_time()
    matches = list(matcher.match(given))
    done = time.process_time()
    right = _right_recalls(listings, given)
    judged = {**_by_tier(matches, right), **_found_recalls(matcher, notices, given, right)} if right else {}
    return {
        "form": "listings", "recalls": len(matcher.entries), "listings": len(given),
        "proposed": dict(sorted(Counter(match.tier.value for match in matches).items())), **judged,
        "build_s": round(built - started, 2),
        "candidates_per_s": round(len(given) / max(1e-9, found_candidates - built), 1),
        "decided_per_s": round(len(given) / max(1e-9, done - found_candidates), 1),
        **speeds_beside(matcher.prepared, given, len(given) / max(1e-9, done - found_candidates)),
        "peak_memory_mb": peak_memory_mb(),
    }  # fmt: skip


def _notices(path: Path) -> "Sequence[Notice]":
    from crawler.feeds.registry import read_any
    from monitor.matching.recall_table import is_table, read_table

    return read_table(path) if is_table(path) else read_any(path).notices


def _right_recalls(path: Path, given: "Sequence[Listing]") -> dict[str, frozenset[str]]:
    """The recalls that the file says a listing falls under, by the listing's id."""
    from crawler.feeds.bytes import read_bytes, text_of

    text = text_of(read_bytes(path), str(path))
    rows = [json.loads(line) for line in text.splitlines() if line.startswith("{") and '"recalls"' in line]
    told = {str(row.get("listing_id")): row["recalls"] for row in rows if isinstance(row.get("recalls"), list)}
    known = {listing.listing_id for listing in given}
    return {name: frozenset(recalls) for name, recalls in told.items() if recalls and name in known}


def _by_tier(matches: "Sequence[Match]", right: Mapping[str, AbstractSet[str]]) -> dict[str, Any]:
    """Precision of the proposals down to each tier, and the share of judged listings with a right one among them."""
    from monitor.matching.records import Tier

    figures: dict[str, Any] = {}
    said, true = 0, 0
    found: set[str] = set()
    for tier in Tier:
        of_tier = [match for match in matches if match.tier is tier and match.listing_id in right]
        hits = [match for match in of_tier if match.recall_id in right[match.listing_id]]
        said, true = said + len(of_tier), true + len(hits)
        found.update(match.listing_id for match in hits)
        precision = round(true / said, 4) if said else None
        figures[tier.value] = {"said": said, "precision": precision, "recall": round(len(found) / len(right), 4)}
    return {"down_to_tier": figures}


def _found_recalls(
    matcher: "Matcher", notices: "Sequence[Notice]", given: "Sequence[Listing]", right: Mapping[str, AbstractSet[str]]
) -> dict[str, Any]:
    """How often a right recall is among the first candidates, as found and as re-ranked."""
    from monitor.matching.pair_rerank import ranks_by_cross_validation
    from monitor.matching.view import view_of

    asked = [listing for listing in given if listing.listing_id in right]
    places = {entry.recall_id: place for place, entry in enumerate(matcher.entries)}
    by_id = {notice.id: notice for notice in notices}
    wanted = [{places[name] for name in right[listing.listing_id] if name in places} for listing in asked]
    depth = _DEPTHS[-1]
    found = matcher.candidates([view_of(listing) for listing in asked], depth)
    ordered = [sorted(one, key=lambda place, one=one: -one[place])[:depth] for one in found]  # type: ignore[misc]
    plain = [
        min((rank for rank, place in enumerate(one) if place in right_ones), default=None)
        for one, right_ones in zip(ordered, wanted, strict=True)
    ]
    entries = [by_id[entry.recall_id] for entry in matcher.entries]
    reranked = ranks_by_cross_validation(entries, asked, ordered, wanted)
    return {"judged": len(asked), **_recall_at(reranked), "index": _recall_at(plain)}


def _recall_at(ranks: Sequence[int | None]) -> dict[str, Any]:
    """The share of listings with a right recall in the first places, each with its interval."""
    found: dict[str, Any] = {}
    for depth in _DEPTHS:
        hits = sum(rank is not None and rank < depth for rank in ranks)
        name = "first" if depth == 1 else f"in_{depth}"
        found[name], found[f"{name}_95"] = round(hits / len(ranks), 4), wilson(hits, len(ranks))
    return found
