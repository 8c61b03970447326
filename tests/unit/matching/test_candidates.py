"""The index finds a name again however it was altered to evade a filter."""

import pytest

from monitor.matching.candidates import Index
from monitor.matching.normalise import words

BRANDS = ("Tavolino Vento", "Korvath Ember", "Zelpo Voltcore", "Plushmoor Giggle")
KINDS = ("strollers", "gas grills", "power banks", "magnetic balls", "children's helmets", "high chairs", "bed rails")
NAMES = [f"{brand} {kind}" for brand in BRANDS for kind in KINDS]


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(NAMES)


@pytest.mark.parametrize(
    "title",
    [
        "Plushmoor Giggle magnetic balls",
        "new hot sale Plushmoor Giggle magnetic balls free shipping",
        "Plushmoor Gigle magnetc balls",
        "Plushm00r G1ggl3 m4gn3tic b@lls",
        "Рlushmооr Gіgglе mаgnеtіс bаlls",
        "Plushmoor Giggle m a g n e t i c balls",
        "Plushmoor Giggle m.a.g.n.e.t.i.c balls",
        "PlushmoorGiggle magneticballs",
        "PLUSHMOOR GIGGLE ＭＡＧＮＥＴＩＣ BALLS",
    ],
)
def test_an_altered_name_comes_first(index: Index, title: str) -> None:
    ((place, cosine), *_) = index.ask([words(title)])[0]
    assert NAMES[place] == "Plushmoor Giggle magnetic balls"
    assert 0.3 < cosine < 1.001


def test_without_the_brand_the_kind_leads_there(index: Index) -> None:
    found = [NAMES[place] for place, _ in index.ask([words("magnetic balls")])[0][:4]]
    assert all(name.endswith("magnetic balls") for name in found)


def test_nothing_in_common_finds_nothing(index: Index) -> None:
    assert index.ask([words("xylophon"), ()]) == [[], []]


def test_an_empty_register_answers_too() -> None:
    assert Index([]).ask([("stroller",)]) == [[]]
