"""The way out: which addresses may be dialled."""

import asyncio
import ipaddress

import pytest

from crawler.clock import SystemClock
from crawler.egress import EgressGuard, EgressRefused, UnknownHost, authority, denied_network

DENIED = [
    ("0.0.0.0", "unspecified"),
    ("10.1.2.3", "private"),
    ("100.64.0.1", "shared (CGNAT)"),
    ("127.0.0.1", "loopback"),
    ("127.255.255.254", "loopback"),
    ("168.63.129.16", "metadata"),
    ("169.254.169.254", "link-local"),
    ("172.31.255.255", "private"),
    ("192.0.0.8", "reserved"),
    ("192.0.2.1", "documentation"),
    ("192.88.99.1", "reserved"),
    ("192.168.0.1", "private"),
    ("198.18.0.1", "reserved"),
    ("224.0.0.1", "multicast"),
    ("255.255.255.255", "reserved"),
    ("::", "IPv4 in IPv6"),
    ("::1", "loopback"),
    ("::7f00:1", "IPv4 in IPv6"),
    ("::ffff:127.0.0.1", "IPv4 in IPv6"),
    ("64:ff9b::7f00:1", "NAT64"),
    ("2001::1", "Teredo or reserved"),
    ("2001:db8::1", "documentation"),
    ("2002:7f00:1::", "6to4"),
    ("fc00::1", "private"),
    ("fd00:ec2::254", "private"),
    ("fe80::1", "link-local"),
    ("fec0::1", "link-local"),
    ("ff02::1", "multicast"),
    ("4000::1", "not global unicast"),
    ("::ffff:169.254.169.254", "IPv4 in IPv6"),
    ("::ffff:0:10.0.0.1", "not global unicast"),
    ("64:ff9b:1::a00:1", "NAT64"),
    ("64:ff9b::a9fe:a9fe", "NAT64"),
    ("2002:a00:1::1", "6to4"),
    ("2001:0:a00:1::1", "Teredo or reserved"),
    ("fe80::1%eth0", "link-local"),
    ("::1%lo", "loopback"),
    ("100.100.100.200", "shared (CGNAT)"),
    ("192.0.0.192", "reserved"),
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize(("address", "network"), DENIED)
def test_t3_odd_addresses_are_denied(address: str, network: str) -> None:
    assert denied_network(ipaddress.ip_address(address)) == network


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_dialled(address: str) -> None:
    assert denied_network(ipaddress.ip_address(address)) == ""


def ask(url: str, answers: list[list[str]], allowed: tuple[str, ...] = ()) -> list[str]:
    """What the guard says when the resolver gives these answers, one after another."""
    waiting = iter(answers)

    async def lookup(_host: str, _port: int) -> list[str]:
        return next(waiting)

    return asyncio.run(EgressGuard(SystemClock(), allowed, lookup).addresses(url))


def test_t2_a_name_is_resolved_once_and_its_checked_addresses_are_handed_on() -> None:
    answers = iter([["1.1.1.1", "1.0.0.1"], ["127.0.0.1"]])

    async def lookup(_host: str, _port: int) -> list[str]:
        return next(answers)

    async def twice() -> tuple[list[str], list[str]]:
        guard = EgressGuard(SystemClock(), (), lookup)
        return await guard.addresses("http://rebound.example/"), await guard.addresses("http://rebound.example/2")

    first, second = asyncio.run(twice())
    assert first == second == ["1.1.1.1", "1.0.0.1"]


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    with pytest.raises(EgressRefused, match=r"address 10\.0\.0\.1 is private"):
        ask("http://mixed.example/", [["1.1.1.1", "10.0.0.1"]])


def test_only_loopback_can_be_allowed_and_only_with_its_port() -> None:
    assert ask("http://127.0.0.1:8080/", [], ("127.0.0.1:8080",)) == ["127.0.0.1"]
    assert ask("http://shop.test:8080/", [["127.0.0.1"]], ("shop.test:8080",)) == ["127.0.0.1"]
    with pytest.raises(EgressRefused):
        ask("http://127.0.0.1:8081/", [], ("127.0.0.1:8080",))
    with pytest.raises(EgressRefused):
        ask("http://shop.test:8080/", [["169.254.169.254"]], ("shop.test:8080",))


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/", "file:///etc/passwd", "data:,x", "http://u:p@a.example/", "http:///x", "http://[::1", "x"],
)
def test_urls_that_are_refused_before_any_name_is_looked_up(url: str) -> None:
    with pytest.raises(EgressRefused):
        authority(url)


def test_a_name_without_addresses() -> None:
    with pytest.raises(UnknownHost):
        ask("http://empty.example/", [[]])
