"""Writes a story: which scenes are played, by which sellers, with which products, at which instants.

One seed gives one story. Takedowns lie early enough that a month of looks can confirm them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product

from crawler.marketplaces.states import State
from crawler.shop.cast import HOUR, NEVER_ID, Cast, Step
from crawler.shop.conditions import Condition, FaultKind
from crawler.shop.everyday import EVERYDAY, FINISHES
from crawler.shop.goods import RecalledProduct
from crawler.shop.story import Bar, Fault, Role, Seller, Story

_WALLED = Seller("stone-otter", "Stone Otter Mart", "US", True)
_CLOSING = Seller("quick-lantern", "Quick Lantern Shop", "CN", True)
_NAMES_IT: tuple[tuple[Role, str, str], ...] = (
    ("accessory", "replacement strap for {whole}", "Spare parts"),
    ("accessory", "carry case for {whole}, case only", "Spare parts"),
    ("accessory", "recall repair kit for {whole}", "Spare parts"),
    ("book", "owner's manual for {whole}, printed copy", "Books"),
    ("book", "the {kind} handbook: choosing, using, mending", "Books"),
    ("costume", "{kind} costume for grown-ups, party outfit", "Fancy dress"),
)
# How many hours an offer lasts, how its end shows, and whether it was listed only during the story.
_TAKEDOWNS: tuple[tuple[int, Condition, bool], ...] = (
    (3, Condition.GONE_SOFT, False),
    (3, Condition.REMOVED_POLICY, False),
    (3, Condition.GONE_404, True),
    (48, Condition.GONE_404, False),
    (48, Condition.GONE_410, True),
    (48, Condition.GONE_SOFT, True),
    (48, Condition.REMOVED_POLICY, False),
)

# How every so manyth of eight ordinary things goes.
_ENDS: Mapping[int, Condition] = {2: Condition.SOLD, 4: Condition.OUT_OF_STOCK, 7: Condition.GONE_404}


def build_story(products: Sequence[RecalledProduct], start_at: datetime, seed: int) -> Story:
    """A story of 30 days from `start_at` with these recalled products; ValueError where there are none."""
    if not products:
        raise ValueError("a story needs at least one recalled product")
    cast = Cast(products, start_at, seed)
    _stay(cast)
    _be_taken_down(cast)
    _go_in_odd_ways(cast)
    _run_out(cast)
    _be_blocked_for_us_buyers(cast)
    _come_back(cast)
    _change_or_end(cast)
    _stand_beside(cast)
    _be_ordinary(cast)
    faults = (*_bad_days(cast), *_bad_pages(cast))
    _go_on_as_ever(cast)
    never_existed = tuple(str(NEVER_ID + number) for number in range(1, 4))
    return Story(start_at, tuple(cast.offers), faults, never_existed)


def _stay(cast: Cast) -> None:
    """Recalled products on sale to the end: retail, wholesale, and one that hides its shipping."""
    for _ in range(4):
        cast.suspect("stays", _began(cast))
    for _ in range(2):
        cast.suspect("stays", _began(cast), tells_model=False)
    for _ in range(2):
        cast.suspect("stays_wholesale", _began(cast), is_wholesale=True)
    cast.suspect("hides_shipping", _began(cast), hides_shipping=True)


def _be_taken_down(cast: Cast) -> None:
    """After three hours or two days, in each of the ways in which a page can say so."""
    for hours, end, is_late in _TAKEDOWNS:
        begin = cast.day(2, 20) if is_late else cast.before()
        gone = (begin if is_late else cast.start_at) + hours * HOUR + cast.hours(0, 1) / 4
        cast.suspect(f"taken_down_after_{hours}_hours", (begin, Condition.LIVE), (gone, end))


def _go_in_odd_ways(cast: Cast) -> None:
    """Redirected to the category for good; taken down by mistake and back within a day; a shop that closes."""
    cast.suspect("redirects_away", _began(cast), (cast.day(5, 20), Condition.TO_CATEGORY))
    gone = cast.day(8, 12)
    back = gone + cast.hours(14, 22)
    cast.suspect("went_and_returned", _began(cast), (gone, Condition.GONE_SOFT), (back, Condition.LIVE))
    closed = cast.day(9, 20)
    for _ in range(2):
        cast.suspect("shop_closes", _began(cast), (closed, Condition.SELLER_CLOSED), seller=_CLOSING)


def _run_out(cast: Cast) -> None:
    """Out of stock and back; out of stock and then taken down."""
    for first in (4, 9, 14):
        out = cast.day(first, first + 3)
        back = out + cast.hours(40, 100)
        cast.suspect("runs_out_and_returns", _began(cast), (out, Condition.OUT_OF_STOCK), (back, Condition.LIVE))
    out, gone = cast.day(6, 9), cast.day(15, 18)
    steps = (_began(cast), (out, Condition.OUT_OF_STOCK), (gone, Condition.REMOVED_POLICY))
    cast.suspect("runs_out_and_is_taken_down", *steps)


def _be_blocked_for_us_buyers(cast: Cast) -> None:
    """Not shipped to the US, or not available there, and live elsewhere; one of them is lifted again."""
    for number, how in enumerate((State.NOT_SHIPPED, State.GEO_BLOCKED, State.NOT_SHIPPED, State.GEO_BLOCKED)):
        offer = cast.suspect("blocked_for_us", _began(cast), is_wholesale=number == 3)
        barred = cast.day(1, 18)
        offer = cast.change(offer, barred, bars=(Bar("US", how),))
        if number == 2:
            cast.change(offer, barred + cast.hours(70, 120))


def _come_back(cast: Cast) -> None:
    """Taken down, and back under another name with the same pictures, at the same seller and at another; the first
    of them is taken down once more and comes back again."""
    for number, (same_seller, disguised) in enumerate(((True, False), (False, False), (True, True), (False, True))):
        gone = cast.day(2, 10)
        end = Condition.REMOVED_POLICY if number % 2 else Condition.GONE_404
        old = cast.suspect("taken_down_then_relisted", _began(cast), (gone, end))
        back = gone + cast.hours(20, 90)
        new = cast.again(old, (back, Condition.LIVE), same_seller=same_seller, disguised=disguised)
        if number == 0:
            gone = back + cast.hours(60, 90)
            new = cast.change(new, gone, Condition.GONE_404)
            cast.again(new, (gone + cast.hours(20, 60), Condition.LIVE), same_seller=False, disguised=True)


def _change_or_end(cast: Cast) -> None:
    """The same id sells another product, by another seller or by the same; a sale is over."""
    offer = cast.suspect("turns_into_another", _began(cast))
    cast.change(offer, cast.day(5, 9), goods=cast.wording.ordinary(11), seller=cast.seller(other_than=offer.seller))
    offer = cast.suspect("is_rewritten", _began(cast))
    cast.change(offer, cast.day(14, 18), goods=cast.wording.ordinary(10))
    for end in (Condition.SOLD, Condition.ENDED):
        cast.suspect("sale_is_over", _began(cast), (cast.day(3, 22), end))


def _stand_beside(cast: Cast) -> None:
    """What a search finds beside the recalled products and what is none of them."""
    for _ in range(3):
        cast.other("lookalike", "lookalike", cast.wording.lookalike(cast.product()))
    for role, pattern, category in _NAMES_IT:
        cast.other(role, role, cast.wording.around(cast.product(), pattern, category))
    for _ in range(3):
        cast.other("innocent_of_the_brand", "innocent", cast.wording.innocent(cast.product()))
    for number in range(3):
        cast.other("sounds_like_an_end", "innocent", cast.wording.trap(number))


def _be_ordinary(cast: Cast) -> None:
    """Controls, and ordinary listings as the background: one is sold, one runs out."""
    for number in range(3):
        cast.other("control_live", "control", cast.wording.ordinary(number))
    for number, end in enumerate((Condition.GONE_404, Condition.GONE_SOFT)):
        gone = cast.start_at - timedelta(days=10 + number)
        steps: tuple[Step, ...] = ((gone - timedelta(days=90), Condition.LIVE), (gone, end))
        cast.other("control_dead", "control", cast.wording.ordinary(number + 3), *steps)
    for number in range(3):
        cast.other("background", "innocent", cast.wording.ordinary(number + 5))
    for number, end in enumerate((Condition.SOLD, Condition.OUT_OF_STOCK)):
        goods = cast.wording.ordinary(number + 8)
        cast.other("background_ends", "innocent", goods, _began(cast), (cast.day(6, 24), end))


def _go_on_as_ever(cast: Cast) -> None:
    """The rest of the market: ordinary things beside the recalled ones, most of them on sale all the time. Some are
    sold, run out for a while, or are taken down by their sellers, as things are."""
    for number, (thing, finish) in enumerate(product(EVERYDAY, FINISHES)):
        began, gone = _began(cast), cast.day(4, 24)
        steps: tuple[Step, ...] = (began,)
        if number % 8 in _ENDS:
            steps = (began, (gone, _ENDS[number % 8]))
            if _ENDS[number % 8] is Condition.OUT_OF_STOCK:
                steps = (*steps, (gone + cast.hours(40, 120), Condition.LIVE))
        cast.other("everyday", "innocent", cast.wording.everyday(thing, finish), *steps)


def _bad_days(cast: Cast) -> tuple[Fault, ...]:
    """A bot wall for a day on one seller's pages and on the whole site, and a night of errors: each hides a
    takedown."""
    shop_wall, wall, night = cast.day(11, 13), cast.day(16, 17), cast.day(23, 24)
    hidden = (
        ("taken_down_behind_a_wall", shop_wall + 11 * HOUR, Condition.GONE_404, _WALLED),
        ("taken_down_behind_a_wall", wall + 9 * HOUR, Condition.REMOVED_POLICY, None),
        ("taken_down_in_an_outage", night + 4 * HOUR, Condition.GONE_SOFT, None),
    )
    cast.suspect("walled_shop", _began(cast), seller=_WALLED)
    for scene, gone, end, seller in hidden:
        cast.suspect(scene, _began(cast), (gone, end), seller=seller)
    walled = frozenset(offer.listing_id for offer in cast.offers if offer.seller == _WALLED)
    return (
        Fault(FaultKind.WALL, shop_wall, shop_wall + 24 * HOUR, walled),
        Fault(FaultKind.WALL, wall, wall + 24 * HOUR),
        Fault(FaultKind.SERVER_ERROR, night, night + 9 * HOUR),
    )


def _bad_pages(cast: Cast) -> tuple[Fault, ...]:
    """Single pages that go wrong for a day or two while the offer goes on: every way on two pages."""
    steady = [offer.listing_id for offer in cast.offers if offer.scene in ("stays", "stays_wholesale")]
    kinds = (FaultKind.SHELL, FaultKind.LOGIN, FaultKind.OTHER_COUNTRY, FaultKind.TO_CATEGORY)
    faults = []
    for listing_id, kind in zip(steady, kinds * 2, strict=True):
        begin = cast.day(2, 14)
        faults.append(Fault(kind, begin, begin + cast.hours(26, 50), frozenset({listing_id})))
    return tuple(faults)


def _began(cast: Cast) -> Step:
    return (cast.before(), Condition.LIVE)
