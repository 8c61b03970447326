"""The time zone of a buyer's country, for pages that ask the browser for it."""

from functools import cache
from importlib import resources
from pathlib import Path

_SYSTEM = Path("/usr/share/zoneinfo/zone.tab")


def time_zone(country: str) -> str:
    """The IANA name of the zone where most people of a country (ISO 3166-1 alpha-2) live, `UTC` where unknown.

    From the time zone database's `zone.tab`, which lists each country's most populous zone first.
    """
    return _zones().get(country, "UTC")


@cache
def _zones() -> dict[str, str]:
    text = _SYSTEM.read_text(encoding="utf-8") if _SYSTEM.is_file() else _packaged()
    zones: dict[str, str] = {}
    for line in text.splitlines():
        fields = line.split("\t")
        if not line.startswith("#") and len(fields) > 2:
            zones.setdefault(fields[0], fields[2])
    return zones


def _packaged() -> str:
    try:
        return resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""
