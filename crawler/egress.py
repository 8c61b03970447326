"""The only way out of the machine: which addresses may be dialled, checked once and handed on.

Both fetchers ask an `EgressGuard` before every request and every redirect, and dial exactly the addresses that it
returns, so a name can't be re-bound between the check and the connection (RFC 6890 and the IANA registries of
special-purpose addresses are the source of the networks; `ipaddress.is_global` misses several of them).
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from crawler.clock import Clock

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[list[str]]]

DNS_TIMEOUT_S = 20.0
PIN_S = 300.0
DEFAULT_PORTS = {"http": 80, "https": 443}

_NETWORKS_V4 = {
    "unspecified": ("0.0.0.0/8",),
    "private": ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    "shared (CGNAT)": ("100.64.0.0/10",),
    "loopback": ("127.0.0.0/8",),
    "link-local": ("169.254.0.0/16",),
    "metadata": ("168.63.129.16/32",),
    "reserved": ("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
    "documentation": ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"),
    "multicast": ("224.0.0.0/4",),
}
_NETWORKS_V6 = {
    "loopback": ("::1/128",),
    "IPv4 in IPv6": ("::ffff:0:0/96", "::/96"),
    "NAT64": ("64:ff9b::/96", "64:ff9b:1::/48"),
    "6to4": ("2002::/16",),
    "Teredo or reserved": ("2001::/23",),
    "documentation": ("2001:db8::/32", "3fff::/20"),
    "private": ("fc00::/7",),
    "link-local": ("fe80::/10", "fec0::/10"),
    "multicast": ("ff00::/8",),
}
_DENIED = [
    (name, ipaddress.ip_network(network))
    for names in (_NETWORKS_V4, _NETWORKS_V6)
    for name, networks in names.items()
    for network in networks
]
_GLOBAL_V6 = ipaddress.ip_network("2000::/3")


class EgressRefused(Exception):
    """Our own guard refuses this address; it is never the site's answer."""


class UnknownHost(Exception):
    """The name has no address."""


def denied_network(address: IPAddress) -> str:
    """The name of the network that makes `address` undiallable, or an empty string for a public address."""
    for name, network in _DENIED:
        if address.version == network.version and address in network:
            return name
    if address.version == 6 and address not in _GLOBAL_V6:
        return "not global unicast"
    return ""


def authority(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of an http(s) URL. Raises EgressRefused for other schemes, credentials or no host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EgressRefused(f"not a URL that can be fetched ({error})") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise EgressRefused(f"scheme {parts.scheme or 'missing'!r} is not http or https")
    if parts.username is not None or parts.password is not None:
        raise EgressRefused("the URL carries credentials")
    if not host:
        raise EgressRefused("the URL names no host")
    return parts.scheme, host, port or DEFAULT_PORTS[parts.scheme]


async def system_lookup(host: str, port: int) -> list[str]:
    """The addresses of `host` by the system's resolver. Raises UnknownHost where there is none."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(DNS_TIMEOUT_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHost(f"{host} can't be resolved ({error})") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class EgressGuard:
    """Says which addresses a URL may be dialled at.

    `allowed_hosts` are `host:port` pairs that may lie on loopback (the demo market, tests); everything else must
    be public. One private address among several refuses the whole name.
    """

    def __init__(self, clock: Clock, allowed_hosts: Iterable[str] = (), lookup: Lookup = system_lookup) -> None:
        self._clock = clock
        self._allowed = {host.lower() for host in allowed_hosts}
        self._lookup = lookup
        self._pins: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def addresses(self, url: str) -> list[str]:
        """The checked addresses of the URL's host. Raises EgressRefused, or UnknownHost where the name has none."""
        _, host, port = authority(url)
        return await self.host_addresses(host, port)

    async def host_addresses(self, host: str, port: int) -> list[str]:
        """The same for a host and port, as a browser's proxy is asked. The answer holds for five minutes."""
        key = (host.lower(), port)
        pinned = self._pins.get(key)
        now_s = self._clock.monotonic_s()
        if pinned and now_s < pinned[0]:
            return pinned[1]
        found = [host] if _is_literal(host) else await self._lookup(host, port)
        if not found:
            raise UnknownHost(f"{host} has no address")
        for text in found:
            self._check(text, f"{key[0]}:{port}")
        self._pins[key] = (now_s + PIN_S, found)
        return found

    def _check(self, text: str, named: str) -> None:
        address = ipaddress.ip_address(text)
        network = denied_network(address)
        if not network or (named in self._allowed and address.is_loopback):
            return
        raise EgressRefused(f"address {text} is {network}")


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def guard_of(spider: Any, clock: Clock) -> EgressGuard:
    """The guard that a spider carries, or one that lets nothing through but the public web."""
    guard = getattr(spider, "guard", None)
    return guard if isinstance(guard, EgressGuard) else EgressGuard(clock)
