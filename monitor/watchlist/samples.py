"""Seeded random samples of the register that anybody can draw again, on any machine and in any language.

A notice's rank is SHA-256 of the seed, a line feed and its id (UTF-8); the sample is the first `size` ids by rank. So
the draw hangs on nothing but seed and ids: not on the order of a database, not on a random generator. A larger sample
of the same seed contains the smaller one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

SAMPLE_RULE = "sha256-rank/1"


@dataclass(frozen=True)
class Sample:
    """What was drawn (in order of rank) from `population` ids, whose sorted list, one a line, hashes to the digest."""

    seed: str
    notice_ids: tuple[str, ...]
    population: int
    population_sha256: str
    rule: str = SAMPLE_RULE


def draw(notice_ids: Collection[str], size: int, seed: str) -> Sample:
    """The sample of `size` ids (all of them where there are fewer). Raises ValueError for a size below one."""
    if size < 1:
        raise ValueError(f"a sample of {size} is none")
    ids = sorted(set(notice_ids), key=lambda notice_id: notice_id.encode())
    digest = sha256("\n".join(ids).encode()).hexdigest()
    ranked = sorted(ids, key=lambda notice_id: (rank(seed, notice_id), notice_id))
    return Sample(seed, tuple(ranked[:size]), len(ids), digest)


def rank(seed: str, notice_id: str) -> str:
    """The hexadecimal SHA-256 that orders the draw."""
    return sha256(f"{seed}\n{notice_id}".encode()).hexdigest()
