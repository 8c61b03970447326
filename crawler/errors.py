"""The tree of errors that a person may read. The docstring of a class says what went wrong.

Every command turns a `BadInput` into exit status 2 and one sentence, and a `NeedsPerson` into exit status 1.
"""


class StillForSaleError(Exception):
    """Something went wrong that a person should read about."""


class BadInput(StillForSaleError):
    """What was given can't be used: the sentence names the file, the line and the field."""

    def __init__(
        self, problem: str, *, file: str | None = None, line: int | None = None, field: str | None = None
    ) -> None:
        self.problem, self.file, self.line, self.field = problem, file, line, field
        where = [file or "", f"line {line}" if line is not None else "", f"field {field}" if field else ""]
        place = ", ".join(part for part in where if part)
        super().__init__(f"{place}: {problem}" if place else problem)


class NeedsPerson(StillForSaleError):
    """The work is done as far as it goes, but something needs a person."""
