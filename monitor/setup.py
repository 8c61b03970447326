"""Writes the operator's first `stillforsale.toml`, and records what the operator decided about a site's terms."""

import re
from datetime import datetime
from pathlib import Path

from crawler.errors import BadInput
from crawler.plan import Vantage
from monitor.config import CONFIG_FILE

KNOWN_VANTAGES = {
    "us": Vantage(name="us", country="US", postal_code="10001", language="en-US", currency="USD"),
    "ca": Vantage(name="ca", country="CA", postal_code="M5V 2T6", language="en-CA", currency="CAD"),
    "gb": Vantage(name="gb", country="GB", postal_code="EC1A 1BB", language="en-GB", currency="GBP"),
    "de": Vantage(name="de", country="DE", postal_code="10115", language="de-DE", currency="EUR"),
}

_CONTACT = re.compile(r"(mailto:)?[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+")
_SAFE = re.compile(r"[^\x00-\x1f\x7f\"\\]+")


def write_config(folder: Path, operator: str, contact: str, vantages: list[str]) -> Path:
    """Write `stillforsale.toml` for this operator. Raises BadInput where one lies there or a value can't be used."""
    path = folder / CONFIG_FILE
    if path.exists():
        raise BadInput("lies here already; edit it, or start in an empty folder", file=str(path))
    if not _SAFE.fullmatch(operator):
        raise BadInput("a name without quotes or control characters is needed", field="--operator")
    if not _CONTACT.fullmatch(contact) or not _SAFE.fullmatch(contact):
        raise BadInput(
            f"{contact!r} is neither a mail address nor a web page: a site's owner must be able to write to you",
            field="--contact",
        )
    unknown = [name for name in vantages if name not in KNOWN_VANTAGES]
    if unknown or not vantages:
        raise BadInput(
            f"{', '.join(unknown) or 'nothing'} is none of {', '.join(KNOWN_VANTAGES)}; others are written by hand "
            f"into {CONFIG_FILE}",
            field="--vantage",
        )
    lines = [
        "# Settings of stillforsale; docs/reference/settings.md explains each. STILLFORSALE_* variables override them.",
        f'operator = "{operator}"',
        f'contact = "{contact}"',
        f'default_vantage = "{vantages[0]}"',
    ]
    for name in vantages:
        place = KNOWN_VANTAGES[name]
        lines += ["", f"[vantages.{name}]"]
        lines += [f'{key} = "{value}"' for key, value in place.model_dump().items()]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def decide_terms(folder: Path, marketplace: str, allowed: bool, by: str, at: datetime) -> Path:
    """Record in `stillforsale.toml` whether automated looks at one marketplace are allowed, by whom and when."""
    path = folder / CONFIG_FILE
    if not path.exists():
        raise BadInput("no settings here; run `stillforsale init` first", file=str(path))
    if not _SAFE.fullmatch(by):
        raise BadInput("a name without quotes or control characters is needed", field="--by")
    text = path.read_text(encoding="utf-8")
    section = f'[terms."{marketplace}"]'
    block = f'{section}\nautomation = {str(allowed).lower()}\ndecided_by = "{by}"\ndecided_on = "{at:%Y-%m-%d}"\n'
    kept = re.sub(re.escape(section) + r"\n(?:(?!\[).*\n?)*", "", text).rstrip("\n")
    making = path.with_suffix(".toml.making")
    making.write_text(f"{kept}\n\n{block}", encoding="utf-8")
    making.replace(path)
    return path
