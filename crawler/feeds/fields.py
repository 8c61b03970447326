"""Strict reading of one record: every field is taken by name, and what nobody took is left over and named."""

import json
from collections.abc import Mapping

from crawler.feeds.result import RecordProblem
from crawler.feeds.text import plain


class Fields:
    """One record whose fields are consumed. `where` prefixes the names in messages, for nested records."""

    def __init__(self, record: object, where: str = "") -> None:
        """Raises RecordProblem where the record is no object."""
        if not isinstance(record, Mapping):
            raise RecordProblem(f"{where or 'record'}: {_kind(record)} where an object was promised")
        self._record: Mapping[str, object] = record
        self._where = where
        self._taken: set[str] = set()
        self._children: list[Fields] = []

    def take(self, key: str) -> object:
        """The raw value, None where the field is absent."""
        self._taken.add(key)
        return self._record.get(key)

    def has(self, key: str) -> bool:
        return self._record.get(key) not in (None, "", [], {})

    def raw(self, key: str) -> str:
        """A string, number or boolean as it stands; "" for null or absent."""
        value = self.take(key)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise RecordProblem(f"{self._name(key)}: {_kind(value)} where text was promised")
        return str(value).strip()

    def text(self, key: str) -> str:
        """Text without markup; "" for null or absent."""
        return plain(self.raw(key))

    def needed(self, key: str) -> str:
        """Text that must be there."""
        value = self.text(key)
        if not value:
            raise RecordProblem(f"{self._name(key)}: missing")
        return value

    def items(self, key: str) -> list[object]:
        """A list of anything; [] for null or absent."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise RecordProblem(f"{self._name(key)}: {_kind(value)} where a list was promised")
        return value

    def rows(self, key: str) -> "list[Fields]":
        """A list of records."""
        found = [Fields(item, f"{self._name(key)}[{at}]") for at, item in enumerate(self.items(key))]
        self._children += found
        return found

    def child(self, key: str) -> "Fields":
        """A nested record; an empty one for null or absent."""
        value = self.take(key)
        found = Fields({} if value is None else value, self._name(key))
        self._children.append(found)
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or one text; empty ones are dropped."""
        value = self.take(key)
        items = value if isinstance(value, list) else [value]
        if any(not isinstance(item, str | int | None) for item in items):
            raise RecordProblem(f"{self._name(key)}: a list of text was promised")
        return tuple(words for item in items if item is not None and (words := plain(str(item))))

    def leftover(self) -> dict[str, str]:
        """The filled fields that nobody took, here and in the nested records, as text by their full name."""
        rest = {key: value for key, value in self._record.items() if key not in self._taken}
        found = {self._name(str(key)): _as_text(value) for key, value in rest.items() if not _is_empty(value)}
        for child in self._children:
            found |= child.leftover()
        return found

    def finish(self, extra: Mapping[str, str]) -> "tuple[dict[str, str], tuple[str, ...]]":
        """`extra` with what was left over added, and the flag that says so."""
        rest = self.leftover()
        flags = (f"left-over: the reader does not know the field {', '.join(sorted(rest))}",) if rest else ()
        return {key: value for key, value in extra.items() if value} | rest, flags

    def _name(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key


def _is_empty(value: object) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _kind(value: object) -> str:
    names = {type(None): "null", str: "text", list: "a list", dict: "an object", bool: "true or false"}
    return names.get(type(value), "a number")
