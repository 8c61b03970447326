"""Speed on one core: new listings asked against 10,000 that went, in processor time; half of the bar of 1,000."""

import random
import time
from datetime import timedelta

import pytest

from crawler.pictures.facts import ASKED_VIEWS, KNOWN_VIEWS
from monitor.pictures.index import PictureIndex
from monitor.relisting.memory import Asked, Gone, Memory
from monitor.relisting.prints import Picture, Version, prints_of
from tests.unit.relisting.market import DAY, WENT_AT

WENT, NEW = 10_000, 2_000
WORDS = ["".join(random.Random(number).choices("aeioulmnrst", k=6)) for number in range(3000)]


def version(number: int, chance: random.Random) -> Version:
    """A listing of ordinary size: eight words of title, ninety of description, two pictures."""
    words = [chance.choice(WORDS) for _ in range(98)]
    text = ". ".join(" ".join(words[at : at + 10]) for at in range(8, 98, 10))
    return Version(
        f"m:{number}", " ".join(words[:8]), text, f"brand{chance.randrange(500)}", f"AB-{chance.randrange(9999)}",
        "", f"seller {chance.randrange(2000)}", f"{chance.uniform(5, 200):.2f}", "USD",
        pictures=(picture(chance), picture(chance)),
    )  # fmt: skip


def picture(chance: random.Random) -> Picture:
    return {view: chance.randbytes(32).hex() for view in dict.fromkeys((*KNOWN_VIEWS, *ASKED_VIEWS))}


@pytest.mark.nightly
def test_new_listings_a_second() -> None:
    chance = random.Random(5)
    went = [version(number, chance) for number in range(WENT)]
    memory = Memory([Gone(one, prints_of(one), WENT_AT, WENT_AT + DAY) for one in went])
    new = [version(WENT + number, chance) for number in range(NEW)]
    started_s = time.process_time()
    asked = [Asked(one, prints_of(one), WENT_AT + timedelta(days=2)) for one in new]
    prints_s = time.process_time() - started_s
    found = memory.take(asked)
    spent_s = time.process_time() - started_s
    print(f"{NEW / spent_s:.0f} listings a second, fingerprints {prints_s / spent_s:.0%} of it")
    assert found == []
    assert NEW / spent_s >= 500


@pytest.mark.nightly
def test_a_hundred_thousand_hashes_in_milliseconds() -> None:
    chance = random.Random(6)
    index = PictureIndex([chance.randbytes(32).hex() for _ in range(100_000)])
    asked = [chance.randbytes(32).hex() for _ in range(200)]
    started_s = time.process_time()
    index.within(asked)
    assert (time.process_time() - started_s) / len(asked) < 0.005
    started_s = time.process_time()
    index.within(asked[:20], 60)
    assert (time.process_time() - started_s) / 20 < 0.02
