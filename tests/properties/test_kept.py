"""A fold that was laid down and taken up at any points says what one fold over all looks says."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.config import Confirmation
from monitor.looks.facts import LookFact, fingerprint
from monitor.looks.fold import Fold, fold, order
from monitor.looks.kept import lay_down, take_up
from tests.properties.test_fold import histories, look

RULE = Confirmation()
PAGES = (
    None,
    fingerprint("acme steel kettle", ["/1.jpg"], "acme"),
    fingerprint("acme steel kettle sale", ["/1.jpg", "/2.jpg"], "acme"),
    fingerprint("framed poster of a lake", ["/9.jpg"], "wall art"),
    fingerprint("framed poster of a lake", ["/8.jpg"], "acme"),
)


@st.composite
def with_pages(draw: st.DrawFn) -> list[LookFact]:
    """Histories in which pages show now one product, now another, for long enough to be another."""
    found: list[LookFact] = []
    for looks in draw(st.lists(histories(), min_size=1, max_size=3)):
        page = st.sampled_from(draw(st.lists(st.sampled_from(PAGES), min_size=1, max_size=2)))
        since = (found[-1].looked_at - look(0, 0, looks[0].state).looked_at).total_seconds() / 3600 if found else 0
        for one in looks:
            hours = since + (one.looked_at - looks[0].looked_at).total_seconds() / 3600 + 1
            at = look(len(found), hours, one.state, quarantined=one.quarantined, controls=one.controls_passed)
            found.append(at._replace(page=draw(page)))
    return found


@given(with_pages(), st.data())
def test_laid_down_and_taken_up_anywhere(looks: list[LookFact], data: st.DataObject) -> None:
    going, over = Fold(), []
    for one in sorted(looks, key=order):
        going.see(one, RULE)
        if data.draw(st.booleans()):
            over += going.over
            text = lay_down(going)
            going = take_up(text)
            assert lay_down(going) == text
    assert [*over, *going.over, *going.open_episode()] == fold(looks, RULE)


@given(histories(), st.integers(20, 60))
def test_what_nobody_can_confirm_stays_short(looks: list[LookFact], times: int) -> None:
    """A marketplace without controls may be looked at for years: what is kept of it does not grow."""
    going = Fold()
    for one in sorted(looks, key=order):
        going.see(one, RULE)
    last = max(looks, key=order)
    lengths = set()
    for number in range(times):
        hours = (last.looked_at - looks[0].looked_at).total_seconds() / 3600 + 24 * (number + 1)
        going.see(look(5000, hours, last.state, controls=False), RULE)
        lengths.add(len(lay_down(going)) // 100)
    assert max(lengths) - min(lengths) <= 2
