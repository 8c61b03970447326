"""Phrases: by named strategies, never bare, in two families that share no words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.feeds.notice import Firm, Identifier, Notice, Product
from monitor.watchlist.glossary import kind_in, languages
from monitor.watchlist.phrases import MAX_PHRASES, MAX_WORDS, Phrase, derive_phrases, is_searchable
from monitor.watchlist.words import key, tokens


def notice(*names: str, title: str = "", firms: tuple[str, ...] = (), **more: object) -> Notice:
    return Notice.model_validate(
        {
            "id": "us-cpsc:26001",
            "kind": "recall",
            "authority": "us-cpsc",
            "number": "26001",
            "title": title,
            "products": tuple(Product(name=name) for name in names),
            "firms": tuple(Firm(name=name, role="importer") for name in firms),
            **more,
        }
    )


def by_strategy(found: list[Phrase]) -> dict[str, list[str]]:
    return {name: [one.text for one in found if one.strategy == name] for name in {one.strategy for one in found}}


def test_each_strategy_gives_its_phrase() -> None:
    sling = notice(
        "Zibbo SnugSleep Infant Slings",
        firms=("Zibbo Baby Goods LLC, of Reno, Nevada",),
        identifiers=(
            Identifier(kind="brand", value="Zibbo"),
            Identifier(kind="model", value="ZB-4401"),
            Identifier(kind="gtin", value="00012345678905"),
            Identifier(kind="gtin", value="00012345678904", valid=False),
        ),
    )
    assert by_strategy(derive_phrases(sling)) == {
        "brand-name": ["Zibbo SnugSleep Infant Slings"],
        "brand-model": ["Zibbo ZB-4401"],
        "kind": ["Infant Slings"],
        "brand-line": ["Zibbo SnugSleep"],
        "identifier": ["ZB-4401", "00012345678905"],
        "name-kind": ["SnugSleep Infant Slings"],
    }


@pytest.mark.parametrize(
    ("made", "brand"),
    [
        (notice("Zibbo Bed Rails", title="Zibbo Bed Rails Recalled Due to Entrapment Hazard"), "Zibbo"),
        (notice("Bed Rails", title="Zibbo Recalls Bed Rails Due to Entrapment Hazard"), "Zibbo"),
        (notice("Bed Rails", title="Bed Rails Recalled by Zibbo Due to Entrapment Hazard"), "Zibbo"),
        (notice("Zibbo & Sons Bed Rails"), "Zibbo & Sons"),
        (notice("Bed Rails sold under the “Zibbo” brand"), "Zibbo"),
        (notice("Zibbo-branded bed rails"), "Zibbo"),
        (notice("Plumvale Bed Rails", firms=("Ningbo Exports Co., Ltd., dba Plumvale, of China",)), "Plumvale"),
        (notice("Head Bed Rails", firms=("Head Inc.",)), "Head"),
    ],
)
def test_the_brand_is_found_where_the_notice_names_it(made: Notice, brand: str) -> None:
    named = by_strategy(derive_phrases(made)).get("brand-name", [])
    assert any(text.casefold() == f"{brand} bed rails".casefold() for text in named), named


def test_a_placeholder_is_no_brand() -> None:
    made = notice("Infant Walkers", identifiers=(Identifier(kind="brand", value="Unbranded"),))
    assert [one.strategy for one in derive_phrases(made)] == ["kind"]


def test_what_the_notice_writes_small_is_no_brand() -> None:
    made = notice("Quonking Bed Rails", description="When quonking, a child can slip. The logo says “zibbo”.")
    assert "brand" not in by_strategy(derive_phrases(made))


def test_every_brand_of_a_list_is_searched() -> None:
    made = notice("Zibbo, Plumvale and Quarnex brand bed rails")
    assert by_strategy(derive_phrases(made))["brand-name"][1:] == ["Plumvale bed rails", "Quarnex bed rails"]


@pytest.mark.parametrize("name", ["Toys", "Children's Toys", "Toy Set", "Products", "12", "", "A"])
def test_a_bare_name_gives_no_phrase(name: str) -> None:
    assert derive_phrases(notice(name)) == []


@pytest.mark.parametrize("text", ["toys", "Children's toys", "the set of 3", "", "   ", "&", "a b c", "10 12"])
def test_bare_phrases_are_known(text: str) -> None:
    assert not is_searchable(text)


@pytest.mark.parametrize("text", ["magnetic toys", "ZB-4401", "Zibbo", "磁力珠", "wasserkocher"])
def test_telling_phrases_are_known(text: str) -> None:
    assert is_searchable(text)


def test_a_notice_without_products_is_read_by_its_title() -> None:
    warning = notice(title="CPSC Warns Consumers to Immediately Stop Using Zibbo Infant Walkers Due to Fall Hazard")
    assert "Zibbo Infant Walkers" in by_strategy(derive_phrases(warning))["brand-name"]


def test_years_brackets_and_what_is_sold_with_it_are_left_out() -> None:
    made = notice("Certain Model Year 2022-2024 Zibbo Electric Bicycles (e-bikes) sold with chargers, in sizes S to L")
    assert by_strategy(derive_phrases(made))["brand-name"] == ["Zibbo Electric Bicycles"]


def test_a_long_name_keeps_its_beginning_and_its_end() -> None:
    made = notice("Zibbo Grand Forest Deluxe Super Quiet Rechargeable Portable Clip-On Stroller Fans")
    (text,) = by_strategy(derive_phrases(made))["brand-name"]
    assert text.startswith("Zibbo")
    assert text.endswith("Stroller Fans")
    assert len(text.split()) == MAX_WORDS


def test_forty_models_are_not_searched_forty_times() -> None:
    models = tuple(Identifier(kind="model", value=f"ZB-44{number:02}") for number in range(40))
    found = derive_phrases(notice("Zibbo Bed Rails", identifiers=models))
    assert len(found) == MAX_PHRASES
    assert {"brand-name", "brand-model", "kind", "identifier"} <= {one.strategy for one in found}


def test_another_language_takes_marks_as_they_are_and_kinds_from_the_glossary() -> None:
    made = notice("Zibbo SnugSleep Infant Slings")
    found = by_strategy(derive_phrases(made, "zh-CN"))
    assert found["kind"] == ["婴儿背巾"]
    assert "Zibbo 婴儿背巾" in found["brand-name"] or "Zibbo SnugSleep 婴儿背巾" in found["brand-name"]
    assert not any("Slings" in one.text for one in derive_phrases(made, "zh"))


def test_what_the_glossary_lacks_is_left_out() -> None:
    found = derive_phrases(notice("Zibbo Quantum Gizmometers"), "zh")
    assert not [one for one in found if one.strategy == "kind"]


def test_a_notice_in_another_language_is_searched_in_its_own() -> None:
    made = notice("便携式电热水壶", language="zh", identifiers=(Identifier(kind="brand", value="Zibbo"),))
    assert {"Zibbo 便携式电热水壶", "便携式电热水壶"} <= {one.text for one in derive_phrases(made, "zh")}


def test_the_glossary_speaks_each_of_its_languages() -> None:
    for language in languages():
        assert kind_in(language, "Cribs")


WORDS = st.sampled_from(
    "Zibbo Plumvale QUARNEX ZB-4401 Toys Set infant Sling & and 2024 Magnetic Chess Electric kettle 12 de S Bed Rails "
    "磁力珠 crib/playpen Children's (blue) Über".split()
)
NAMES = st.lists(WORDS, min_size=0, max_size=9).map(" ".join)


@settings(max_examples=300)
@given(
    st.lists(NAMES, max_size=4),
    st.lists(NAMES, max_size=2),
    NAMES,
    st.lists(st.sampled_from(["Zibbo", "Bed", "unknown", "Plumvale Chess"]), max_size=2),
    st.lists(st.sampled_from(["ZB-4401", "Kettle 5", "7"]), max_size=2),
    st.sampled_from(["en", "zh", "xx"]),
)
def test_whatever_a_notice_says(
    names: list[str], firms: list[str], title: str, brands: list[str], models: list[str], language: str
) -> None:
    stated = [Identifier(kind="brand", value=one) for one in brands if one]
    stated += [Identifier(kind="model", value=one) for one in models if one]
    made = notice(*names, title=title, firms=tuple(firms), identifiers=tuple(stated))
    found = derive_phrases(made, language)
    assert found == derive_phrases(made, language)
    assert len(found) <= MAX_PHRASES
    assert all(is_searchable(one.text) for one in found)
    assert len({tuple(map(key, tokens(one.text))) for one in found}) == len(found)
    families = {
        name: {key(word) for one in found if one.family == name for word in tokens(one.text)} - {""}
        for name in ("marks", "kinds")
    }
    assert not families["marks"] & families["kinds"]
