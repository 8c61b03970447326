"""Rules that came from titles of random recalls: each shown on names of our own making."""

import pytest

from crawler.feeds.notice import Identifier, Notice
from monitor.matching.counts import counts, number_conflict
from monitor.matching.foreign import english_title, gloss, named_last
from monitor.matching.matcher import Matcher
from monitor.matching.models import beginnings, models_introduced, short_numbers, wildcards
from monitor.matching.normalise import key, words
from monitor.matching.records import Listing, Tier
from monitor.matching.units import entry_of
from monitor.matching.variants import other_number, other_variant
from monitor.matching.view import view_of
from tests.unit.matching.register import notice

SURE = (Tier.IDENTIFIER, Tier.LINE)


def tier(recalled: Notice, title: str, brand: str = "") -> Tier | None:
    found = list(Matcher([recalled]).match([Listing("x", title=title, brand=brand)]))
    return found[0].tier if found else None


def test_models_that_begin_with_letters_or_numbers() -> None:
    patterns = beginnings("Mixers with model numbers that begin with the following: QL-8, QXM and RT-2011.")
    said = ["ql8", "ql8bcn", "qxm440", "qxmbowl", "rt2011x", "qm8"]
    assert [any(pattern.fullmatch(value) for pattern in patterns) for value in said] == [
        True,
        True,
        True,
        False,
        True,
        False,
    ]


def test_ranges_and_wildcards() -> None:
    assert {"a2100", "a2125", "a2150"} <= models_introduced("models A2100 through A2150")
    patterns = wildcards(["XR-1xx", "KM77**"])
    assert [any(p.fullmatch(value) for p in patterns) for value in ("xr100", "xr1ab", "xr1234", "km77ab")] == [
        True, True, False, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "sure"),
    [
        ("Korvath BR 800 backpack blower", True),
        ("Korvath BR800X backpack blower", True),
        ("Korvath BR 600 backpack blower", False),
        ("Korvath BR 800 backpack blower carburetor assembly", False),
        ("Clutch kit Korvath BR 800 backpack blower", False),
    ],
)
def test_a_number_that_names_the_line(title: str, sure: bool) -> None:
    recalled = notice("b", "Korvath Recalls Blowers", "Korvath BR 800 Backpack Blower", firms=("Korvath LLC",))
    assert (tier(recalled, title) in SURE) is sure


def test_the_count_of_drawers_tells_products_apart() -> None:
    recalled = notice("d", "Sablor Recalls Dressers", "Sablor Orvenna 12-drawer dressers", firms=("Sablor Ltd",))
    assert tier(recalled, "Sablor Orvenna dresser with 12 drawers") in SURE
    assert tier(recalled, "Sablor Orvenna 8 drawer dresser") is Tier.LEAD
    assert number_conflict(counts(words("10 and 12 drawer chest")), counts(words("12 drawer chest"))) == ""


def test_a_coined_first_word_of_the_firm_is_a_brand() -> None:
    recalled = notice("c", "", "Zumbrek Woodworking Gruvola office chairs", firms=("Zumbrek Woodworking",))
    assert tier(recalled, "Zumbrek Gruvola office chair black", "Zumbrek") in SURE


def test_a_brand_field_that_is_part_of_the_products_name() -> None:
    recalled = notice("p", "Bigstore Recalls Lamps", "Dawn & Dusk battery-operated desk lamps", firms=("Bigstore LLC",))
    assert tier(recalled, "Dawn & Dusk battery operated desk lamp", "Dawn & Dusk") in SURE


def test_a_long_rare_name_needs_no_brand() -> None:
    recalled = notice("n", "", "Jorvo Blenkin Musical Carousel Mobiles", firms=("Betlow Group",))
    assert tier(recalled, "Jorvo Blenkin musical carousel mobile, baby") in SURE
    assert tier(recalled, "musical carousel mobile, baby") not in SURE


def test_kinds_by_their_other_names() -> None:
    recalled = notice(
        "k", "Quelto Recalls Coffeemakers", "Quelto Brasso coffeemakers", firms=("Quelto Inc",),
        identifiers=(Identifier(kind="model", value="QB-7100"),),
    )  # fmt: skip
    assert tier(recalled, "Quelto Brasso coffee machine") in SURE


@pytest.mark.parametrize(
    ("title", "english"),
    [
        ("Tavolino 婴儿推车 Vento Alto 折叠", "Tavolino stroller Vento Alto folding"),
        ("Kinderwagen Tavolino Vento", "stroller Tavolino Vento"),
        ("Chaise haute bébé Tavolino", "high chair Tavolino"),
        ("Paint roller 9 inch", "Paint roller 9 inch"),
    ],
)
def test_kinds_of_other_languages_are_read(title: str, english: str) -> None:
    assert english_title(title) == english


def test_a_chinese_title_is_matched_and_glossed() -> None:
    recalled = notice("s", "Tavolino Recalls Strollers", "Tavolino Vento Alto strollers", firms=("Tavolino Inc",))
    assert tier(recalled, "Tavolino Vento Alto 婴儿推车 正品包邮") in SURE
    assert tier(recalled, "适用 Tavolino Vento Alto 婴儿推车 配件 罩") not in SURE
    assert gloss("Tavolino 高景观婴儿推车 包邮") == "Tavolino … stroller free shipping"
    assert gloss("Tavolino stroller") == ""


@pytest.mark.parametrize(
    "name", ["Poussette Tavolino Vento Alto", "Kinderwagen Tavolino Vento Alto", "Cochecito Tavolino Vento Alto"]
)
def test_recalls_of_other_authorities(name: str) -> None:
    assert named_last(name) == "Tavolino Vento Alto stroller"
    recalled = notice("f", "", name, firms=("Tavolino SA",))
    assert tier(recalled, "Tavolino Vento Alto stroller navy") in SURE
    assert tier(recalled, "Tavolino Vento Alto Kinderwagen blau") in SURE


def test_brands_written_with_digits_are_no_models() -> None:
    recalled = notice(
        "us-cpsc:1",
        "Nook4Nook Recalls Bear Lights Due to Fire Hazard",
        "Nook4Nook Glimmer Bear Lights LD-4471",
    )
    entry = entry_of(recalled)
    assert "nook4nook" not in entry.models
    assert "ld4471" in entry.models
    found = next(Matcher([recalled]).match([Listing("x", title="Glimmer Bear Light by Nook4Nook LD-4471")]))
    assert found.tier is Tier.IDENTIFIER
    assert "nook4nook is in the notice" not in found.says
    assert not view_of(Listing("x", title="Nook4Nook lamp"), frozenset({key("Nook4Nook")})).models


def test_short_numbers_are_models_only_where_introduced() -> None:
    assert short_numbers(["Model numbers 714 and 8052 are recalled", "about 3500 units, item 1998"]) == {"714", "8052"}


def test_sellers_leave_out_the_collective_but_name_no_other_kind() -> None:
    recalled = notice("us-cpsc:1", "Vardex Recalls Toys Due to Hazard", "Vardex Quillowing Trumbly Crib Mobile Toys")
    assert tier(recalled, "Vardex Quillowing Trumbly Mobile") in SURE
    assert tier(recalled, "Vardex Quillowing Trumbly Stroller") not in SURE


def test_what_only_describes_the_kind_may_be_missing() -> None:
    recalled = notice("us-cpsc:1", "Vardex Recalls Strollers Due to Hazard", "Vardex Quillow Umbrella Strollers")
    assert tier(recalled, "Vardex Quillow Stroller, Silver") in SURE
    assert tier(recalled, "Vardex Zumbro Stroller, Silver") not in SURE


def test_another_word_or_number_in_the_place_of_the_names() -> None:
    line = "quillow air dive computer".split()
    assert other_variant(line, "vardex quillow wide dive computer".split(), frozenset()) == "wide"
    assert other_variant(line, "vardex quillow air dive computer".split(), frozenset()) == ""
    assert other_variant(line, "vardex quillow black dive computer".split(), frozenset()) == ""
    assert other_number(["tour", "6"], {"tour6", "tour7"}, ["tour", "5"]) == "tour5"
    assert other_number(["tour", "6"], {"tour6", "tour7"}, ["tour", "7"]) == ""


def test_a_brand_that_is_an_ordinary_word_counts_where_titles_name_their_maker() -> None:
    recalled = notice("us-cpsc:1", "Rigineering Recalls Lamps Due to Hazard", "Rigineering Quillow Desk Lamps")
    assert [brand.weak for brand in entry_of(recalled).brands if brand.key == "rigineering"] == [True]
    assert tier(recalled, "Rigineering Quillow Desk Lamp") in SURE
    assert tier(recalled, "Quillow project rigineering book lamp") not in SURE
