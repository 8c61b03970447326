"""A value that was read out of prose."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Found:
    """A value and the words that it was read from."""

    value: str
    span: str
