"""The feature `picture`: it adds to the odds, points there, and never gives a tier that may be spoken of."""

from dataclasses import replace

from crawler.feeds.notice import Notice, Product
from monitor.matching.matcher import Matcher
from monitor.matching.records import Listing, Match, PicturedListing, Tier

NOTICE = Notice(
    id="us-cpsc:1", kind="recall", authority="cpsc", number="1", title="Acme Recalls Rocker 300 Baby Rockers",
    products=(Product(name="Acme Rocker 300 baby rocker", model="AB-1200"),),
)  # fmt: skip
LISTING = PicturedListing("m:1", title="Acme baby rocker AB-1200", brand="Acme")


def matched(listing: Listing) -> list[Match]:
    return list(Matcher([NOTICE]).match([listing]))


def test_a_picture_supports_what_the_words_say() -> None:
    (plain,) = matched(LISTING)
    (weak,) = matched(replace(LISTING, pictures=(("us-cpsc:1", 55),)))
    (strong,) = matched(replace(LISTING, pictures=(("us-cpsc:1", 12),)))
    assert plain.probability < weak.probability < strong.probability
    assert plain.tier is weak.tier is strong.tier
    (says,) = [reason.says for reason in strong.reasons if reason.feature == "picture"]
    assert says == "a picture is the notice's but for 12 of 256 bits"


def test_the_picture_of_another_notice_says_nothing() -> None:
    assert matched(replace(LISTING, pictures=(("us-cpsc:2", 0),))) == matched(LISTING)


def test_a_picture_under_foreign_words_is_a_lead_and_never_more() -> None:
    """Who renames a product keeps its picture: a person is asked, nothing is said of it."""
    blanket = PicturedListing("m:1", title="wool picnic blanket", pictures=(("us-cpsc:1", 0),))
    (lead,) = matched(blanket)
    assert lead.tier is Tier.LEAD
    assert matched(replace(blanket, pictures=(("us-cpsc:1", 55),))) == []
    assert matched(replace(blanket, pictures=(("us-cpsc:9", 0),))) == []
