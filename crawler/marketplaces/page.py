"""A page of a marketplace as web-poet's page object: its text, its elements, its JSON, lazily and bounded."""

import re
from collections import Counter
from functools import cache, cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import attrs
import parsel
from web_poet import HttpResponse, WebPage

from crawler.extract import schema
from crawler.extract.elements import Elements
from crawler.extract.prices import Prices, Separator, read_prices
from crawler.extract.scripts import at_path, json_after, read_json
from crawler.extract.text import is_hidden, own_text, squeeze, text_within, visible_text
from crawler.extract.tree import tree_of
from crawler.marketplaces.address import Addresses
from crawler.marketplaces.description import Site
from crawler.marketplaces.patterns import pattern

_MOST_ROWS = 200


@attrs.define(slots=False, eq=False)
class SitePage(WebPage):  # type: ignore[type-arg]
    """One page of one marketplace: its text, its JSON, its elements. Everything here is lazy and bounded."""

    response: HttpResponse
    site: Site
    text: str

    @cached_property
    def selector(self) -> parsel.Selector:
        """The page's elements; an empty document where the body is JSON. Raises TooMuchMarkup."""
        empty = self.data is not None or not self.text.strip()
        return parsel.Selector(root=tree_of("<html></html>" if empty else self.text), type="html")

    def css(self, query: str) -> parsel.SelectorList[parsel.Selector]:
        """Elements by a CSS selector, the first thousand: a hostile page may have millions."""
        return self.elements.css(query)

    @cached_property
    def elements(self) -> Elements:
        """The page's elements by tag, id and class."""
        return Elements(self.selector.root)

    @cached_property
    def json_ld(self) -> list[dict[str, Any]]:
        """Every object of the page's JSON-LD."""
        return schema.json_ld(self.elements.tagged("script"))

    @property
    def url(self) -> str:
        """The final address, "" where unknown."""
        return str(self.response.url)

    @property
    def status(self) -> int | None:
        return self.response.status

    @cached_property
    def addresses(self) -> Addresses:
        return Addresses(self.site)

    @cached_property
    def data(self) -> Any:
        """The body as JSON where it is JSON, else None."""
        return read_json(self.text) if self.text.lstrip()[:1] in {"{", "["} else None

    @cached_property
    def title_element(self) -> str:
        """The page's <title>."""
        titles = self.elements.tagged("title")
        return squeeze(text_within(titles[0]))[:500] if titles else ""

    @cached_property
    def host(self) -> str:
        """The host of the page's address, or of the address that the page gives as its own; else the one of the site's
        hosts that most of its links lead to ("" where it names none)."""
        try:
            stated = urlsplit(self.url or self.canonical_link).hostname
        except ValueError:
            stated = None
        return (stated or self._linked_host).removeprefix("www.")

    @cached_property
    def _linked_host(self) -> str:
        hosts = (*self.site.hosts, *self.site.host_currencies, *self.site.host_countries)
        named = Counter(found.lower() for found in _links_to(hosts).findall(self.text))
        return named.most_common(1)[0][0] if named else ""

    @cached_property
    def canonical_link(self) -> str:
        """The address that the page gives as its own (canonical link, else og:url), "" where it gives none."""
        link = next(filter(_is_canonical, self.elements.tagged("link")), None)
        return self.absolute((link.get("href") if link is not None else "") or self.open_graph.get("og:url", ""))

    def layout(self) -> str:
        """The id of the page's layout, "" where none of those described is recognised."""
        return self._layout

    @cached_property
    def _layout(self) -> str:
        return next((layout.id for layout in self.site.layouts if self.css(layout.css)), "")

    @cached_property
    def open_graph(self) -> dict[str, str]:
        return schema.open_graph(self.elements.tagged("meta"))

    @cached_property
    def _states(self) -> dict[str, Any]:
        return {}

    def state(self, name: str) -> Any:
        """The JSON that `states` of the description names; `body` is the whole body. None where it isn't there."""
        if name == "body":
            return self.data
        if name not in self._states:
            how = self.site.states.get(name, "")
            if how.startswith("after:"):
                self._states[name] = json_after(self.text, how.removeprefix("after:"))
            else:
                scripts = self.css(how) if how else []
                self._states[name] = read_json(own_text(scripts[0].root)) if scripts else None
        return self._states[name]

    def json_value(self, path: str) -> Any:
        """What stands at `state:path.to.key`."""
        name, _, rest = path.partition(":")
        return at_path(self.state(name), rest)

    def absolute(self, link: str) -> str:
        """A link of the page as an absolute address; "" for none, or for one that is no web address."""
        if not link.strip():
            return ""
        base = self.url or self._own_base
        try:
            joined = urljoin(base, link.strip())
            return joined if urlsplit(joined).scheme in {"http", "https"} else ""
        except ValueError:
            return ""

    @cached_property
    def _own_base(self) -> str:
        """What relative links start from where the page's address is unknown."""
        given = (one for one in self.elements.tagged("base", "link") if one.tag == "base" or _is_canonical(one))
        link = next((href for one in given if (href := one.get("href")) is not None), "")
        if link.startswith(("http://", "https://")):
            return link
        if not self.site.hosts:
            return ""
        return f"https://{'www.' if self.site.www else ''}{self._linked_host or self.site.hosts[0]}/"

    def first(self, *candidates: str, scope: parsel.Selector | None = None) -> str:
        """The text of the first candidate that says something. A candidate is a CSS selector of an element, with
        `::attr(name)` or `::text` where wanted, or `json:state:path`."""
        for candidate in candidates:
            if candidate.startswith("json:"):
                value = self.json_value(candidate.removeprefix("json:"))
                found = squeeze(str(value)) if isinstance(value, str | int | float) else ""
            else:
                found = self._first_text(scope.css(candidate) if scope is not None else self.css(candidate))
            if found:
                return found
        return ""

    def is_hidden(self, element: parsel.Selector) -> bool:
        """Whether a reader would not see the element."""
        return is_hidden(element, self.site.hidden, self._known_hidden)

    @cached_property
    def _known_hidden(self) -> dict[Any, bool]:
        return {}

    def _first_text(self, elements: parsel.SelectorList[parsel.Selector]) -> str:
        for element in elements[:20]:
            if isinstance(element.root, str):
                text = squeeze(element.root)
            else:
                text = "" if self.is_hidden(element) else visible_text(element)
            if text:
                return text
        return ""

    def field(self, name: str) -> str:
        """The text of a field by the CSS candidates of the description, else by its label in a table of properties."""
        found = self.first(*self.site.fields.get(name, ()))
        label = self.site.labels.get(name)
        return found or (self.labelled(label.rows, label.label) if label else "")

    def labelled(self, rows: str, label: str) -> str:
        """What follows a label at the start of a row's text, "" where no row begins with it."""
        wanted = pattern(rf"^(?:{label})[\s:：]*([^\s:：].*)$")
        for row in self.css(rows)[:_MOST_ROWS]:
            found = wanted.search(visible_text(row))
            if found:
                return squeeze(str(found[1]))[:300]
        return ""

    @property
    def separator(self) -> Separator:
        """The decimal separator of this page's prices."""
        if any(self.host == one or self.host.endswith("." + one) for one in self.site.comma_hosts):
            return ","
        return self.site.decimal_separator

    @property
    def default_currency(self) -> str:
        """What `$` or a bare number means on this host."""
        return _by_host(self.site.host_currencies, self.host) or self.site.currency

    @property
    def host_country(self) -> str:
        """The country that this host serves, "" where it serves many."""
        return _by_host(self.site.host_countries, self.host)

    def printed_prices(self, text: str) -> Prices:
        """Prices as this page prints them."""
        return read_prices(text, self.separator, self.default_currency)


@cache
def _links_to(hosts: tuple[str, ...]) -> re.Pattern[str]:
    """Links to one of these hosts, which it finds without their subdomains; nothing where there are none."""
    names = "|".join(re.escape(host) for host in sorted(set(hosts), key=len, reverse=True))
    return re.compile(rf"(?i)//(?:[a-z0-9-]+\.)*?({names})[\"'/:?\\]" if hosts else "$.^")


def _is_canonical(link: Any) -> bool:
    """Whether a link element gives the page's own address."""
    return link.get("rel") == "canonical" and link.get("href") is not None


def _by_host(table: dict[str, str], host: str) -> str:
    for suffix in sorted(table, key=len, reverse=True):
        if host == suffix or host.endswith("." + suffix):
            return table[suffix]
    return ""
