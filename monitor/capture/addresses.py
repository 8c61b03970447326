"""Which listing a pasted or shown address is about, also for shops that no marketplace claims."""

from crawler.errors import BadInput
from crawler.marketplaces.address import address_id
from crawler.marketplaces.registry import GENERIC, Registry
from monitor.capture.saved import is_web_address

_MOST_ID = 300


def listing_of(url: str, registry: Registry, marketplace: str) -> str:
    """The canonical id of the listing at `url` on this marketplace, "" where it shows none."""
    if marketplace == GENERIC:
        return address_id(url)
    return registry.get(marketplace).listing_id(url) if marketplace in registry else ""


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
