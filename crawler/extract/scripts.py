"""JSON that stands inside scripts, and paths into it. Never raises; what can't be read is None."""

import json
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_FAR = 400
_MOST_TRIES = 20
_MOST_OBJECTS = 5000


def read_json(text: str) -> Any:
    """The JSON value of a text; None where it is none, or nested beyond reason."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def json_after(text: str, marker: str) -> Any:
    """The first JSON object or list with something in it that stands shortly after `marker`; None where there is none
    that can be read."""
    at = text.find(marker)
    for _ in range(_MOST_TRIES):
        if at < 0:
            break
        start = _opening(text, at + len(marker))
        while start >= 0:
            found = json_at(text, start)
            if found:
                return found
            start = _opening(text, start + 1) if found is not None else -1
        at = text.find(marker, at + len(marker))
    return None


def json_at(text: str, start: int) -> Any:
    """The JSON value that begins at this place of the text; None where none does."""
    try:
        return _DECODER.raw_decode(text, start)[0]
    except (ValueError, RecursionError):
        return None


def _opening(text: str, start: int) -> int:
    found = [at for at in (text.find("{", start, start + _FAR), text.find("[", start, start + _FAR)) if at >= 0]
    return min(found) if found else -1


def at_path(value: Any, path: str) -> Any:
    """What stands at a dotted path (`offers.0.price`); None where the path leads nowhere."""
    for step in path.split(".") if path else []:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.lstrip("-").isdigit():
            index = int(step)
            value = value[index] if -len(value) <= index < len(value) else None
        else:
            return None
    return value


def text_at(value: Any, path: str) -> str:
    """What stands at a path as text; "" for nothing, a table or a list."""
    found = at_path(value, path)
    if isinstance(found, bool) or found is None or isinstance(found, dict | list):
        return ""
    return str(found).strip()


def find_object(value: Any, keys: tuple[str, ...], depth: int = 12) -> dict[str, Any]:
    """The first object, breadth first, that has all these keys with something in them; {} where none has."""
    level = [value]
    for _ in range(depth):
        below: list[Any] = []
        for one in level[:_MOST_OBJECTS]:
            if isinstance(one, dict):
                if all(one.get(key) for key in keys):
                    return one
                below.extend(one.values())
            elif isinstance(one, list):
                below.extend(one[:50])
        level = [one for one in below if isinstance(one, dict | list)]
    return {}


def objects_at(value: Any, path: str) -> list[dict[str, Any]]:
    """The objects of the list at a path; [] where there is none."""
    found = at_path(value, path)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
