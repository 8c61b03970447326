"""F24 and F25: what a page's own script does to the browser."""

from crawler.marketplaces.states import State
from crawler.record import Outcome
from tests.integration.browsing import shell
from tests.integration.faults.place import LIVE, Place, Row, state_of

FAILED = frozenset({State.FAILED})
BUSY = "while (true) {}"
GREEDY = (
    "const kept = []; setInterval(() => { for (let i = 0; i < 8; i++) kept.push(new Uint8Array(16e6).fill(7)) }, 10)"
)


def _hostile(place: Place, script: str, says: str) -> list[State]:
    place.render = "always"
    place.limits = place.limits.model_copy(update={"timeout_s": 5.0})
    capture = place.look(shell(script))
    assert capture.outcome is Outcome.FAILED
    assert says in capture.reason
    assert capture.reading is None
    assert not capture.rendered_record_id
    assert place.server.replies["/item/2"] == LIVE
    assert place.server.hits["/item/2"] == 1
    return [state_of(capture)]


ROWS = [
    Row(24, "a script that never ends", FAILED, lambda place: _hostile(place, BUSY, "did not answer"), seconds=90),
    Row(25, "a script that eats memory", FAILED, lambda place: _hostile(place, GREEDY, "memory"), seconds=90),
]
