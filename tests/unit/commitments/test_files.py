"""Commitment files: the shipped nine, a person's own, and what is wrong with a bad one."""

from datetime import date
from pathlib import Path

import pytest

from crawler.errors import BadInput
from monitor.commitments.commitment import NOT_COMPLIANCE
from monitor.commitments.load import PACKAGE_FOLDER, load_commitments, read_commitment

GOOD = """
id = "my-promise"
title = "A promise of our own town"
promise = "Take it down in a day."
force = "voluntary"
in_force_from = 2026-01-01
buyers = ["US"]
clock = "A3"
trigger_observable = "own_notices"
deadline_says = "one business day"
zone = "America/Chicago"
words = ["Without our letters this is not a measure of compliance."]

[[parties]]
name = "Town Market"
marketplaces = ["town-market"]
joined_on = 2026-02-01
left_on = 2026-06-01

[[terms]]
on = "notice"
clock = "A3"
kind = "business_days"
days = 1
day_one = "next_business_day"
calendar = { country = "US" }

[[sources]]
name = "Town Hall"
read = "first_hand"
"""


def written(folder: Path, text: str, name: str = "my-promise.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_all_of_the_table_are_shipped_and_can_be_read() -> None:
    loaded = load_commitments()
    assert loaded.problems == ()
    assert set(loaded.commitments) == {
        "cpsc-alibaba-2015",
        "eu-product-safety-pledge",
        "eu-gpsr-22",
        "au-product-safety-pledge",
        "ca-product-safety-pledge",
        "jp-product-safety-pledge",
        "cn-samr-recall",
        "kr-kftc-2024",
        "us-cpsa-19",
    }


@pytest.mark.parametrize(
    ("commitment_id", "clock", "seen", "terms"),
    [
        ("cpsc-alibaba-2015", "A2", "no", []),
        ("eu-product-safety-pledge", "A2", "own_notices", [("notice", 2), ("consumer_notice", 5)]),
        ("eu-gpsr-22", "A2", "own_notices", [("order", 2), ("notice", 3)]),
        ("au-product-safety-pledge", "A2", "no", [("request", 2)]),
        ("ca-product-safety-pledge", "A2", "no", [("notice", 2)]),
        ("jp-product-safety-pledge", "A2", "no", [("request", 2), ("consumer_notice", 5)]),
        ("cn-samr-recall", "A2", "no", [("pushed_recall", 24.0)]),
        ("kr-kftc-2024", "A2", "no", []),
        ("us-cpsa-19", "A0", "public_recall", [("public_recall", 0)]),
    ],
)
def test_clock_trigger_and_terms(commitment_id: str, clock: str, seen: str, terms: list[tuple[str, float]]) -> None:
    one = load_commitments().commitments[commitment_id]
    assert (one.clock, one.trigger_observable) == (clock, seen)
    lengths = [(term.on, getattr(term, "days", getattr(term, "hours", 0))) for term in one.terms]
    assert lengths == terms


def test_the_words_go_with_every_commitment_whose_trigger_is_hidden() -> None:
    for one in load_commitments().commitments.values():
        hidden = one.trigger_observable != "public_recall"
        assert any(NOT_COMPLIANCE in line for line in one.words) is hidden, one.id


def test_published_figures_stand_beside_their_formula() -> None:
    pledge = load_commitments().commitments["eu-product-safety-pledge"]
    assert [one.percent for one in pledge.published] == [87.36, 75.0, 92.04, 97.0]
    assert all("unweighted mean" in one.how_computed for one in pledge.published)


@pytest.mark.parametrize(
    ("commitment_id", "marketplace", "country", "on", "bound"),
    [
        ("cpsc-alibaba-2015", "alibaba", "US", date(2015, 1, 13), True),
        ("cpsc-alibaba-2015", "alibaba", "US", date(2015, 1, 12), False),
        ("cpsc-alibaba-2015", "alibaba", "CA", date(2020, 1, 1), False),
        ("cpsc-alibaba-2015", "amazon", "US", date(2020, 1, 1), False),
        ("eu-product-safety-pledge", "ebay", "DE", date(2020, 1, 1), True),
        ("eu-product-safety-pledge", "ebay", "CH", date(2020, 1, 1), False),
        ("eu-gpsr-22", "anything", "FR", date(2025, 1, 1), True),
        ("eu-gpsr-22", "anything", "FR", date(2024, 12, 12), False),
        ("au-product-safety-pledge", "catch", "AU", date(2024, 12, 31), True),
        ("au-product-safety-pledge", "catch", "AU", date(2025, 6, 1), False),
        ("au-product-safety-pledge", "mydeal", "AU", date(2021, 6, 1), False),
    ],
)
def test_whom_it_binds_and_when(commitment_id: str, marketplace: str, country: str, on: date, bound: bool) -> None:
    assert load_commitments().commitments[commitment_id].binds(marketplace, country, on) is bound


def test_a_dropped_file_is_a_commitment(tmp_path: Path) -> None:
    written(tmp_path / "commitments", GOOD)
    loaded = load_commitments(tmp_path)
    mine = loaded.commitments["my-promise"]
    assert loaded.problems == ()
    assert len(loaded.commitments) == 10
    assert mine.binds("town-market", "US", date(2026, 2, 1))
    assert not mine.binds("town-market", "US", date(2026, 6, 1))


def test_a_persons_file_replaces_the_shipped_one(tmp_path: Path) -> None:
    shipped = (PACKAGE_FOLDER / "kr-kftc-2024.toml").read_text(encoding="utf-8")
    path = written(tmp_path / "commitments", shipped.replace("2024-05-31", "2024-05-13"), "kr-kftc-2024.toml")
    loaded = load_commitments(tmp_path)
    assert loaded.commitments["kr-kftc-2024"].in_force_from == date(2024, 5, 13)
    assert loaded.files["kr-kftc-2024"] == path
    assert len(loaded.commitments) == 9


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ('title = "A promise of our own town"\n', "", "title", "required"),
        ('force = "voluntary"', 'force = "pious"', "force", "voluntary"),
        ("in_force_from = 2026-01-01", 'in_force_from = "soon"', "in_force_from", "date"),
        ("days = 1\n", 'days = "two"\n', "terms.0.business_days.days", "integer"),
        ("days = 1\n", "days = 0\n", "terms.0.business_days.days", "greater"),
        ('kind = "business_days"', 'kind = "moons"', "terms.0", "business_days"),
        ('country = "US" }', 'country = "ZZ" }', "terms.0.business_days.calendar", "ZZ not available"),
        ('country = "US" }', 'country = "US", market = "XECB" }', "terms.0.business_days.calendar", "either"),
        ('country = "US" }', 'country = "US", subdivision = "XX" }', "terms.0.business_days.calendar", "XX"),
        ('zone = "America/Chicago"', 'zone = "America/Nowhere"', "zone", "no time zone"),
        ('buyers = ["US"]', 'buyers = ["United States"]', "buyers", "country code"),
        ('clock = "A3"\ntrigger', 'clock = "A2"\ntrigger', None, "runs on A3"),
        ("this is not a measure of compliance", "guess", None, NOT_COMPLIANCE),
        ('zone = "America/Chicago"', 'zone = "America/Chicago"\nzeal = 1', "zeal", "not permitted"),
        ('id = "my-promise"', 'id = "your-promise"', "id", "named my-promise.toml"),
        ('buyers = ["US"]', 'buyers = ["US"', None, "not TOML"),
    ],
)
def test_a_bad_file_is_named_with_its_field_in_one_sentence(
    tmp_path: Path, old: str, new: str, field: str | None, says: str
) -> None:
    assert old in GOOD
    path = written(tmp_path / "commitments", GOOD.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        read_commitment(path)
    assert (caught.value.file, caught.value.field) == (str(path), field)
    assert says in caught.value.problem
    assert "\n" not in str(caught.value)


def test_a_bad_file_costs_no_other(tmp_path: Path) -> None:
    written(tmp_path / "commitments", GOOD)
    written(tmp_path / "commitments", "id = 7", "broken.toml")
    (tmp_path / "commitments" / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    loaded = load_commitments(tmp_path)
    assert "my-promise" in loaded.commitments
    assert len(loaded.problems) == 2
