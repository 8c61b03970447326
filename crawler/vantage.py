"""How a request says who is looking and from where: identity, language, and what asks for the buyer's region."""

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from crawler.encoding import ACCEPT_ENCODING
from crawler.plan import Identity, Vantage
from crawler.robots import OUR_NAME

_ACCEPT = "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5"
_MAIL = re.compile(r"(?:mailto:)?([^@\s:/]+@[^@\s:/]+)")


class Region(Protocol):
    """What a marketplace says about asking for a region; `crawler.marketplaces.base.Marketplace` is one."""

    @property
    def hosts(self) -> tuple[str, ...]: ...

    def region_cookies(self, vantage: Vantage) -> dict[str, str]: ...

    def region_headers(self, vantage: Vantage) -> dict[str, str]: ...


@cache
def our_version() -> str:
    """The installed version, `0` for a bare checkout."""
    try:
        return version("stillforsale")
    except PackageNotFoundError:
        return "0"


def user_agent(identity: Identity) -> str:
    """The product token with version, and in brackets where to complain and to whom. Never a browser's name."""
    return f"{OUR_NAME}/{our_version()} (+{_plain(identity.contact)}; {_plain(identity.operator)})"


def request_headers(
    url_host: str, identity: Identity, vantage: Vantage | None, marketplace: Region | None
) -> dict[str, str]:
    """The headers of a request to `url_host`. Region cookies and headers go to the marketplace's own hosts only."""
    headers = {"User-Agent": user_agent(identity), "Accept": _ACCEPT, "Accept-Encoding": ACCEPT_ENCODING}
    mail = _MAIL.fullmatch(identity.contact.strip())
    if mail:
        headers["From"] = mail.group(1)
    if vantage is None:
        return headers
    headers["Accept-Language"] = f"{vantage.language},{vantage.language.partition('-')[0]};q=0.8"
    if marketplace is not None and belongs(url_host, marketplace.hosts):
        headers.update(marketplace.region_headers(vantage))
        cookies = marketplace.region_cookies(vantage)
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {name: _plain(value) for name, value in headers.items()}


def belongs(host: str, hosts: tuple[str, ...]) -> bool:
    """Whether `host` (port allowed) is one of a marketplace's hosts or below one; a site without hosts owns all."""
    bare = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    names = {host.lower(), bare.lower()}
    return not hosts or any(name == one or name.endswith(f".{one}") for one in hosts for name in names)


def _plain(text: str) -> str:
    """Printable ASCII on one line: nothing that could end a header."""
    return " ".join(text.encode("ascii", "replace").decode("ascii").split())
