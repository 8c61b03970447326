"""Titles as sellers write them: the product is proposed in every shape, what only looks like it in none."""

import pytest

from crawler.feeds.notice import Identifier
from monitor.matching.matcher import Matcher
from monitor.matching.records import Listing, Tier
from tests.unit.matching.register import notice
from tests.unit.matching.sellers import OTHER, SAME, made_for

SURE = (Tier.IDENTIFIER, Tier.LINE)


STROLLER = "Dravelle Recalls Skyhop Jogging Strollers Due to Fall Hazard"
HEATER = "Ombrix Recalls Space Heaters Due to Fire Hazard"
REGISTER = [
    notice("n1", STROLLER, "Dravelle Skyhop jogging strollers", firms=("Dravelle",)),
    notice(
        "n2",
        HEATER,
        "Ombrix Toastwell space heaters",
        firms=("Ombrix",),
        identifiers=(Identifier(kind="model", value="OBX-T450"),),
    ),
    notice("n3", "Perrygate Recalls Fizzlebug Bath Seats", "Perrygate Fizzlebug bath seats", firms=("Perrygate",)),
]


@pytest.fixture(scope="module")
def found() -> dict[str, Tier]:
    made = [one for recall in REGISTER for one in made_for(recall, 3)]
    return {
        match.listing_id: match.tier
        for match in Matcher(REGISTER).match([one.listing for one in made])
        if match.recall_id == match.listing_id.rsplit("/", 1)[0]
    }


@pytest.mark.parametrize("shape", SAME)
def test_every_shape_of_the_product_is_proposed(found: dict[str, Tier], shape: str) -> None:
    made = [one for recall in REGISTER for one in made_for(recall, 3) if one.shape == shape]
    assert made
    assert [one.listing.title for one in made if found.get(one.listing.listing_id) not in SURE] == []


@pytest.mark.parametrize("shape", OTHER)
def test_what_only_looks_like_it_is_not(found: dict[str, Tier], shape: str) -> None:
    made = [one for recall in REGISTER for one in made_for(recall, 3) if one.shape == shape]
    assert made
    assert [one.listing.title for one in made if found.get(one.listing.listing_id) in SURE] == []


def test_a_rare_model_beside_a_brand_of_the_headline_alone_identifies() -> None:
    recalled = notice(
        "n9",
        "Mega Shop Recalls Quillora Air Fryers Due to Fire Hazard",
        "Air Fryers",
        firms=("Mega Purchasing LLC",),
        identifiers=(Identifier(kind="model", value="QL-AF34D2"),),
    )
    (match,) = Matcher([recalled]).match([Listing("x", title="Quillora 3.4 qt digital fryer stainless QL-AF34D2")])
    assert match.tier is Tier.IDENTIFIER


def test_what_would_change_the_verdict_is_said() -> None:
    titles = (
        "Dravelle Skyhop jogging stroller",
        "Cup holder for Dravelle Skyhop jogging stroller",
        "Dravelle stroller",
    )
    found = {
        match.listing_id: match.would_change
        for match in Matcher(REGISTER).match([Listing(title, title=title) for title in titles], top=1)
    }
    assert "GTIN or model number" in found[titles[0]]
    assert "accessory" in found[titles[1]]
    assert "skyhop" in found[titles[2]]
