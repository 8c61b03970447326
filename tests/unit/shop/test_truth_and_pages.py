"""Over many stories: what the market shows at any instant is what the story says; no live offer reads as gone."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.marketplaces.states import STANDING, Standing, State
from crawler.shop.script import build_story
from crawler.shop.story import STORY_DAYS, Story
from tests.unit.shop.conftest import PRODUCTS, START, Window

MOMENTS = st.floats(min_value=-1, max_value=STORY_DAYS + 1).map(lambda days: START + timedelta(days=days))
COUNTRIES = st.sampled_from(["US", "US", "GB", "DE"])
STORIES = st.integers(min_value=0, max_value=50).map(lambda seed: build_story(PRODUCTS, START, seed))


def _listing(data: st.DataObject, story: Story) -> str:
    return data.draw(st.sampled_from([*story.by_id, *story.never_existed]))


@given(story=STORIES, at=MOMENTS, country=COUNTRIES, data=st.data())
@settings(max_examples=300, deadline=None)
def test_a_look_ends_in_the_state_that_the_story_expects(
    window: Window, story: Story, at: datetime, country: str, data: st.DataObject
) -> None:
    listing_id = _listing(data, story)
    got = window.look(story, listing_id, at, country).judgement.state
    assert got is story.expected_state(listing_id, country, at)


@given(story=STORIES, at=MOMENTS, country=COUNTRIES, data=st.data())
@settings(max_examples=300, deadline=None)
def test_pages_agree_with_the_truth(
    window: Window, story: Story, at: datetime, country: str, data: st.DataObject
) -> None:
    """By the spells alone: on sale is never read as off sale, off sale never as on sale, and a fault never decides."""
    listing_id = _listing(data, story)
    reading = window.look(story, listing_id, at, country)
    state = reading.judgement.state
    assert isinstance(state, State)
    standing = STANDING[state]
    if story.fault_at(listing_id, at) is not None and listing_id in story.by_id:
        fault = story.fault_at(listing_id, at)
        assert fault is not None
        assert standing is Standing.UNKNOWN or (fault.listing_ids and not _exists(story, listing_id, at))
        return
    on_sale = listing_id in story.by_id and story.is_on_sale(listing_id, country, at)
    if on_sale:
        assert standing in (Standing.ON_SALE, Standing.LISTED)
    elif standing in (Standing.ON_SALE, Standing.LISTED):
        first = story.by_id[listing_id].phases[0].goods
        assert reading.facts is not None
        assert reading.facts.title != first.title


def _exists(story: Story, listing_id: str, at: datetime) -> bool:
    return story.by_id[listing_id].phase_at(at) is not None


@given(story=STORIES, data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_page_turns_at_the_true_instant(window: Window, story: Story, data: st.DataObject) -> None:
    """A second before the end of a spell the item is on sale, at the end it is not (with no fault in the way)."""
    listing_id = data.draw(st.sampled_from(sorted(story.recalled_pairs())))
    for spell in story.truth(listing_id, "US"):
        until = spell.on_sale_until
        if (
            until is None
            or story.fault_at(listing_id, until)
            or story.fault_at(listing_id, until - timedelta(seconds=1))
        ):
            continue
        before = window.look(story, listing_id, until - timedelta(seconds=1)).judgement.state
        after = window.look(story, listing_id, until).judgement.state
        assert before in (State.AVAILABLE, State.AVAILABLE_B2B, State.SHIPPING_UNKNOWN)
        if spell.cause is State.REPLACED:
            assert after is State.AVAILABLE
        elif after is not State.REDIRECTED:
            assert after is spell.cause
