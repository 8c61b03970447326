"""Patterns that meet hostile text: RE2, so that no page can stall the reader."""

from functools import cache
from typing import Any

import re2


@cache
def pattern(text: str) -> Any:
    """A compiled RE2 pattern, case-insensitive: its time is linear in the text."""
    return re2.compile("(?i)" + text)
