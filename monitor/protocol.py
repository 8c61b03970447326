"""The study's protocol: written before the first look, hashed into every run, so that nobody can choose afterwards."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from monitor.config import Settings

TEMPLATE = """\
# The protocol of this study. Its SHA-256 goes into the manifest of every run: change it and the reports say from when.
# Write down here what is looked at and why BEFORE the first look; deviations are printed in every report.
operator = "{operator}"
written_at = "{at:%Y-%m-%dT%H:%M:%SZ}"

[population]
notices = "all notices on the watchlist"
drawn_by = "hand"            # "hand": kept out of rates; or "sample", with the seed below
sample_seed = ""

[measurement]
marketplaces = {marketplaces}
vantages = {vantages}
starts_on = "{at:%Y-%m-%d}"
ends_on = ""                 # empty: until the stopping rule
stopping_rule = ""           # e.g. "after 90 days", never "when the figure is clear"
confirming_looks = {looks}
confirming_span_hours = {span}

[figures]
published = ["K4", "K13", "removal intervals"]
main_endpoint = "off_sale"
"""


def write_protocol(settings: Settings, at: datetime) -> Path:
    """Write the protocol's first form unless one lies there already; a person fills in the rest."""
    path = settings.protocol_file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            TEMPLATE.format(
                operator=settings.operator.replace('"', "'"),
                at=at,
                marketplaces=_toml_list(name for name, terms in settings.terms.items() if terms.automation),
                vantages=_toml_list(settings.vantages),
                looks=settings.confirmation.looks,
                span=settings.confirmation.span_hours,
            ),
            encoding="utf-8",
        )
    return path


def protocol_digest(settings: Settings) -> str:
    """SHA-256 of the protocol file, or empty where none was written."""
    path = settings.protocol_file
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def _toml_list(names: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{name}"' for name in sorted(names)) + "]"
