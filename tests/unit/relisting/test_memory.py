"""What may be a return and what never is; chains in order."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.relisting.agree import Field
from monitor.relisting.memory import Asked, Gone, Memory
from monitor.relisting.prints import Version, prints_of, version_of
from monitor.relisting.prints import as_stored as stored
from monitor.relisting.rules import RULES, Compared, rule_for
from tests.conftest import REPOSITORY
from tests.unit.relisting.market import DAY, WENT_AT

TEXT = (
    "This walker has six wheels and a tray with music. The seat is padded and comes in three heights. "
    "Folds flat so that it fits under any bed at home. We packed it in its first carton with all the screws."
)
OLD = Version(
    "fairground:1", "Acme baby walker AB-120", TEXT, "Acme", "AB-120", "", "Tom's Shop", "25.00", "USD",
    pictures=({"full": "0f" * 32},),
)  # fmt: skip


def gone(version: Version = OLD, after: timedelta = timedelta()) -> Gone:
    return Gone(version, prints_of(version), WENT_AT + after, WENT_AT + after + DAY)


def asked(version: Version, after: timedelta = 2 * DAY) -> Asked:
    return Asked(version, prints_of(version), WENT_AT + after)


def answer(new: Version, *memory: Gone, after: timedelta = 2 * DAY) -> str:
    found = Memory(memory or (gone(),)).take([asked(new, after)])
    return found[0].rule if found else ""


RENAMED = replace(
    OLD, listing_key="bazaar:9", title="Norlo little steps walker", brand="Norlo", model="", description="", seller="x"
)


def test_a_picture_and_the_price_are_enough() -> None:
    assert answer(RENAMED) == "reappeared.picture"


def test_a_picture_decides_nothing_alone() -> None:
    assert answer(replace(RENAMED, price="80.00")) == ""


def test_a_copied_text_under_another_brand_is_found_without_any_picture() -> None:
    new = replace(RENAMED, description=" ".join(reversed(TEXT.split(". "))), pictures=())
    long = replace(OLD, description=TEXT)
    assert answer(replace(new, description=TEXT), gone(long)) == "reappeared.description"


def test_a_text_and_nothing_else_proposes_nothing() -> None:
    assert answer(replace(RENAMED, description=TEXT, pictures=(), price="")) == ""


def test_model_price_and_title_of_another_seller_propose_nothing() -> None:
    """They agree between any two listings of one product."""
    assert answer(replace(OLD, listing_key="bazaar:9", seller="another", description="", pictures=())) == ""


def test_the_same_title_at_the_same_seller_is_a_return() -> None:
    assert answer(replace(OLD, listing_key="bazaar:9", description="", pictures=())) == "reappeared.title"


def test_the_same_id_is_never_proposed() -> None:
    assert answer(OLD) == ""


def test_what_was_seen_before_the_old_one_was_last_on_sale_is_no_return() -> None:
    assert answer(RENAMED, after=-DAY) == ""
    assert answer(RENAMED, after=timedelta()) == ""
    assert answer(RENAMED, after=timedelta(seconds=1)) == "reappeared.picture"


@pytest.mark.parametrize(
    "title",
    ["Replacement tray for Acme baby walker AB-120", "Acme baby walker AB-120 owner's manual", "wanted: walker"],
)
def test_accessories_and_manuals_are_never_proposed(title: str) -> None:
    assert answer(replace(OLD, listing_key="bazaar:9", title=title)) == ""


def test_of_several_the_one_that_went_last_is_its_ancestor() -> None:
    second = replace(RENAMED, listing_key="bazaar:9")
    third = replace(RENAMED, listing_key="quayside:3", title="Lovely walker for first steps")
    memory = Memory([gone(), gone(second, 3 * DAY)])
    (found,) = memory.take([asked(third, 6 * DAY)])
    assert found.gone.version.listing_key == "bazaar:9"


def test_another_pack_contradicts_and_its_price_does_not_agree() -> None:
    old = replace(OLD, title="Acme magnet balls 216 pcs", model="", description="")
    new = replace(RENAMED, title="balls 1000 pcs")
    assert answer(new, gone(old)) == ""


def test_a_version_is_read_back_as_it_was_stored() -> None:
    assert version_of(stored(OLD)) == OLD


@pytest.mark.parametrize(
    ("names", "against", "common", "rule"),
    [
        ("picture", "", False, ""),
        ("picture price", "", False, "reappeared.picture"),
        ("picture title_words", "brand", False, "reappeared.picture"),
        ("picture price title model", "", True, ""),
        ("picture seller", "", True, "reappeared.common_picture"),
        ("description", "", False, ""),
        ("description seller", "", False, ""),
        ("description price", "", False, "reappeared.description"),
        ("description price", "brand", False, ""),
        ("copied_description price", "brand", False, "reappeared.description"),
        ("picture_weak price", "", False, ""),
        ("picture_weak model price", "", False, "reappeared.weak_picture"),
        ("picture_weak model price", "brand", False, ""),
        ("seller model price title", "", False, ""),
        ("seller same_title price", "", False, "reappeared.title"),
    ],
)
def test_the_table_of_rules(names: str, against: str, common: bool, rule: str) -> None:
    fields = tuple(Field(name, name) for name in names.split())
    assert rule_for(Compared(fields, tuple(Field(name, name) for name in against.split()), common)) == rule


def test_every_rule_is_documented() -> None:
    page = (REPOSITORY / "docs" / "reference" / "relisting.md").read_text()
    assert all(f"`{rule}`" in page and says in " ".join(page.split()) for rule, says in RULES.items())
