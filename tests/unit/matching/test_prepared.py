"""The prepared register: what is read back matches as what was built; torn, old or foreign files are not read."""

from pathlib import Path

import numpy as np
import pytest

from monitor.matching import prepared as module
from monitor.matching.matcher import Matcher
from monitor.matching.prepared import keep, kept_path, load, prepare
from tests.unit.matching.register import REGISTER, listing

LISTINGS = [
    listing(title, listing_id=f"shop:{number}")
    for number, title in enumerate(
        (
            "Tavolino Vento Alto stroller",
            "Zelpo power bank ZP1263",
            "T4volino Vеnto Allto stroler",
            "3mm magnetic balls 1000 pieces",
            "nothing of the kind",
        )
    )
]


def test_what_is_read_back_matches_the_same(tmp_path: Path) -> None:
    path = kept_path(tmp_path, ["register"])
    prepare(REGISTER).save(path)
    kept = load(path)
    assert kept is not None
    assert len(kept.entries) == len(REGISTER)
    assert list(Matcher(kept).match(LISTINGS)) == list(Matcher(REGISTER).match(LISTINGS))


def test_another_register_is_another_file_and_the_old_one_goes(tmp_path: Path) -> None:
    first, second = kept_path(tmp_path, ["a", "b"]), kept_path(tmp_path, ["ab"])
    assert first != second
    keep(tmp_path, first, prepare(REGISTER))
    keep(tmp_path, second, prepare(REGISTER[:3]))
    assert [path.name for path in tmp_path.iterdir()] == [second.name]


def test_torn_old_and_foreign_files_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept_path(tmp_path, ["register"])
    assert load(path) is None
    prepare(REGISTER).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert load(path) is None
    np.savez(path, meta=np.array([{"a": 1}], dtype=object))
    assert load(path) is None
    path.write_bytes(whole)
    monkeypatch.setattr(module, "MATCHER_VERSION", "0")
    assert load(path) is None


def test_an_empty_register_can_be_kept(tmp_path: Path) -> None:
    path = kept_path(tmp_path, [])
    prepare([]).save(path)
    kept = load(path)
    assert kept is not None
    assert list(Matcher(kept).match(LISTINGS[:1])) == []
