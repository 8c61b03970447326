"""Identifiers for any text: no crash, nothing made up, nothing changed."""

from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.gtin import valid_gtin
from crawler.feeds.codes import is_code, trimmed
from crawler.feeds.enrich import enrich
from crawler.feeds.identifiers import identifiers_of
from crawler.feeds.models import models_in
from crawler.feeds.notice import Notice

WORDS = st.sampled_from(
    "model number Model No. models SKU # item UPC ASIN lot batch serial to and or , . ; : ( ) the is are".split()
    + "AK-1700 CR2032 036000291452 036000291453 B0D62S9H39 2024 24V red 12345 X-1 from May 2023 not included".split()
)
PROSE = st.one_of(st.text(max_size=300), st.lists(WORDS, max_size=60).map(" ".join))


def notice(text: str) -> Notice:
    return Notice(id="xx:1", kind="recall", authority="xx", number="1", title=text[:80], description=text)


@given(PROSE)
def test_every_value_stands_in_the_text(text: str) -> None:
    squeezed = "".join(text.split())
    assert all("".join(found.value.split()) in squeezed for found in models_in(text))


@given(PROSE)
def test_a_gtin_out_of_prose_has_a_right_check_digit(text: str) -> None:
    gtins = [one for one in identifiers_of(notice(text)) if one.kind == "gtin"]
    assert all(valid_gtin(one.value) for one in gtins)


@given(PROSE)
def test_enriching_twice_changes_nothing_more(text: str) -> None:
    once = enrich([notice(text)])
    assert enrich(once) == once


@given(st.text(max_size=40))
def test_trimming_a_code_leaves_a_code(token: str) -> None:
    assert trimmed(trimmed(token)) == trimmed(token)
    if is_code(trimmed(token)):
        assert any(char.isdigit() for char in token)


@given(st.from_regex(r"[A-HJ-KM-QS-UW-Z]{2}-[1-9][0-9]{3}", fullmatch=True))
def test_a_code_after_its_cue_is_found(code: str) -> None:
    assert [one.value for one in models_in(f"Kettles with model number {code} and a lid.")] == [code]
