"""The demo's story against what the monitor says of it: every interval holds the true instant, and no wall, error,
outage or stock-out is ever called a takedown."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from crawler.marketplaces.states import State
from crawler.shop.recalled import DEMO_PRODUCTS
from crawler.shop.script import build_story
from crawler.shop.story import Story, TrueSpell
from monitor.relisting.lineage import returns
from monitor.store.session import open_store
from reports.demo.driver import START_AT

SEED = 1
CONFIRMED_BY = timedelta(days=4)
"""An absence that lasts this long must be confirmed: three looks over 36 hours, a day's step between them."""


@dataclass(frozen=True)
class Played:
    """A demo that was played by the command, and the story that it played."""

    folder: Path
    printed: dict[str, Any]
    said: str
    story: Story
    engine: Engine

    def rows(self, statement: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(statement)))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    out = tmp_path_factory.mktemp("demo") / "out"
    command = [sys.executable, "-m", "stillforsale", "demo", "--out", str(out), "--seed", str(SEED), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode in (0, 1), done.stderr
    story = build_story(DEMO_PRODUCTS, START_AT - timedelta(hours=1), SEED)
    engine = create_engine(f"sqlite:///{out / 'data' / 'ledger.sqlite'}")
    yield Played(out, json.loads(done.stdout), done.stderr, story, engine)
    engine.dispose()


def listing_id(key: str) -> str:
    return key.partition(":")[2].partition("#")[0]


def at(stored: str | None) -> datetime:
    assert stored is not None
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def ends(story: Story, key: str) -> list[TrueSpell]:
    return [spell for spell in story.truth(listing_id(key), "US") if spell.on_sale_until is not None]


def test_every_confirmed_end_holds_a_true_instant(played: Played) -> None:
    confirmed = played.rows(
        "SELECT listing_key, last_on_sale_at, first_off_at FROM episodes WHERE confirmed_at IS NOT NULL"
    )
    wrong = [
        (key, low, high)
        for key, low, high in confirmed
        if not any(at(low) <= end.on_sale_until <= at(high) for end in ends(played.story, key) if end.on_sale_until)
    ]
    assert len(confirmed) >= 15
    assert not wrong


def test_every_takedown_holds_a_true_takedown(played: Played) -> None:
    taken = played.rows("SELECT listing_key, last_up_at, first_down_at FROM episodes WHERE endpoint = 'takedown'")
    wrong = [
        (key, low, high)
        for key, low, high in taken
        if not any(at(low) <= instant <= at(high) for instant, _ in played.story.takedowns(listing_id(key)))
    ]
    assert len(taken) >= 8
    assert not wrong


def test_each_look_reads_what_the_page_showed(played: Played) -> None:
    """A look that was not made says so; one that was made ends in the state of the story at that very instant."""
    looks = played.rows(
        "SELECT listing_key, looked_at, state, outcome FROM looks JOIN judgements USING (look_id) WHERE vantage = 'us'"
    )
    wrong = []
    for key, looked_at, state, outcome in looks:
        expected = played.story.expected_state(listing_id(key), "US", at(looked_at))
        if outcome == "not_allowed":
            assert state == State.NOT_ALLOWED
        elif state != expected:
            wrong.append((key, looked_at, state, expected))
    assert len(looks) > 1000
    assert not wrong


def test_what_really_went_for_long_is_confirmed_gone(played: Played) -> None:
    """The other side of caution: an end that was plain to see for days is not lost."""
    seen = dict(played.rows("SELECT listing_key, MIN(first_on_sale_at) FROM episodes GROUP BY 1"))
    confirmed = {key for (key,) in played.rows("SELECT listing_key FROM episodes WHERE confirmed_at IS NOT NULL")}
    lost = []
    for key, first in seen.items():
        offer = played.story.by_id[listing_id(key)]
        spells = played.story.truth(listing_id(key), "US")
        for spell, later in zip(spells, [*spells[1:], None], strict=True):
            back_at = later.on_sale_from if later else played.story.end_at
            if spell.on_sale_until is None:
                continue
            lasting = back_at - spell.on_sale_until >= CONFIRMED_BY
            plain = spell.cause not in (State.REDIRECTED,) and offer.scene not in UNSEEABLE
            if lasting and plain and spell.on_sale_until > at(first) and key not in confirmed:
                lost.append((key, offer.scene))
    assert not lost


UNSEEABLE = frozenset({"redirects_away", "is_rewritten"})
"""Scenes whose end no look can tell: a redirect to a category page, and another product of the same seller under the
id, stay unknown."""


def test_every_recalled_listing_is_found_and_no_innocent_confirmed(played: Played) -> None:
    confirmed = {
        (listing_id(key), notice)
        for key, notice in played.rows("SELECT listing_key, notice_id FROM reviews WHERE decision = 'confirmed'")
    }
    true = {(key, recalled.recall_id) for key, recalled in played.story.recalled_pairs().items()}
    short_lived = {offer.listing_id for offer in played.story.offers if "after_3_hours" in offer.scene}
    missed = {pair for pair in true - confirmed if pair[0] not in short_lived}
    assert not missed
    assert not confirmed - true


def test_no_innocent_is_proposed_as_the_recalled_product(played: Played) -> None:
    strong = played.rows("SELECT DISTINCT listing_key FROM matches WHERE tier IN ('identifier', 'line')")
    innocents = played.story.innocents()
    assert not [key for (key,) in strong if listing_id(key) in innocents]


def test_ordinary_listings_serve_as_background_and_controls(played: Played) -> None:
    """A removal means something only beside what becomes of ordinary things on the same site."""
    found = {key for (key,) in played.rows("SELECT listing_key FROM listings")}
    ordinary = {key for key in found if listing_id(key) in played.story.background()}
    assert len(ordinary) >= 40
    background = {key for (key,) in played.rows("SELECT DISTINCT listing_key FROM looks WHERE purpose = 'background'")}
    controls = {key for (key,) in played.rows("SELECT DISTINCT listing_key FROM looks WHERE purpose = 'control'")}
    assert len(background) >= 15
    assert {listing_id(key) for key in background} <= played.story.innocents()
    assert {listing_id(key) for key in controls & found} <= played.story.innocents()
    assert not background & controls


def test_every_relisting_that_was_found_is_linked_and_no_innocent_is(played: Played) -> None:
    """A step of the story is a proposal from what went to its return, or to a later return of the same thing."""
    proposed = {
        (listing_id(old), listing_id(new))
        for old, new in played.rows("SELECT old_listing_key, new_listing_key FROM relistings")
    }
    true = {(relisting.old, relisting.new) for relisting in played.story.relistings()}
    assert len(true) >= 4
    assert true <= proposed
    assert not {pair for pair in proposed if played.story.innocents() & set(pair)}
    rejected = played.rows("SELECT 1 FROM relisting_reviews WHERE decision = 'rejected'")
    assert not rejected


def test_every_return_lies_in_its_interval(played: Played) -> None:
    store = open_store(f"sqlite:///{played.folder / 'data' / 'ledger.sqlite'}")
    with store.reader() as session:
        found = returns(session, played.story.end_at + timedelta(days=1))
    store.close()
    back = [one for one in found if one.back_by_at is not None]
    wrong = [
        one
        for one in back
        if not any(
            one.back_after_at is not None
            and one.back_by_at is not None
            and one.back_after_at <= spell.on_sale_from <= one.back_by_at
            for spell in played.story.truth(listing_id(one.back_listing_key), "US")
        )
    ]
    assert {one.how for one in back} == {"same_id", "same_seller", "other_seller"}
    assert all(one.confirmed_by_person for one in back)
    assert not wrong


def test_the_runs_form_one_chain_that_starts_with_the_protocol(played: Played) -> None:
    runs = played.rows(
        "SELECT manifest_sha256, previous_manifest_sha256, protocol_sha256 FROM runs ORDER BY started_at"
    )
    assert runs[0][1] == ""
    assert all(later[1] == earlier[0] for earlier, later in pairwise(runs))
    assert len({protocol for _, _, protocol in runs}) == 1
    assert runs[0][2] != ""


def test_it_ends_with_a_headline_and_a_report_marked_internal(played: Played) -> None:
    page = Path(played.printed["report"]).read_text()
    assert played.printed["headline"] in page
    assert "INTERNAL" in page


def test_what_another_product_under_the_same_id_is_called_is_never_said_of_the_recalled_one(played: Played) -> None:
    """An id of the story goes on with another product: no page of the report names it, no figure counts it."""
    page = Path(played.printed["report"]).read_text()
    others = {
        phase.goods.title
        for offer in played.story.offers
        for phase in offer.phases[1:]
        if phase.goods.picture != offer.phases[0].goods.picture
    }
    assert others
    assert not [title for title in others if title in page]


def test_the_folder_is_an_operators_folder_like_any_other(played: Played) -> None:
    command = [sys.executable, "-m", "stillforsale", "doctor", "--json"]
    done = subprocess.run(command, cwd=played.folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)
