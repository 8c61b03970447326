"""The same id, another product or another name: only when everything disagrees, and not by one page."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.marketplaces.states import State
from monitor.config import Confirmation
from monitor.looks.episode import Episode, Status
from monitor.looks.facts import Fingerprint, LookFact, fingerprint
from monitor.looks.fold import fold

START = datetime(2026, 3, 1, tzinfo=UTC)

KETTLE = fingerprint("Acme Steel Kettle 1.7 l", ["https://img.test/k/1.jpg?w=200"], "Acme Home")
RENAMED = fingerprint("Water boiler, best gift", ["https://cdn2.img.test/k/1.jpg"], "Acme Home")
POSTER = fingerprint("Framed poster of a lake", ["https://img.test/p/7.jpg"], "Wall Art")
MUG = fingerprint("Blue mug, dishwasher safe", ["https://img.test/m/3.jpg"], "Cup World")


def story(*pages: Fingerprint | None, state: State = State.AVAILABLE) -> list[Episode]:
    looks = [
        LookFact(day, f"run-{day}", START + timedelta(days=day), state, page=page) for day, page in enumerate(pages)
    ]
    return fold(looks, Confirmation())


def test_hosts_and_queries_of_images_and_case_are_no_difference() -> None:
    assert fingerprint("acme steel KETTLE 1.7 l", ["http://other.test/k/1.jpg"], " ACME  home ") == KETTLE


def test_three_pages_of_another_product_begin_a_new_entity() -> None:
    old, new = story(KETTLE, KETTLE, POSTER, POSTER, POSTER, POSTER)
    assert (old.entity, old.status, old.cause, old.endpoint) == (1, Status.OFF_CONFIRMED, "replaced", "off_sale")
    assert (old.last_on_sale_at, old.first_off_at) == (START + timedelta(days=1), START + timedelta(days=2))
    assert (new.entity, new.ordinal, new.status) == (2, 1, Status.ON_SALE)
    assert (new.first_on_sale_at, new.last_on_sale_at) == (START + timedelta(days=2), START + timedelta(days=5))


def test_one_page_of_another_product_changes_nothing_for_good() -> None:
    first, second = story(KETTLE, POSTER, KETTLE, KETTLE)
    assert (first.status, first.cause, first.entity) == (Status.WENT_AND_RETURNED, "replaced", 1)
    assert (second.status, second.entity) == (Status.ON_SALE, 1)


def test_pages_that_show_another_thing_each_time_prove_no_new_product() -> None:
    episodes = story(KETTLE, POSTER, MUG, POSTER, MUG)
    assert [episode.entity for episode in episodes] == [1]


KEPT = [
    pytest.param(fingerprint("Framed poster of a lake", ["https://img.test/k/1.jpg"], "Wall Art"), id="image"),
    pytest.param(fingerprint("Acme Steel Kettle", ["https://img.test/p/7.jpg"], "Wall Art"), id="title"),
    pytest.param(None, id="nothing read"),
]
IN_DOUBT = [
    pytest.param(fingerprint("Framed poster of a lake", ["https://img.test/p/7.jpg"], "Acme Home"), id="seller only"),
    pytest.param(fingerprint("Framed poster of a lake", [], "Wall Art"), id="no image known"),
    pytest.param(fingerprint("Framed poster of a lake", ["https://img.test/p/7.jpg"], ""), id="no seller known"),
]


@pytest.mark.parametrize("page", KEPT)
def test_whatever_shows_the_product_keeps_it(page: Fingerprint | None) -> None:
    (episode,) = story(KETTLE, page, page, page, page)
    assert (episode.entity, episode.status) == (1, Status.ON_SALE)
    assert episode.last_on_sale_at == START + timedelta(days=4)


@pytest.mark.parametrize("page", IN_DOUBT)
def test_a_page_that_may_show_another_product_is_no_sale_of_the_first_and_ends_nothing(page: Fingerprint) -> None:
    (episode,) = story(KETTLE, page, page, page, page)
    assert (episode.entity, episode.status, episode.first_off_at) == (1, Status.ON_SALE, None)
    assert (episode.last_on_sale_at, episode.unknown_looks_inside) == (START, 4)


def test_a_look_of_a_run_that_could_not_see_does_not_hide_a_replacement() -> None:
    looks = [
        LookFact(
            day, f"run-{day}", START + timedelta(days=day), State.AVAILABLE,
            quarantined=day == 2, controls_passed=day != 2, page=KETTLE if day == 0 else POSTER,
        )
        for day in range(5)
    ]  # fmt: skip
    old, new = fold(looks, Confirmation())
    assert (old.status, old.cause, old.first_off_at) == (Status.OFF_CONFIRMED, "replaced", START + timedelta(days=1))
    assert (new.entity, new.first_on_sale_at) == (2, START + timedelta(days=1))


def test_the_product_back_after_doubtful_pages_was_on_sale_all_the_time() -> None:
    half = fingerprint("Framed poster of a lake", ["https://img.test/p/7.jpg"], "Acme Home")
    (episode,) = story(KETTLE, half, half, KETTLE)
    assert (episode.status, episode.last_on_sale_at) == (Status.ON_SALE, START + timedelta(days=3))


def test_a_doubtful_page_breaks_an_absence_for_something_is_there() -> None:
    half = fingerprint("Framed poster of a lake", ["https://img.test/p/7.jpg"], "Acme Home")
    shown = {0: KETTLE, 2: half}
    looks = [
        LookFact(
            day,
            f"run-{day}",
            START + timedelta(days=day),
            State.AVAILABLE if day in shown else State.REMOVED,
            page=shown.get(day),
        )
        for day in range(4)
    ]
    assert not [episode for episode in fold(looks, Confirmation()) if episode.confirmed_at]


def test_another_title_over_the_same_images_is_renamed() -> None:
    (episode,) = story(KETTLE, RENAMED)
    assert (episode.renamed, episode.status) == (True, Status.ON_SALE)
    assert not story(KETTLE, fingerprint("Acme Kettle, steel, 1.7 l", ["http://x.test/k/1.jpg"], ""))[0].renamed


def test_pages_without_an_offer_here_show_the_product_too() -> None:
    (old, _) = story(KETTLE, POSTER, POSTER, POSTER)
    assert old.cause == "replaced"
    looks = [LookFact(0, "run-0", START, State.AVAILABLE, page=KETTLE)]
    looks += [
        LookFact(day, f"run-{day}", START + timedelta(days=day), State.REMOVED, page=POSTER) for day in range(1, 5)
    ]
    (episode,) = fold(looks, Confirmation())
    assert episode.cause == "removed"


@given(st.lists(st.text(max_size=40)), st.text(max_size=40))
@example(["http://[", "https://a.example/one.jpg?x=1"], "Kettle")
def test_a_fingerprint_bears_whatever_a_page_prints(images: list[str], title: str) -> None:
    found = fingerprint(title, images, title)
    assert all(isinstance(path, str) and path for path in found.images)
