"""Which listing a pasted or shown address is about, also for shops that no marketplace claims."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.errors import BadInput
from crawler.marketplaces.registry import GENERIC, Registry
from monitor.capture.saved import is_web_address

_MOST_ID = 300
_TRACKING = frozenset({"gclid", "fbclid", "msclkid", "mc_cid", "mc_eid", "_ga", "ref", "srsltid"})


def listing_of(url: str, registry: Registry, marketplace: str) -> str:
    """The canonical id of the listing at `url` on this marketplace, "" where it shows none."""
    if marketplace == GENERIC:
        return address_id(url)
    return registry.get(marketplace).listing_id(url) if marketplace in registry else ""


def address_id(url: str) -> str:
    """An id for a page of a shop without an adapter: its host and path, and its query without tracking."""
    if not is_web_address(url):
        return ""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if not _is_tracking(name.lower())]
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port else ""
    query = f"?{urlencode(sorted(kept))}" if kept else ""
    return f"{host}{port}{parts.path.rstrip('/')}{query}"


def find_listing(url: str, registry: Registry, marketplace: str = "") -> tuple[str, str, str]:
    """(marketplace, listing id, canonical address) of a pasted URL. A host that no marketplace claims is read by
    `generic`. Raises BadInput where the URL is none, is no listing of its site, or is another site's than named."""
    url = url.strip()
    if not is_web_address(url):
        raise BadInput(f"{url[:200]!r} is no address of a web page (http or https)", field="url")
    owner = registry.for_url(url)
    if marketplace:
        site = registry.get(marketplace)
        if not site.addresses.is_ours(url):
            raise BadInput(f"{url[:200]} is no address of {marketplace}", field="url")
    else:
        site = owner or registry.generic
    listing_id = listing_of(url, registry, site.name)
    if not listing_id:
        raise BadInput(f"{url[:200]} shows no listing of {site.name}: give the address of one listing", field="url")
    if len(listing_id) > _MOST_ID:
        raise BadInput(f"{url[:200]} is too long to be told from others", field="url")
    return site.name, listing_id, url if site.name == GENERIC else site.canonical_url(url) or url


def _is_tracking(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKING
