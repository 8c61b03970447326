"""What a rendered page may ask for: scripts and style sheets from anywhere, data from its own site, and nothing else.

The rules stand three times, because no single place sees everything: in the policy that is sent to the browser with
each document (it knows WebSockets, workers and redirects), in the browser's request hook (it knows what a request is
for), and in `browser_gate` (nothing passes it unasked).
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from crawler.vantage import belongs

KINDS_FROM_ANYWHERE = frozenset({"script", "stylesheet"})
KINDS_FROM_THE_SITE = frozenset({"xhr", "fetch"})
METHODS = frozenset({"GET", "HEAD"})

REFUSED_IN_THE_PAGE = """
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
  Object.defineProperty(globalThis, name, {value: undefined});
}
globalThis.open = () => null;
Object.defineProperty(Document.prototype, "domain", {get: () => location.hostname, set: () => {}, configurable: true});
new MutationObserver(() => {
  for (const rules of document.querySelectorAll("script[type=speculationrules i]")) rules.remove();
}).observe(document, {childList: true, subtree: true});
"""
"""Run before the page's own scripts: what no content policy and no request hook can refuse (WebRTC, WebTransport,
prefetching by speculation rules). Pages that set `document.domain`, which today's browsers ignore, must not fail in the
policy's sandbox."""


class OwnSite:
    """The hosts that count as one site with a page: same registrable domain, or one of the marketplace's hosts."""

    def __init__(self, url: str, hosts: Iterable[str] = ()) -> None:
        bare = [urlsplit(url).hostname or "", *(urlsplit(f"//{host}").hostname or "" for host in hosts)]
        self.domains = tuple(dict.fromkeys(registrable(host) for host in bare if host))

    def has(self, host: str) -> bool:
        """Whether a request to `host` (no port) stays within the site."""
        return registrable(host) in self.domains

    def content_policy(self) -> str:
        """A Content-Security-Policy (CSP level 3) that a document of this site is shown under, beside its own.

        Its sandbox has no pop-ups, downloads, dialogues or forms.
        """
        own = " ".join(source for domain in self.domains for source in _sources(domain))
        nothing = ("frame-src", "child-src", "worker-src", "object-src", "media-src", "font-src", "manifest-src")
        rules = ["sandbox allow-scripts allow-same-origin", f"connect-src data: blob: {own}"]
        rules += ["img-src data: blob:", "form-action 'none'"]
        return "; ".join([*rules, *(f"{name} 'none'" for name in nothing)])


def refusal(kind: str, method: str, url: str, site: OwnSite) -> str:
    """Why a sub-resource is not let out; empty where it may be. `kind` is Playwright's `resource_type`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return f"scheme {parts.scheme}"
    if method not in METHODS:
        return f"method {method}"
    if kind in KINDS_FROM_THE_SITE:
        return "" if site.has(parts.hostname or "") else "data from another site"
    return "" if kind in KINDS_FROM_ANYWHERE else f"kind {kind}"


def region_cookies(url: str, values: Mapping[str, str], hosts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Cookies that ask for the buyer's region, as the browser takes them: for the marketplace's host of `url`, or for
    that host alone where the site names none. None for a stranger's host."""
    host = urlsplit(url).hostname or ""
    if not belongs(urlsplit(url).netloc.lower(), hosts):
        return []
    names = [name for name in hosts if belongs(host, (name,)) and not _is_address(name)]
    place = {"domain": f".{names[0]}", "path": "/"} if names else {"url": url}
    return [{"name": name, "value": value, **place} for name, value in values.items()]


def cookie_header(cookies: Sequence[Mapping[str, Any]], host: str, *, secure: bool) -> str:
    """The Cookie header by which a browser's cookies go to `host` (port allowed): those of the whole host."""
    bare = urlsplit(f"//{host}").hostname or ""
    sent = []
    for cookie in cookies:
        domain = str(cookie["domain"])
        fits = bare == domain or (domain.startswith(".") and belongs(bare, (domain[1:],)))
        if fits and cookie["path"] == "/" and (secure or not cookie["secure"]):
            sent.append(f"{cookie['name']}={cookie['value']}")
    return "; ".join(sent)


@cache
def registrable(host: str) -> str:
    """The registrable domain of a host by the Public Suffix List that is shipped with tldextract; else the host."""
    import tldextract

    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
    name = host.lower().rstrip(".")
    return extract(name).top_domain_under_public_suffix or name


def _sources(domain: str) -> list[str]:
    names = [domain] if _is_address(domain) or "." not in domain else [domain, f"*.{domain}"]
    return [f"{scheme}://{name}:*" for scheme in ("https", "http") for name in names]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
