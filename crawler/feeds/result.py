"""What a reader hands back: the notices, what was refused and why, and what looked odd."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import ValidationError

from crawler.feeds.notice import Notice

Row = TypeVar("Row")


class RecordProblem(ValueError):
    """One record can't be used; the message says which field and why. The others are kept."""


@dataclass(frozen=True)
class Refusal:
    """A record that was left out: `record` names it as its source does (a number, or `row 7`)."""

    record: str
    reason: str


@dataclass(frozen=True)
class Remark:
    """An oddity of a record that was kept: `flag` is a code of docs/reference/register.md."""

    record: str
    flag: str
    says: str


@dataclass(frozen=True)
class ReadResult:
    """One file, read. Every record of it is in exactly one of `notices`, `repeated` and `refused`.

    `repeated` names records that stand in the file again with the same content, or in an older document of the same
    list; `notes` are about the file as a whole.
    """

    source: str
    notices: tuple[Notice, ...]
    refused: tuple[Refusal, ...] = ()
    repeated: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        return len(self.notices) + len(self.refused) + len(self.repeated)

    @property
    def flagged(self) -> tuple[Remark, ...]:
        return tuple(remark for notice in self.notices for remark in remarks_of(notice))


def remarks_of(notice: Notice) -> Iterator[Remark]:
    """The flags of one notice, split into code and words."""
    for text in notice.flags:
        code, _, says = text.partition(": ")
        yield Remark(notice.id, code, says)


def merged(source: str, documents: Iterable[ReadResult]) -> ReadResult:
    """Several documents of one source as one result, the newest document first.

    A notice that stands in two of them is taken from the newer; the older counts as repeated.
    """
    kept: dict[str, Notice] = {}
    refused: list[Refusal] = []
    repeated: list[str] = []
    notes: list[str] = []
    for document in documents:
        for notice in document.notices:
            if notice.id in kept:
                repeated.append(notice.id)
            else:
                kept[notice.id] = notice
        refused += document.refused
        repeated += document.repeated
        notes += document.notes
    return ReadResult(source, tuple(kept.values()), tuple(refused), tuple(repeated), tuple(dict.fromkeys(notes)))


@dataclass
class _Gathering:
    kept: dict[str, Notice] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)


def gather(
    source: str,
    rows: Iterable[tuple[str, Row]],
    read_row: Callable[[Row], Notice],
    notes: Iterable[str] = (),
) -> ReadResult:
    """Read each row on its own: `rows` are (name of the record, row); `read_row` may raise RecordProblem.

    Of two records with one id the fuller stays; the other is refused with the difference, or counted as repeated.
    """
    found = _Gathering()
    for record, row in rows:
        try:
            notice = read_row(row)
        except RecordProblem as problem:
            found.refused.append(Refusal(record, str(problem)))
        except ValidationError as problem:
            found.refused.append(Refusal(record, _sentence(problem)))
        else:
            _add(found, record, notice)
    return ReadResult(source, tuple(found.kept.values()), tuple(found.refused), tuple(found.repeated), tuple(notes))


def _add(found: _Gathering, record: str, notice: Notice) -> None:
    earlier = found.kept.get(notice.id)
    if earlier is None:
        found.kept[notice.id] = notice
        return
    names = [name for name in Notice.model_fields if name != "flags"]
    differing = [name for name in names if getattr(earlier, name) != getattr(notice, name)]
    if not differing:
        found.repeated.append(record)
        return
    fuller = notice if _weight(notice) > _weight(earlier) else earlier
    words = f"the number stands twice, with another {', '.join(differing)}; the fuller record is kept"
    found.kept[notice.id] = fuller.model_copy(update={"flags": (*fuller.flags, f"number-twice: {words}")})
    dropped = earlier if fuller is notice else notice
    found.refused.append(Refusal(record, f"{words}; left out: {dropped.title[:80] or 'a record without a title'!r}"))


def _weight(notice: Notice) -> tuple[int, int]:
    return int(notice.language == "en"), len(notice.model_dump_json(exclude_defaults=True))


def _sentence(problem: ValidationError) -> str:
    first = problem.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"field {place}: {first['msg']}"
