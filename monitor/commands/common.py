"""What the monitor's commands share: settings that were asked for, and results said in one way."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.errors import BadInput, NeedsPerson

if TYPE_CHECKING:
    from crawler.clock import Clock
    from monitor.config import Settings
    from monitor.schedule.cycle import Monitor


def load_settings(initialised: bool = True) -> "Settings":
    """The operator's settings. Raises BadInput where `initialised` is asked for and no operator is named."""
    import tomllib

    from pydantic import ValidationError

    from monitor.config import CONFIG_FILE, Settings

    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(first["msg"], file=CONFIG_FILE, field=field) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"not TOML ({error})", file=CONFIG_FILE) from error
    if initialised and not (settings.operator and settings.contact and settings.vantages):
        raise BadInput(f"no operator is named in {Path.cwd() / CONFIG_FILE}; run `stillforsale init` here first")
    if initialised and settings.default_vantage not in settings.vantages:
        raise BadInput(
            f"default_vantage {settings.default_vantage!r} is none of {', '.join(settings.vantages)}", file=CONFIG_FILE
        )
    return settings


def settings_clock(settings: "Settings") -> "Clock":
    from crawler.clock import clock_from

    try:
        return clock_from(settings.clock)
    except (ValueError, FileNotFoundError) as error:
        raise BadInput(str(error), file="stillforsale.toml", field="clock") from error


def open_monitor() -> "Monitor":
    """Settings, ledger, clock and marketplaces of the folder we stand in."""
    from monitor.schedule.cycle import Monitor

    settings = load_settings()
    return Monitor.open(settings, settings_clock(settings))


def print_json(value: Any) -> None:
    """One JSON value on stdout, keys as they are, text unescaped."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def say(words: str) -> None:
    """A message for the person: stderr, so that stdout stays data."""
    print(words, file=sys.stderr)


def raise_problems(problems: list[str]) -> None:
    """Exit status 1 with every problem said, where there are any."""
    if problems:
        raise NeedsPerson("; ".join(problems))
