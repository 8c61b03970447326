"""Recall and warning numbers and remedies of the CPSC, which its API, website and old releases write differently."""

import re
from collections.abc import Iterator

from crawler.feeds.result import RecordProblem

REMEDY_OPTIONS = frozenset(
    {"Refund", "Repair", "Replace", "Dispose", "Label", "New Instructions", "Inspect", "No Remedy Available"}
)
_RECALL = re.compile(r"(\d{2})-?(\d{3})-?([a-z]?)", re.IGNORECASE)
_WARNING = re.compile(r"\d{2}-\d{3}[a-z]?", re.IGNORECASE)


def recall_id(text: str) -> tuple[str, str]:
    """(number, notice id) of a recall: five digits without a hyphen, a letter kept. Raises RecordProblem."""
    found = _RECALL.fullmatch(text.strip())
    if not found:
        raise RecordProblem(f"RecallNumber: {text[:40]!r} is not a number like 24726 or 24-726")
    number = f"{found[1]}{found[2]}{found[3].lower()}"
    return number, f"us-cpsc:{number}"


def warning_id(text: str) -> tuple[str, str]:
    """(number, notice id) of a unilateral warning, as printed: 26-383. Raises RecordProblem."""
    number = text.strip()
    if not _WARNING.fullmatch(number):
        raise RecordProblem(f"Product Safety Warning Number: {text[:40]!r} is not a number like 26-383")
    return number, f"us-cpsc-warning:{number}"


def remedy_flags(options: tuple[str, ...]) -> Iterator[str]:
    """A flag for each remedy option that is no remedy we know: the source holds torn words and whole sentences."""
    for option in options:
        if option not in REMEDY_OPTIONS:
            short = option if len(option) <= 60 else f"{option[:60]}..."
            yield f"remedy-option: {short!r} is no remedy that we know"
