"""Names for what goes wrong on the wire: the `reason` of a failed capture begins with one of them."""

from collections.abc import Iterator

from OpenSSL import SSL
from scrapy.exceptions import NotSupported
from service_identity.exceptions import VerificationError
from twisted.internet import error as wire_errors
from twisted.python.failure import Failure
from twisted.web._newclient import BadResponseVersion, ParseError, ResponseNeverReceived
from twisted.web.client import ResponseFailed

from crawler.egress import EgressRefused, UnknownHost
from crawler.transport import OversizedBody, OversizedHead

REASONS: dict[str, str] = {
    "dns": "the name has no address",
    "connect": "nobody answers at the address",
    "tls": "the certificate or the handshake is not in order",
    "timeout": "the whole answer did not come within the limit",
    "reset": "the connection broke off",
    "truncated": "the body is not whole",
    "too_large": "the body, as sent or decoded, is larger than the limit",
    "head_too_large": "the head of the answer is larger than the limit",
    "bad_response": "the answer is not HTTP",
    "bad_encoding": "the body is not in the coding that it claims",
    "bad_url": "the URL can't be requested",
    "redirect_limit": "more redirects than the limit",
    "render": "the browser could not finish the page",
    "error": "something that we did not foresee",
}
"""Every reason of a `failed` capture; what follows a colon is detail."""

TRANSIENT = frozenset({"dns", "connect", "timeout", "reset", "truncated"})
"""Worth one more attempt within the slot."""

HOST_TROUBLES = frozenset({"dns", "connect", "tls"})
"""The host itself is beyond reach: told as a failure, also when it was met at robots.txt."""

NO_ANSWER = HOST_TROUBLES | {"timeout", "reset"}
"""No answer came: several of these in a row, and the host is left alone for a while."""

_KINDS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((OversizedHead,), "head_too_large"),
    ((OversizedBody,), "too_large"),
    ((SSL.Error, wire_errors.VerifyError, VerificationError), "tls"),
    ((UnknownHost, wire_errors.DNSLookupError), "dns"),
    ((TimeoutError, wire_errors.TimeoutError, wire_errors.TCPTimedOutError), "timeout"),
    ((wire_errors.ConnectError,), "connect"),
    ((ParseError, BadResponseVersion, ValueError, KeyError), "bad_response"),
    ((wire_errors.ConnectionLost, wire_errors.ConnectionDone, wire_errors.ConnectionAborted, OSError), "reset"),
    ((ResponseNeverReceived, ResponseFailed), "reset"),
    ((NotSupported, EgressRefused), "bad_url"),
)


def reason_of(error: BaseException) -> str:
    """The reason for an exception of the transport: a name from REASONS, with the cause where it says more."""
    causes = list(_causes(error))
    for kinds, name in _KINDS:
        for cause in causes:
            if isinstance(cause, kinds):
                return f"{name}: {_says(cause)}" if _says(cause) else name
    return f"error: {type(error).__name__}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and everything that Twisted or Scrapy wrapped in it."""
    yield error
    for inner in getattr(error, "reasons", None) or ():
        value = inner.value if isinstance(inner, Failure) else inner
        if isinstance(value, BaseException):
            yield from _causes(value)
    if error.__cause__ is not None:
        yield from _causes(error.__cause__)


def _says(error: BaseException) -> str:
    if isinstance(error, SSL.Error):
        return "; ".join(part[-1] for part in error.args[0]) if error.args and error.args[0] else ""
    return " ".join(str(error).split())[:200]
