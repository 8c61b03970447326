"""The project as Scrapy people expect it: safe settings, two spiders, `scrapy crawl`; and what becomes of a child."""

import os
import resource
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from crawler import settings
from crawler.folder import read_manifest
from crawler.plan import Limits
from crawler.record import Outcome
from crawler.run import crawl_in_child
from crawler.troubles import REASONS
from tests.conftest import REPOSITORY
from tests.integration.loopback import FAST, captures, gzipped, http, planned, serving, slot

BOMB_MIB = 256


def scrapy(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)


def test_the_spiders_are_listed() -> None:
    assert {"look", "discover"} <= set(scrapy("list").stdout.split())


def test_scrapy_crawl_fills_and_seals_a_folder(tmp_path: Path) -> None:
    with serving({"/1": gzipped(), "/s": http()}) as server:
        slots = [slot(1, server.url("/1")), slot(2, server.url("/s"), purpose="search")]
        folder = planned(tmp_path / "run", slots, server)
        assert scrapy("crawl", "look", "-a", f"folder={folder}").returncode == 0
        assert read_manifest(folder) is None
        assert scrapy("crawl", "discover", "-a", f"folder={folder}").returncode == 0
    manifest = read_manifest(folder)
    assert manifest is not None
    assert manifest.counts == {"fetched": 2}


def test_t4_t5_t6_settings_that_keep_us_safe() -> None:
    assert settings.REMOTE_CONTROL_ENABLED is False
    assert settings.TELNETCONSOLE_ENABLED is False
    assert settings.DOWNLOAD_VERIFY_CERTIFICATES is True
    assert {scheme for scheme, handler in settings.DOWNLOAD_HANDLERS.items() if handler} == {"http", "https"}
    for name in ("HTTPCACHE", "COOKIES", "RETRY", "REDIRECT", "METAREFRESH", "HTTPPROXY"):
        assert getattr(settings, f"{name}_ENABLED") is False


def test_a_certificate_that_is_vouched_for_is_fine_and_its_digest_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with serving({"/1": gzipped()}, tls=context) as server:
        by_name, by_address = f"https://localhost:{server.port}/1", server.url("/1")
        hosts = (f"localhost:{server.port}", server.authority)
        folder = planned(tmp_path / "run", [slot(1, by_name), slot(2, by_address)], server, allowed_hosts=hosts)
        crawl_in_child([folder])
    found = {one.slot_id: one for one in captures(folder)}
    assert found["s1"].outcome == Outcome.FETCHED
    assert len(found["s1"].certificate_sha256) == 64
    assert found["s2"].reason.startswith("tls")


def test_f12_a_bomb_costs_little_memory(tmp_path: Path) -> None:
    bomb = gzipped(b"\0" * (BOMB_MIB * 1024 * 1024))
    with serving({"/bomb": bomb, "/ok": gzipped()}) as server:
        limits = Limits(min_delay_s=0.0, timeout_s=FAST.timeout_s)
        folder = planned(tmp_path / "run", [slot(1, server.url("/bomb")), slot(2, server.url("/ok"))], server, limits)
        code = (
            "import sys; from crawler.run import main; main(sys.argv[1:]);"
            "print([line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
        )
        done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[-1]) < 200 * 1024
    assert [one.reason.partition(":")[0] for one in captures(folder)] == ["too_large", ""]


def test_a_bad_child_is_told_and_never_raised(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "plan.jsonl").write_text("{]\n")
    first, second = crawl_in_child([empty, broken])
    assert (first.status, second.status) == ("BadInput", "BadInput")
    assert "there is no plan" in first.error
    assert "plan.jsonl, line 1: not JSON" in second.error
    assert crawl_in_child([]) == []


def test_a_killed_child_is_told(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    code = "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))"
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(f"{code}\nwhile True: pass\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(site))
        (result,) = crawl_in_child([planned(tmp_path / "run", [slot(1, "http://a.example/")])])
    assert (result.status, result.sealed) == ("killed", False)
    assert "killed by signal" in result.error
    assert resource.getrlimit(resource.RLIMIT_CPU) == (soft, hard)
    assert os.environ.get("PYTHONPATH") != str(site)


def test_every_reason_is_documented() -> None:
    page = (REPOSITORY / "docs/reference/run-folder.md").read_text()
    assert all(f"`{name}`" in page for name in REASONS)
