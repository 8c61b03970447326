"""A plan becomes a run folder: one line a slot, evidence beside it, and the seal."""

import hashlib
from pathlib import Path

from crawler.record import MANIFEST_FILE, Manifest, Outcome
from crawler.run import run_plan
from tests.integration.loopback import (
    PAGE,
    captures,
    gzipped,
    http,
    market,
    planned,
    serving,
    slot,
)


def run(folder: Path) -> Manifest:
    return run_plan(folder, market=market())


def test_a_plan_becomes_a_sealed_folder(tmp_path: Path) -> None:
    with serving({"/a": gzipped(), "/b": http(b"gone", "404 Not Found")}) as server:
        folder = planned(tmp_path / "r1", [slot(1, server.url("/a")), slot(2, server.url("/b"))], server)
        manifest = run(folder)
    found = {one.slot_id: one for one in captures(folder)}
    assert found["s1"].outcome == Outcome.FETCHED
    assert found["s1"].status == 200
    assert found["s1"].body_sha256 == hashlib.sha256(PAGE).hexdigest()
    assert found["s1"].remote_ip == "127.0.0.1"
    assert found["s1"].reading is not None
    assert found["s2"].status == 404
    assert manifest.counts == {"fetched": 2}
    assert manifest.finish_reason == "finished"
    names = {file.name for file in manifest.files}
    assert names == {"plan.jsonl", "captures.jsonl", "pages.warc.gz"}
    for file in manifest.files:
        content = (folder / file.name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file.bytes, file.sha256)
    assert {path.name for path in folder.iterdir()} == names | {MANIFEST_FILE}
