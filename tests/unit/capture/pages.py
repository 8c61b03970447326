"""Builds what a reviewer's browser sends."""

import json
from typing import Any

from crawler.archive.shots import PNG

SHOT = PNG + b"a picture"


def sent(html: bytes, png: bytes = b"", **about: Any) -> bytes:
    """The body of a request that hands in a page; `about` replaces fields of its first line."""
    fields = {
        "version": 1,
        "by": "extension 0.1.0",
        "url": "https://shop.example/p/1",
        "status": 200,
        "loaded_ms_ago": 0.0,
        "user_agent": "A Browser",
        "ready_state": "complete",
        "html_bytes": len(html),
        "shot_bytes": len(png),
        **about,
    }
    return json.dumps(fields).encode() + b"\n" + html + png
