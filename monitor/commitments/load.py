"""Commitment files: those that ship with the package, and a person's own beside or instead of them."""

import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from crawler.errors import BadInput
from monitor.commitments.commitment import Commitment

PACKAGE_FOLDER = Path(__file__).parent
OWN_FOLDER = "commitments"
"""The folder within the data folder that a person drops files into."""


@dataclass(frozen=True)
class Loaded:
    """The commitments that could be read, by id, the file of each, and what was wrong with the others."""

    commitments: dict[str, Commitment]
    files: dict[str, Path]
    problems: tuple[BadInput, ...]


def load_commitments(data_dir: Path | None = None) -> Loaded:
    """Every commitment of the package and of `data_dir`/commitments; a person's file takes the place of the package's
    one of the same id. A file that can't be read is a problem and costs no other."""
    folders = [PACKAGE_FOLDER, *([data_dir / OWN_FOLDER] if data_dir else [])]
    return load_files(path for folder in folders for path in sorted(folder.glob("*.toml")))


def load_files(paths: Iterable[Path]) -> Loaded:
    """The commitments in these files; of two with one id the later counts."""
    commitments: dict[str, Commitment] = {}
    files: dict[str, Path] = {}
    problems: list[BadInput] = []
    for path in paths:
        try:
            commitment = read_commitment(path)
        except BadInput as problem:
            problems.append(problem)
        else:
            commitments[commitment.id], files[commitment.id] = commitment, path
    return Loaded(dict(sorted(commitments.items())), files, tuple(problems))


def read_commitment(path: Path) -> Commitment:
    """The commitment in one file. Raises BadInput with file, line or field, and one sentence."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"can't be read ({error})", file=str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"not TOML: {error}", file=str(path)) from error
    try:
        # Through JSON, for strict mode takes a list for a tuple only there.
        commitment = Commitment.model_validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        raise _problem(error, path) from error
    if commitment.id != path.stem:
        raise BadInput(f"is {commitment.id!r}, but the file is named {path.name}", file=str(path), field="id")
    return commitment


def _problem(error: ValidationError, path: Path) -> BadInput:
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return BadInput(message, file=str(path), field=field or None)
