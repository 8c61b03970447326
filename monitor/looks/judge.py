"""From a capture to the judgement of its look or search: the ladder's, or what its outcome allows to say."""

from crawler.marketplaces.search_ladder import judge_capture
from crawler.marketplaces.states import SearchState, State
from crawler.reading import Judgement
from crawler.record import Capture

NOT_A_LISTING = "ingest.not_a_listing"
"""Rule id: a look was answered by the reading of another kind of page, so it says nothing about the listing."""


def look_judgement(capture: Capture) -> tuple[State, Judgement]:
    """The state of one look and the judgement that it comes from."""
    judgement = judge_capture(capture.outcome, capture.reason, capture.status, capture.reading)
    try:
        return State(str(judgement.state)), judgement
    except ValueError:
        unclear = Judgement(state=State.UNCLEAR, rule=NOT_A_LISTING, version=judgement.version, says=judgement.says)
        return State.UNCLEAR, unclear


def search_judgement(capture: Capture) -> tuple[SearchState, Judgement]:
    """The state of one search page and the judgement that it comes from."""
    judgement = judge_capture(capture.outcome, capture.reason, capture.status, capture.reading, search=True)
    try:
        return SearchState(str(judgement.state)), judgement
    except ValueError:
        return SearchState.UNCLEAR, judgement
