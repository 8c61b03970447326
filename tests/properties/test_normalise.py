"""Folding holds for any text: it never fails, is stable, and undoes what evades."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from monitor.matching.gtins import gtin_key
from monitor.matching.normalise import fold, key, spans, squash, words

WORDS = st.lists(
    st.from_regex(r"[b-df-hj-np-rt-z][aeiou][b-df-hj-np-rt-z]{2,6}", fullmatch=True), min_size=1, max_size=6
)
HOMOGLYPHS = str.maketrans(dict(zip("aceopxyi", "асеорхуі", strict=True)))


@given(st.text(max_size=200))
def test_any_text_folds_and_folding_twice_is_folding_once(text: str) -> None:
    once = words(text)
    assert all(token and token == token.lower() for token in once)
    assert words(" ".join(once)) == words(" ".join(words(" ".join(once))))
    assert squash(squash(text)) == squash(text)


@given(WORDS)
def test_look_alike_letters_change_nothing(tokens: list[str]) -> None:
    text = " ".join(tokens)
    assert words(text.translate(HOMOGLYPHS)) == words(text)


@given(WORDS)
def test_wide_letters_case_and_marks_change_nothing(tokens: list[str]) -> None:
    text = " ".join(tokens)
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isalpha() else char for char in text)
    assert words(wide) == words(text.upper()) == words(f"{text}™") == words("\u200b".join(text)) == words(text)


@given(st.from_regex(r"[b-df-hj-np-rt-z][aeiou][b-df-hj-np-rt-z]{3,8}", fullmatch=True), st.sampled_from(" .-_"))
def test_letters_set_apart_are_one_word(word: str, sign: str) -> None:
    assert words(f"{sign.join(word)}") == words(word)


@given(WORDS)
def test_runs_hold_every_neighbouring_pair_written_together(tokens: list[str]) -> None:
    found = spans(tokens)
    assert all(first + second in found for first, second in pairwise(tokens))
    assert key(" ".join(tokens)) == "".join(words(" ".join(tokens)))


@given(st.integers(min_value=1, max_value=10**11 - 1))
def test_exactly_one_check_digit_makes_a_gtin(number: int) -> None:
    assert sum(bool(gtin_key(f"{number:011d}{digit}")) for digit in range(10)) == 1


@given(st.from_regex(r"[A-Z]{2}[0-9]{3,5}", fullmatch=True))
def test_a_model_number_is_never_read_as_a_word(model: str) -> None:
    assert squash(model) == model.lower()
    assert words(model) == (model.lower(),)
    assert fold(model) == model.lower()
