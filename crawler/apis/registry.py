"""The official interfaces that we can call, by marketplace, and the operator's keys to them."""

from collections.abc import Mapping, MutableMapping

from crawler.apis.aliexpress import AliExpressAffiliate
from crawler.apis.base import Api
from crawler.apis.ebay import EbayBrowse
from crawler.apis.etsy import EtsyOpenApi
from crawler.apis.walmart import WalmartAffiliate

APIS: dict[str, type[Api]] = {
    one.marketplace: one for one in (EbayBrowse, EtsyOpenApi, WalmartAffiliate, AliExpressAffiliate)
}

Keys = Mapping[str, Mapping[str, str]]
"""Keys by marketplace and name. They live in memory only: no plan, run folder, database or log holds one."""

PREFIX = "STILLFORSALE_KEYS__"


def api_of(marketplace: str, keys: Keys | None = None) -> Api | None:
    """The interface of a marketplace with the operator's keys to it; None where we know none."""
    known = APIS.get(marketplace)
    return known((keys or {}).get(marketplace)) if known else None


def variable(marketplace: str, name: str) -> str:
    """The environment variable that holds a key."""
    return f"{PREFIX}{marketplace}__{name}".upper()


def keys_in(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The keys in an environment, `STILLFORSALE_KEYS__MARKETPLACE__NAME`."""
    found: dict[str, dict[str, str]] = {}
    for variable_name, value in environment.items():
        marketplace, _, name = variable_name.upper().removeprefix(PREFIX).partition("__")
        if variable_name.upper().startswith(PREFIX) and name and value:
            found.setdefault(marketplace.lower(), {})[name.lower()] = value
    return found


def taken_keys(environment: MutableMapping[str, str]) -> dict[str, dict[str, str]]:
    """The keys in an environment, taken out of it, so that no process started from here inherits one."""
    keys = keys_in(environment)
    for variable_name in [name for name in environment if name.upper().startswith(PREFIX)]:
        del environment[variable_name]
    return keys
