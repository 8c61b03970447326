"""Addresses of a marketplace: which listing a URL is about, and the one form in which we write it."""

import re
from functools import cache
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

from crawler.marketplaces.description import Site

_TRACKING = frozenset({"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "_ga", "ref", "srsltid"})
_TWO_PART_SUFFIX = re.compile(r"\.(?:co|com|org|net)\.[a-z]{2}$")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def host_of(url: str) -> str:
    """The host of a URL in lower case, "" where it has none or is broken; a dot at the end of a name says nothing."""
    try:
        return (urlsplit(url.strip()).hostname or "").lower().rstrip(".")
    except ValueError:
        return ""


def address_id(url: str) -> str:
    """An id for a page of a shop whose addresses nobody described: host and path, and the query without tracking."""
    try:
        parts = urlsplit(url.strip())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    kept = sorted((name, value) for name, value in parse_qsl(parts.query) if not _is_tracking(name.lower()))
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{parts.hostname.removeprefix('www.')}{port}{parts.path.rstrip('/')}{query}"


def _is_tracking(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKING


class Addresses:
    """URL forms of one site."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def is_ours(self, url: str) -> bool:
        """Whether the URL's host belongs to the site (always, for sites without hosts of their own)."""
        host = host_of(url)
        return (
            self.site.any_host
            or not self.site.hosts
            or any(host == one or host.endswith("." + one) for one in self.site.hosts)
        )

    def listing_id(self, url: str) -> str:
        """The canonical id of the listing that a URL is about; "" where it is about none of this site."""
        if not url or len(url) > 4000 or (host_of(url) and not self.is_ours(url)):
            return ""
        for pattern in self.site.listing_patterns:
            found = _compiled(pattern).search(url)
            if found:
                parts = found.groupdict()
                host = f"{parts['host'].lower()}/" if parts.get("host") else ""
                return host + self.normal_id(parts["id"])
        return ""

    def normal_id(self, listing_id: str) -> str:
        """The one spelling of an id that has several."""
        offset = self.site.id_offset
        if offset and listing_id.isdigit() and int(listing_id) >= offset:
            return str(int(listing_id) - offset)
        return listing_id.upper().replace("-", "") if self.site.ids_in_capitals else listing_id

    def listing_url(self, listing_id: str, host: str = "") -> str:
        """The address of a listing, on `host` or on the site's first; "" where an id alone makes no address."""
        if not listing_id or not self.site.listing_url:
            return ""
        if self.site.any_host and "/" in listing_id:
            own, _, listing_id = listing_id.partition("/")
            host = host or own
        return self.site.listing_url.format(id=quote(listing_id, safe="-_.~%/"), host=host or self._main_host())

    def canonical(self, url: str, listing_id: str = "") -> str:
        """The one form of a listing's address: host kept, tracking dropped; `url` without its fragment otherwise."""
        found = self.listing_id(url)
        listing_id = listing_id or found
        host = host_of(url) if url and host_of(url) and self.is_ours(url) else ""
        if listing_id and self.site.listing_url:
            keep = host if self.site.keep_host and host else ""
            return self.listing_url(listing_id, _with_www(keep, self._main_host()))
        if not url:
            return self.listing_url(listing_id)
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, parts.netloc, parts.path, "" if found else parts.query, ""))

    def kind(self, url: str) -> str:
        """`listing`, `search` or `seller` by the URL; "" where it doesn't tell."""
        if not url:
            return ""
        for kind, patterns in (("seller", self.site.seller_patterns), ("search", self.site.search_patterns)):
            if any(_compiled(pattern).search(url) for pattern in patterns):
                return kind
        return "listing" if self.listing_id(url) else ""

    def search_url(self, query: str, page: int, place: dict[str, str]) -> str:
        """The address of one page of search results; "" where the site's search has none."""
        if not self.site.search_url:
            return ""
        encoded = query.encode(self.site.search_encoding, "replace")
        offset = (page - 1) * self.site.search_page_size
        quoted = {name: quote_plus(value) for name, value in place.items()}
        slug = quote("-".join(query.split()), safe="-")
        return self.site.search_url.format(query=quote_plus(encoded), slug=slug, page=page, offset=offset, **quoted)

    def _main_host(self) -> str:
        return f"www.{self.site.hosts[0]}" if self.site.hosts and self.site.www else next(iter(self.site.hosts), "")


def _with_www(host: str, main: str) -> str:
    """The host with `www.` where the site's own address has it and this one has no other subdomain."""
    if not host or host.startswith("www.") or not main.startswith("www."):
        return host
    labels = 3 if _TWO_PART_SUFFIX.search(host) else 2
    return f"www.{host}" if host.count(".") < labels else host
