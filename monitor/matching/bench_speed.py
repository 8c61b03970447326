"""Two speeds beside the matcher's own: reading a kept register back, and comparing with every name (rapidfuzz)."""

import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from monitor.matching.normalise import fold
from monitor.matching.prepared import Prepared, load
from monitor.matching.records import Listing

_ASKED = 40
_BEST = 20


def speeds_beside(prepared: Prepared, given: Sequence[Listing], decided_per_s: float) -> dict[str, Any]:
    """`start_s` from the kept register; listings a second by `token_set_ratio` against all names, one thread, and how
    many times as fast the whole decision is. Processor time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.npz"
        prepared.save(path)
        started = time.process_time()
        load(path)
        start_s = time.process_time() - started
    names = [fold(text) for entry in prepared.entries for text in entry.texts]
    asked = [fold(listing.title) for listing in islice(given, _ASKED)]
    started = time.process_time()
    for title in asked:
        process.extract(title, names, scorer=fuzz.token_set_ratio, processor=None, limit=_BEST)
    brute_per_s = len(asked) / max(1e-9, time.process_time() - started)
    return {
        "start_s": round(start_s, 3), "token_set_per_s": round(brute_per_s, 1),
        "times_token_set": round(decided_per_s / max(1e-9, brute_per_s), 1),
    }  # fmt: skip
