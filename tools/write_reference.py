"""Writes docs/reference/commands.md and settings.md from the program itself: `python tools/write_reference.py`.

tests/structure/test_docs.py fails while the files differ from what this writes.
"""

from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from monitor.config import Settings
from stillforsale import build_app

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"


def commands_page() -> str:
    """Every command with its help, options and arguments."""
    lines = [
        "# Commands",
        "",
        "Exit status: 0 done; 1 done, but something needs a person (said on stderr); 2 wrong use or bad input.",
        "With `--json`, stdout holds one JSON value or JSON lines and nothing else.",
        "Written by tools/write_reference.py.",
    ]
    for path, command in sorted(_leaves("stillforsale", typer.main.get_command(build_app()))):
        lines += ["", f"## `{path}`", "", *_help(command.help or "")]
        rows = [_parameter(one) for one in command.params if one.name != "help"]
        if rows:
            lines += ["", "| option or argument | meaning |", "| --- | --- |", *rows]
    return "\n".join(lines) + "\n"


def settings_page() -> str:
    """Every setting with its type, default and meaning."""
    lines = [
        "# Settings",
        "",
        "`stillforsale.toml` in the working folder; `STILLFORSALE_NAME` (nested: `STILLFORSALE_NAME__PART`) overrides",
        "it.",
        "Written by tools/write_reference.py.",
        "",
        "| setting | type | default | meaning |",
        "| --- | --- | --- | --- |",
        *_settings_rows(Settings, ""),
    ]
    return "\n".join(lines) + "\n"


def _leaves(path: str, command: Any) -> list[tuple[str, Any]]:
    """The commands that do something: those without sub-commands, and groups that work without one."""
    children = getattr(command, "commands", None)
    if not children:
        return [(path, command)]
    own = [(path, command)] if command.invoke_without_command else []
    return own + [leaf for name, child in children.items() for leaf in _leaves(f"{path} {name}", child)]


def _help(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _parameter(parameter: Any) -> str:
    is_option = parameter.param_type_name == "option"
    names = parameter.opts if is_option else [parameter.metavar or parameter.name.upper()]
    name = ", ".join(f"`{one}`" for one in names)
    return f"| {name} | {_cell(getattr(parameter, 'help', '') or '')} |"


def _settings_rows(model: type[BaseModel], prefix: str) -> list[str]:
    rows = []
    for name, field in model.model_fields.items():
        inner = _inner_model(field)
        if inner is None:
            rows.append(f"| `{prefix}{name}` | {_type(field)} | {_default(field)} | {_cell(field.description or '')} |")
        else:
            key = f"{prefix}{name}." + ("NAME." if "dict" in str(field.annotation) else "")
            rows += _settings_rows(inner, key)
    return rows


def _inner_model(field: FieldInfo) -> type[BaseModel] | None:
    candidates = (field.annotation, *getattr(field.annotation, "__args__", ()))
    return next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), None)


def _type(field: FieldInfo) -> str:
    return getattr(field.annotation, "__name__", str(field.annotation)).replace("|", "or")


def _default(field: FieldInfo) -> str:
    return "required" if field.is_required() else f"`{field.default}`".replace("|", "\\|")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    (REFERENCE / "commands.md").write_text(commands_page(), encoding="utf-8")
    (REFERENCE / "settings.md").write_text(settings_page(), encoding="utf-8")
