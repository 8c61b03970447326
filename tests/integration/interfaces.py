"""An official interface's double on loopback, and what a run needs to call it."""

import gzip
import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from crawler.apis.base import Api
from crawler.apis.registry import api_of
from crawler.plan import Slot, Vantage
from tests.integration.loopback import Loopback
from tests.unit.apis.answers import ebay_error

US = Vantage(name="us", country="US", postal_code="10001")
CANARY = "c4n4ry"
TOKEN = f"v^1.1#{CANARY}+token/="
EBAY_KEYS = {"client_id": f"{CANARY}-app-id", "client_secret": f"{CANARY}-cert/id"}


def answer(body: Any, status: str = "200 OK", *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + content


class EbayDouble(Loopback):
    """Token endpoint, item and search. `lifetimes`: how many calls each token serves before it is refused."""

    def __init__(self, replies: dict[str, bytes] | None = None, calls_per_token: int = 1000) -> None:
        self.answers = replies or {}
        self.calls_per_token, self.calls, self.tokens = calls_per_token, 0, 0
        self.token_status = "200 OK"
        super().__init__({"*": self._reply})

    def _reply(self, connection: socket.socket, head: bytes) -> None:
        path = head.split(b" ", 2)[1].decode()
        if path == "/identity/v1/oauth2/token":
            while b"client_credentials" not in head:
                head += connection.recv(65536)
            self.heads[-1] = head
            self.tokens, self.calls = self.tokens + 1, 0
            body = {
                "access_token": f"{TOKEN}{self.tokens}",
                "expires_in": 7200,
                "token_type": "Application Access Token",
            }
            said = body if self.token_status.startswith("200") else {"error": "invalid_client"}
            connection.sendall(answer(said, self.token_status, "Connection: close"))
            return
        self.calls += 1
        if f"Bearer {TOKEN}{self.tokens}".encode() not in head or self.calls > self.calls_per_token:
            connection.sendall(
                answer(ebay_error(1001, "Invalid access token"), "401 Unauthorized", "Connection: close")
            )
            return
        plain = urlsplit(path)
        item = parse_qs(plain.query).get("legacy_item_id", [""])[0]
        offset = parse_qs(plain.query).get("offset", ["0"])[0]
        key = item or f"search {offset}"
        missing = answer(ebay_error(11001, "The specified item Id was not found."), "404 Not Found")
        connection.sendall(self.answers.get(key, missing).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1))


def keys_for(server: Loopback, marketplace: str, keys: dict[str, str]) -> dict[str, dict[str, str]]:
    return {marketplace: {**keys, "base_url": f"http://{server.authority}"}}


def bound(server: Loopback, marketplace: str, keys: dict[str, str]) -> Api:
    api = api_of(marketplace, keys_for(server, marketplace, keys))
    assert api is not None
    return api


def item_slot(number: int, api: Api, listing_id: str) -> Slot:
    return Slot(
        slot_id=f"s{number}",
        purpose="look",
        marketplace=api.marketplace,
        url=api.item_url(listing_id, US),
        vantage="us",
        listing_id=listing_id,
        method="api",
    )


def everything(folder: Path) -> bytes:
    """All that lies in a run folder, archives unpacked."""
    parts = []
    for path in folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            parts.append(gzip.decompress(data) if path.suffix == ".gz" else data)
    return b"\n".join(parts)
