"""Hands the operator's keys to the child process that crawls: by its environment, never by a plan or an argument."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from crawler.apis.registry import APIS, api_of, variable
from monitor.config import Settings


@contextmanager
def keys_handed_over(settings: Settings) -> Iterator[None]:
    """While this lasts, a child that starts finds the keys in its environment; it takes them out of it at once."""
    given = {variable(site, name): value for site, keys in settings.plain_keys.items() for name, value in keys.items()}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def key_state(settings: Settings, marketplace: str) -> str:
    """Whether the operator's key to a marketplace's interface is there, in words; "" where we know no interface."""
    api = api_of(marketplace, settings.plain_keys)
    if api is None:
        return ""
    missing = api.missing()
    if not missing:
        return "key present"
    return "key absent" if len(missing) == len(APIS[marketplace].needs) else f"key incomplete: {', '.join(missing)}"
