"""Pace, rests and identity, without a network."""

import asyncio
import json
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from crawler.clock import SimulatedClock
from crawler.errors import BadInput
from crawler.pace import Pace, Stop, Stopped
from crawler.pauses import PAUSES_FILE, HostPauses
from crawler.plan import Identity, Limits, Vantage
from crawler.policy import NotAllowed, Policy, host_key, retry_after
from crawler.robots import RobotsRules, rules_from
from crawler.vantage import belongs, request_headers, user_agent

HOUR_S = 3600


@pytest.fixture
def clock(tmp_path: Path, noon: datetime) -> SimulatedClock:
    return SimulatedClock(tmp_path / "clock", noon)


@pytest.fixture
def pauses(tmp_path: Path, clock: SimulatedClock) -> HostPauses:
    return HostPauses(tmp_path / PAUSES_FILE, clock)


def test_retry_after_is_seconds_or_a_date(noon: datetime) -> None:
    assert retry_after("120", noon) == 120
    assert retry_after(format_datetime(noon + timedelta(minutes=5), usegmt=True), noon) == 300
    assert retry_after(format_datetime(noon - timedelta(minutes=5), usegmt=True), noon) == 0
    assert retry_after("soon", noon) == 0
    assert retry_after("-5", noon) == 0
    assert retry_after("9" * 400, noon) > HOUR_S
    assert retry_after("60, 300", noon) == 300


@pytest.mark.parametrize(
    "text",
    ["", ",", "\u00b2", "\u0664", "1.5", "1e9", "Fri, 31 Dec 99999999999999999999999 23:59:59 GMT",
     "Fri, 31 Dec 1999 23:59:59 +99999999999999", "\x00", "Thu, 01 Jan 1970 00:00:00 GMT", "5;q=1"],
)  # fmt: skip
def test_a_retry_after_that_means_nothing_is_zero_and_never_an_error(text: str, noon: datetime) -> None:
    assert retry_after(text, noon) == 0.0


def test_the_host_is_the_authority() -> None:
    assert host_key("https://WWW.Shop.example:443/x") == "www.shop.example"
    assert host_key("http://shop.example:8080/x") == "shop.example:8080"
    assert host_key("https://www.shop.example./x") == "www.shop.example"


def test_a_pause_is_kept_for_the_next_run_and_forgotten_when_it_is_over(
    tmp_path: Path, clock: SimulatedClock, pauses: HostPauses
) -> None:
    pauses.pause("a.example", clock.now() + timedelta(hours=6), "status 429")
    later = HostPauses(tmp_path / PAUSES_FILE, clock)
    found = later.of("a.example")
    assert found is not None
    assert found.why == "status 429"
    later.pause("b.example", clock.now() + timedelta(hours=1), "wall")
    assert pauses.of("b.example") is not None
    later.pause("a.example", clock.now() + timedelta(minutes=1), "shorter")
    assert pauses.of("a.example") == found
    clock.sleep(6 * HOUR_S)
    assert pauses.of("a.example") is None
    pauses.pause("c.example", clock.now() + timedelta(hours=1), "wall")
    assert set(json.loads((tmp_path / PAUSES_FILE).read_text())) == {"c.example"}


def test_a_broken_file_of_pauses_is_said(tmp_path: Path, pauses: HostPauses) -> None:
    (tmp_path / PAUSES_FILE).write_text("{")
    with pytest.raises(BadInput, match="not a file of host pauses"):
        pauses.of("a.example")


def policy_with(clock: SimulatedClock, pauses: HostPauses, rules: RobotsRules, calls: list[str]) -> Policy:
    async def fetch(url: str) -> RobotsRules:
        calls.append(url)
        return rules

    return Policy(clock, Limits(), pauses, Pace(clock, 1.0, Stop()), fetch, lambda url: "shop" if "shop" in url else "")


def test_robots_txt_is_asked_once_a_day(clock: SimulatedClock, pauses: HostPauses) -> None:
    calls: list[str] = []

    async def scenario() -> None:
        policy = policy_with(clock, pauses, rules_from(200, b"User-agent: *\nDisallow: /no\nCrawl-delay: 9"), calls)
        await policy.admit("http://a.example/1")
        await policy.admit("http://a.example/2")
        with pytest.raises(NotAllowed, match="robots: disallowed"):
            await policy.admit("http://a.example/no")
        assert len(calls) == 1
        async with policy.turn("http://a.example/1"):
            pass
        assert policy.pace.delays() == {"a.example": 9.0}
        clock.sleep(24 * HOUR_S)
        await policy.admit("http://a.example/1")
        assert len(calls) == 2
        with pytest.raises(NotAllowed, match="terms: shop is not allowed by the operator"):
            await policy.admit("http://shop.example/")

    asyncio.run(scenario())


def test_each_scheme_and_port_has_a_robots_txt_of_its_own(clock: SimulatedClock, pauses: HostPauses) -> None:
    calls: list[str] = []

    async def scenario() -> None:
        policy = policy_with(clock, pauses, rules_from(200, b"User-agent: *\nDisallow: /no"), calls)
        for url in ("http://a.example/1", "https://a.example/1", "https://A.example./2", "http://a.example:8080/1"):
            await policy.admit(url)
        assert calls == ["http://a.example/1", "https://a.example/1", "http://a.example:8080/1"]
        assert policy.known_to_forbid("https://a.example/no")
        assert not policy.known_to_forbid("https://a.example/1")
        assert not policy.known_to_forbid("https://unread.example/no")

    asyncio.run(scenario())


def test_a_rest_is_never_shorter_than_asked_nor_longer_than_a_week(clock: SimulatedClock, pauses: HostPauses) -> None:
    async def scenario() -> None:
        policy = policy_with(clock, pauses, rules_from(404, b""), [])
        for host, header, hours in (("a", "", 6), ("b", "60", 6), ("c", "36000", 10), ("d", "9" * 9, 168)):
            policy.answered(f"http://{host}.example/", 429, header)
            pause = pauses.of(f"{host}.example")
            assert pause is not None
            assert datetime.fromisoformat(pause.until) - clock.now() == timedelta(hours=hours)
        policy.answered("http://e.example/", 503, "")
        policy.answered("http://e.example/", 404, "99999")
        assert pauses.of("e.example") is None

    asyncio.run(scenario())


def test_a_host_rests_after_five_visits_without_answer_and_again_after_the_next(
    clock: SimulatedClock, pauses: HostPauses
) -> None:
    async def scenario() -> None:
        policy = policy_with(clock, pauses, rules_from(404, b""), [])
        for _ in range(4):
            policy.visited("http://a.example/1", "timeout: 30 s")
        policy.visited("http://a.example/1")
        for _ in range(4):
            policy.visited("http://a.example/1", "connect: refused")
            policy.visited("http://b.example/1")
            await policy.admit("http://a.example/2")
        policy.visited("http://a.example/1", "connect: refused")
        with pytest.raises(NotAllowed, match="host_paused: failing: connect, until "):
            await policy.admit("http://a.example/2")
        await policy.admit("http://b.example/2")
        clock.sleep(30 * 60)
        await policy.admit("http://a.example/2")
        policy.visited("http://a.example/1", "connect: refused")
        with pytest.raises(NotAllowed, match="host_paused: failing"):
            await policy.admit("http://a.example/2")

    asyncio.run(scenario())


def test_stopping_wakes_who_waits() -> None:
    async def scenario() -> None:
        stop = Stop()
        asyncio.get_running_loop().call_soon(stop.now, "interrupted")
        with pytest.raises(Stopped, match="interrupted"):
            await stop.wait(60)
        stop.now("later")
        with pytest.raises(Stopped, match="interrupted"):
            stop.check()

    asyncio.run(scenario())


def test_who_we_are_fits_on_one_line() -> None:
    name = user_agent(Identity(operator="Évil\r\nX: y", contact="https://example.org/bot"))
    assert name.startswith("stillforsale/")
    assert name.endswith(" (+https://example.org/bot; ?vil X: y)")
    assert "\n" not in name


class Shop:
    hosts = ("shop.example",)

    def region_cookies(self, vantage: Vantage) -> dict[str, str]:
        return {"country": vantage.country, "zip": vantage.postal_code}

    def region_headers(self, vantage: Vantage) -> dict[str, str]:
        return {"X-Region": vantage.country}


def test_region_goes_to_the_marketplace_only() -> None:
    identity = Identity(operator="o", contact="mailto:we@example.org")
    vantage = Vantage(name="us", country="US", postal_code="10001")
    ours = request_headers("www.shop.example:8443", identity, vantage, Shop())
    assert ours["Cookie"] == "country=US; zip=10001"
    assert ours["X-Region"] == "US"
    assert ours["From"] == "we@example.org"
    assert ours["Accept-Language"] == "en-US,en;q=0.8"
    theirs = request_headers("notshop.example", identity, vantage, Shop())
    assert "Cookie" not in theirs
    assert "X-Region" not in theirs
    assert belongs("anything", ())
