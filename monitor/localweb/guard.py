"""Who may talk to the desk: only this machine's browser, under our own name, with the session's token.

A capability URL: the first segment of every path is a random token. `desk` tokens open the desk's pages and take what
its extension sends; the `save` token, which a bookmarklet carries onto other people's pages, can only hand in a page.
"""

import hmac
import secrets
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXTENSION_SCHEMES = ("chrome-extension://", "moz-extension://")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def _token() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Door:
    """Where the desk is, and the two tokens of this session."""

    port: int
    desk: str = field(default_factory=_token)
    save: str = field(default_factory=_token)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The address of the desk's page, token included."""
        return f"{self.origin}/{self.desk}/"

    def is_ours(self, host: str) -> bool:
        """Whether a Host header names us: a name that was bent to 127.0.0.1 (DNS rebinding) does not."""
        return host == f"127.0.0.1:{self.port}"

    def power(self, path: str) -> str:
        """What the token in a path allows: `desk`, `save`, or "" for none."""
        given = path.split("/")[1].encode()
        found = [name for name in ("desk", "save") if hmac.compare_digest(given, str(getattr(self, name)).encode())]
        return found[0] if found else ""


class Guard:
    """The outermost door: refuses before anything is read, and puts the same headers on every answer.

    Sets `power` ("desk" or "save") and `page_origin` (whose page script sent this, "" for our own) in the scope.
    """

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self.door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = Headers(scope=scope)
        power = self.door.power(scope["path"])
        refusal = self._refusal(scope["method"], headers, power)
        origin = headers.get("origin", "")
        foreign = origin not in ("", self.door.origin) and not origin.startswith(EXTENSION_SCHEMES)
        allow = origin if power == "save" and foreign else ""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer.update(_HEADERS)
                answer["Cross-Origin-Resource-Policy"] = "cross-origin" if allow else "same-origin"
                if allow:
                    answer["Access-Control-Allow-Origin"] = allow
                    answer["Vary"] = "Origin"
            await send(message)

        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        if scope["method"] == "OPTIONS":
            await _preflight(allow)(scope, receive, send_with_headers)
            return
        scope["state"] = {**scope.get("state", {}), "power": power, "page_origin": origin if foreign else ""}
        await self.app(scope, receive, send_with_headers)

    def _refusal(self, method: str, headers: Headers, power: str) -> Response | None:
        if not self.door.is_ours(headers.get("host", "")):
            return refuse(403, "this desk answers on 127.0.0.1 only")
        if not power:
            return refuse(403, "the token is missing or of another session: take the link that `capture` printed")
        origin = headers.get("origin", "")
        ours = origin in ("", self.door.origin) or origin.startswith(EXTENSION_SCHEMES)
        if power == "desk" and not ours and method != "GET":
            return refuse(403, "another site's page asked for this")
        return None


def refuse(status: int, words: str, *, again: str = "", listing: dict[str, str] | None = None) -> Response:
    """An answer that says in one sentence what was not done, and what would help: `listing` is the one asked for."""
    return JSONResponse({"ok": False, "words": words, "again": again, "next": listing}, status_code=status)


def _preflight(allow: str) -> Response:
    if not allow:
        return refuse(405, "nothing here is asked that way")
    headers = {
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": "content-type",
        "Access-Control-Allow-Private-Network": "true",
        "Access-Control-Max-Age": "600",
    }
    return Response(status_code=204, headers=headers)
