"""What the doctor finds: each harm done to a good folder is named, and a good folder is well."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.marketplaces.states import State
from crawler.plan import Vantage
from monitor.config import Settings, Terms
from monitor.health import Check, examine
from monitor.store.ingest import ingest_all
from monitor.store.session import open_store
from tests.builders import SHOP, START, Seen, controls, reseal, write_run

NOW = START + timedelta(days=3)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An operator's folder with three runs in one chain."""
    made = Settings(
        operator="A Group",
        contact="watch@example.org",
        data_dir=tmp_path / "data",
        vantages={name: Vantage(name=name, country=name.upper()) for name in ("us", "ca")},
        terms={SHOP: Terms(automation=True)},
    )
    made.data_dir.mkdir()
    made.protocol_file.write_text("a protocol")
    before: Path | str = ""
    for day in range(3):
        at = START + timedelta(days=day)
        before = write_run(made.runs_dir, f"run-{day}", [Seen("A")], started_at=at, previous=before)
    store = open_store(made.ledger_url)
    ingest_all(store, made.runs_dir, NOW)
    store.close()
    return made


def problems(settings: Settings, at: datetime = NOW) -> list[Check]:
    return [check for check in examine(settings, at) if check.level == "problem"]


def execute(settings: Settings, *statements: str) -> None:
    store = open_store(settings.ledger_url)
    with store.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        for statement in ("PRAGMA foreign_keys = OFF", *statements):
            connection.execute(text(statement))
    store.close()


def test_a_good_folder_is_well(settings: Settings) -> None:
    checks = examine(settings, NOW)
    assert [check for check in checks if check.level == "problem"] == []
    named = {check.name for check in checks if check.level == "ok"}
    assert named >= {"operator", "vantages", "terms", "disk", "database", "integrity", "archive", "clock", "controls"}


def remove_a_folder(settings: Settings) -> None:
    shutil.rmtree(settings.runs_dir / "run-1")


def change_a_manifest(settings: Settings) -> None:
    reseal(settings.runs_dir / "run-1", finish_reason="never happened")


def tear_a_manifest(settings: Settings) -> None:
    (settings.runs_dir / "run-1" / "manifest.json").write_text("{")


def leave_a_run_unfinished(settings: Settings) -> None:
    shutil.copytree(settings.runs_dir / "run-1", settings.runs_dir / "run-9")
    (settings.runs_dir / "run-9" / "manifest.json").unlink()


def leave_a_run_outside(settings: Settings) -> None:
    write_run(settings.runs_dir, "run-9", [Seen("A")], previous=settings.runs_dir / "run-2")


def remove_a_run_altogether(settings: Settings) -> None:
    remove_a_folder(settings)
    execute(
        settings,
        "DROP TRIGGER runs_no_delete",
        "DROP TRIGGER looks_no_delete",
        "DELETE FROM judgements WHERE look_id IN (SELECT look_id FROM looks WHERE run_id = 'run-1')",
        "DELETE FROM looks WHERE run_id = 'run-1'",
        "DELETE FROM run_controls WHERE run_id = 'run-1'",
        "DELETE FROM runs WHERE run_id = 'run-1'",
    )


def drop_a_guard(settings: Settings) -> None:
    execute(settings, "DROP TRIGGER looks_no_update")


def leave_looks_without_a_run(settings: Settings) -> None:
    execute(settings, "DROP TRIGGER runs_no_delete", "DELETE FROM runs WHERE run_id = 'run-2'")


def overwrite_the_ledger(settings: Settings) -> None:
    (settings.data_dir / "ledger.sqlite").write_bytes(b"nothing that a database begins with" * 100)


def come_from_the_future(settings: Settings) -> None:
    execute(settings, "UPDATE alembic_version SET version_num = '9999'")


def fail_the_controls(settings: Settings) -> None:
    seen = [*controls(live=State.BLOCKED), Seen("A")]
    write_run(settings.runs_dir, "run-3", seen, started_at=NOW, previous=settings.runs_dir / "run-2")
    store = open_store(settings.ledger_url)
    ingest_all(store, settings.runs_dir, NOW)
    store.close()


def stop_everything(settings: Settings) -> None:
    settings.stop_file.touch()


def forget_who_asks(settings: Settings) -> None:
    settings.contact = ""


def forget_from_where(settings: Settings) -> None:
    settings.default_vantage = "mars"


@pytest.mark.parametrize(
    ("harm", "name", "says"),
    [
        (remove_a_folder, "archive", "the folder of run run-1 is gone"),
        (change_a_manifest, "archive", "run-1: the manifest was changed after the run was ingested"),
        (tear_a_manifest, "archive", "manifest.json"),
        (leave_a_run_unfinished, "archive", "run-9: has no manifest.json: the run was not finished"),
        (leave_a_run_outside, "archive", "run-9: a finished run that is not in the ledger"),
        (remove_a_run_altogether, "chain", "run run-2 follows a run that is not here"),
        (drop_a_guard, "guards", "are gone: looks"),
        (leave_looks_without_a_run, "integrity", "rows point to rows that are not there"),
        (overwrite_the_ledger, "database", "can't be opened"),
        (come_from_the_future, "database", "version 9999, newer than this stillforsale knows"),
        (fail_the_controls, "controls", "demo_market from us: live control demo_market:live-1 reads blocked"),
        (stop_everything, "stop", "nothing is looked at until it is removed"),
        (forget_who_asks, "operator", "no contact is named"),
        (forget_from_where, "vantages", "'mars' is none of"),
    ],
)
def test_each_harm_is_named(settings: Settings, harm: Callable[[Settings], None], name: str, says: str) -> None:
    harm(settings)
    found = problems(settings)
    assert any(check.name == name and says in check.says for check in found), found


def test_a_clock_that_was_set_back_and_a_silence_are_named(settings: Settings) -> None:
    assert [check.name for check in problems(settings, START)] == ["clock"]
    assert [check.name for check in problems(settings, NOW + timedelta(days=30))] == ["looks"]


def test_a_run_that_is_being_filled_is_no_problem(settings: Settings) -> None:
    leave_a_run_unfinished(settings)
    handle = os.open(settings.runs_dir / "run-9", os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert problems(settings) == []
    finally:
        os.close(handle)
    assert [check.name for check in problems(settings)] == ["archive"]


def test_no_ledger_is_made_by_looking_for_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    assert "there is no ledger" in next(check.says for check in examine(settings, NOW) if check.name == "database")
    assert not settings.data_dir.exists()


def test_the_commands_speak_json_and_tell_by_their_exit_status(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "stillforsale.toml").write_text(
        f'operator = "A Group"\ncontact = "watch@example.org"\ndata_dir = "{settings.data_dir}"\n'
        '[vantages.us]\nname = "us"\ncountry = "US"\n'
    )

    def run(*arguments: str) -> tuple[int, dict[str, object], str]:
        command = [sys.executable, "-m", "stillforsale", *arguments, "--json"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.returncode, json.loads(done.stdout), done.stderr

    status, value, said = run("rebuild", "--dry-run")
    assert (status, value["dry_run"], value["runs"], value["looks"], value["changed"]) == (0, True, 3, 9, 0), said
    remove_a_folder(settings)
    status, value, said = run("doctor")
    assert (status, value["ok"]) == (1, False)
    assert "the folder of run run-1 is gone" in said
    status, value, said = run("rebuild")
    assert (status, value["looks"]) == (1, 6)
    assert "run run-1 keeps its judgements" in said
