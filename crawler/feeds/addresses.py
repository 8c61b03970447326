"""Addresses that a list gives for its own parts."""

from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from crawler.errors import BadInput

_KEPT = "%/:=&?~#+!$,;'@()*[]"


def on_same_host(address: str, endpoint: str) -> str:
    """`address` at the host of `endpoint`, so that a list leads nowhere else and a mirror is followed within itself.

    Raises BadInput for what is no web address.
    """
    try:
        given, ours = urlsplit(urljoin(endpoint, address.strip())), urlsplit(endpoint)
    except ValueError:
        raise BadInput(f"leads to {address[:80]!r}, which is no web address", file=endpoint) from None
    if given.scheme not in ("http", "https"):
        raise BadInput(f"leads to {address[:80]!r}, which is no web address", file=endpoint)
    return urlunsplit((ours.scheme, ours.netloc, quote(given.path, _KEPT), quote(given.query, _KEPT), ""))


def with_query(url: str, **values: int) -> str:
    """`url` with these query values set, the others kept as they stand."""
    parts = urlsplit(url)
    pairs = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in values]
    pairs += [(name, str(value)) for name, value in values.items()]
    return urlunsplit(parts._replace(query=urlencode(pairs, safe=",-:")))
