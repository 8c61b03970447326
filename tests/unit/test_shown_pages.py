"""Pages and answers shown to a person: plain text that steers nothing and runs nowhere."""

import unicodedata

import pytest

from monitor.verification.evidence import SHOWN_CHARS, plain, printable

HOSTILE = [
    "\x1b]0;owned\x07\x1b[2J\x1b[31mgone\x1b[0m",
    "safe\u202egnp.exe\u2066x\u2069",
    "a\x9b31mb\x00c\x7fd\r\x08e",
    "\ufeffzero\u200bwidth\u00ad",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_shown_can_not_steer_a_terminal(text: str) -> None:
    for shown in (printable(text), plain(f"<title>{text}</title><body><p>{text}</p><script>alert(1)</script></body>")):
        assert not [one for one in shown if one not in "\n\t" and unicodedata.category(one).startswith("C")]
        assert "alert" not in shown


def test_a_huge_page_is_shown_in_part() -> None:
    assert len(plain("<body>" + "<p>word</p>" * 100_000 + "</body>")) <= SHOWN_CHARS


def test_half_a_character_of_an_answer_is_shown_as_one_that_is_missing() -> None:
    """JSON may escape half a pair: a terminal could not be written to otherwise."""
    assert printable("lone \ud83d here").encode("utf-8").decode("utf-8") == "lone \N{REPLACEMENT CHARACTER} here"
