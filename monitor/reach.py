"""The reach table: what can be seen of each marketplace, by which method, and what of it is verified."""

from pathlib import Path

from crawler.browser import available
from crawler.marketplaces.base import Marketplace
from crawler.marketplaces.confirmed import load_confirmed
from crawler.marketplaces.description import Render
from crawler.marketplaces.registry import Registry, load_registry
from crawler.reading import MarkKind
from monitor.config import Settings
from monitor.discovery.keys import key_state

COLUMNS = ("marketplace", "automated", "search", "look", "ends verified", "api", "terms read", "terms say")
ENDS = (MarkKind.REMOVED, MarkKind.REMOVED_POLICY, MarkKind.ENDED, MarkKind.SELLER_GONE, MarkKind.OUT_OF_STOCK)


def registry_of(settings: Settings) -> Registry:
    """The marketplaces of the package and of the operator's own folder, with what the operator's people confirmed."""
    extra_dir = Path(settings.marketplaces_dir) if settings.marketplaces_dir else None
    return load_registry(extra_dir, load_confirmed(settings.verified_dir))


def reach_table(settings: Settings) -> list[dict[str, str]]:
    """One row a marketplace, by name; keys are COLUMNS."""
    return [_row(one, settings) for one in sorted(registry_of(settings), key=lambda one: one.name)]


def _row(marketplace: Marketplace, settings: Settings) -> dict[str, str]:
    site, decided = marketplace.site, settings.terms.get(marketplace.name)
    allowed = "allowed" if decided and decided.automation else "forbidden" if decided else "undecided: off"
    ends = [one for one in site.signatures if one.kind in ENDS]
    confirmed = {one.kind.value for one in ends if one.verified is not None}
    confirmed |= {f"{one.state} (confirmed here, layout {one.layout or 'unnamed'})" for one in marketplace.confirmed}
    return {
        "marketplace": marketplace.name,
        "automated": allowed,
        "search": "by address" if site.search_url else "not by address",
        "look": _look(marketplace.render),
        "ends verified": ", ".join(sorted(confirmed)) or "none: a person must confirm",
        "api": _api(marketplace, settings),
        "terms read": site.terms.read_on,
        "terms say": site.terms.automation,
    }


def _look(render: Render) -> str:
    there, why = available()
    if render == "never":
        return "fetch"
    if render == "on_shell":
        return "fetch, browser for shells" if there else f"fetch; shells not at all: {why}"
    return "browser" if there else f"not at all: {why}"


def _api(marketplace: Marketplace, settings: Settings) -> str:
    """The official interfaces, what each needs, and whether the operator's key is there for the one we can call."""
    named = ", ".join(f"{api.name} ({api.needs})" for api in marketplace.site.apis)
    state = key_state(settings, marketplace.name)
    return "; ".join(filter(None, (named, state))) or "none"
