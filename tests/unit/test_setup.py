"""The operator's folder: settings, terms, protocol."""

from datetime import datetime
from pathlib import Path

import pytest

from crawler.errors import BadInput
from monitor.config import Confirmation, Settings
from monitor.protocol import protocol_digest, write_protocol
from monitor.setup import decide_terms, write_config


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_init_writes_settings_that_can_be_read(folder: Path) -> None:
    write_config(folder, "Example Watch", "audit@example.org", ["us", "de"])
    settings = Settings()
    assert settings.operator == "Example Watch"
    assert settings.vantages["us"].country == "US"
    assert settings.vantages["de"].currency == "EUR"
    assert settings.default_vantage == "us"


def test_init_never_overwrites(folder: Path) -> None:
    write_config(folder, "Example Watch", "audit@example.org", ["us"])
    with pytest.raises(BadInput, match="lies here already"):
        write_config(folder, "Other", "other@example.org", ["us"])


@pytest.mark.parametrize(
    ("operator", "contact", "vantages", "field"),
    [
        ('Evil" \nterms', "audit@example.org", ["us"], "--operator"),
        ("Example Watch", "nobody", ["us"], "--contact"),
        ("Example Watch", 'a@b.c"\n[terms]', ["us"], "--contact"),
        ("Example Watch", "audit@example.org", ["mars"], "--vantage"),
    ],
)
def test_init_refuses_what_it_can_not_use(
    folder: Path, operator: str, contact: str, vantages: list[str], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        write_config(folder, operator, contact, vantages)
    assert refused.value.field == field
    assert not (folder / "stillforsale.toml").exists()


def test_automated_looks_are_off_until_decided(folder: Path, noon: datetime) -> None:
    write_config(folder, "Example Watch", "audit@example.org", ["us"])
    assert not Settings().terms
    decide_terms(folder, "craigslist", True, "J. Doe", noon)
    decide_terms(folder, "ebay", False, "J. Doe", noon)
    terms = Settings().terms
    assert terms["craigslist"].automation
    assert terms["craigslist"].decided_on == "2026-03-02"
    assert not terms["ebay"].automation


def test_a_later_decision_takes_the_place_of_the_first(folder: Path, noon: datetime) -> None:
    write_config(folder, "Example Watch", "audit@example.org", ["us"])
    for allowed in (True, False):
        decide_terms(folder, "craigslist", allowed, "J. Doe", noon)
        decide_terms(folder, "ebay", True, "J. Doe", noon)
    settings = Settings()
    assert not settings.terms["craigslist"].automation
    assert settings.terms["ebay"].automation
    assert settings.vantages["us"].country == "US"


def test_confirmation_can_be_raised_but_never_lowered() -> None:
    assert Confirmation(looks=5, span_hours=72).looks == 5
    with pytest.raises(ValueError, match="greater than or equal to 3"):
        Confirmation(looks=2)
    with pytest.raises(ValueError, match="greater than or equal to 36"):
        Confirmation(span_hours=1)


def test_the_protocol_is_written_once_and_hashed(folder: Path, noon: datetime) -> None:
    write_config(folder, "Example Watch", "audit@example.org", ["us"])
    settings = Settings()
    assert protocol_digest(settings) == ""
    path = write_protocol(settings, noon)
    first = protocol_digest(settings)
    path.write_text(path.read_text() + 'stopping_rule = "after 90 days"\n')
    write_protocol(settings, noon)
    assert "after 90 days" in path.read_text()
    assert protocol_digest(settings) != first
