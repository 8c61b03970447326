"""The phrases that watched notices are searched by, as kept: derived or by hand, ended but never deleted."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.errors import BadInput
from crawler.feeds.notice import Notice
from monitor.store.decision_tables import PhraseRow
from monitor.watchlist.phrases import Family, Phrase, derive_phrases, is_searchable
from monitor.watchlist.words import tokens

HAND_STRATEGY = "hand"


@dataclass(frozen=True)
class WatchedPhrase:
    """An open phrase: what is typed, in which language's marketplaces, and the strategy that made it."""

    phrase_id: str
    notice_id: str
    text: str
    language: str
    strategy: str

    @property
    def family(self) -> Family:
        """Which of the two families without common terms it counts for; empty for neither."""
        return Phrase(self.text, self.strategy).family


def add_derived(session: Session, notice: Notice, language: str, at: datetime) -> list[Phrase]:
    """Keep what the strategies derive and has never been kept before; what a person took off stays off."""
    kept = select(PhraseRow.text).where(PhraseRow.notice_id == notice.id, PhraseRow.language == language)
    seen = set(session.scalars(kept))
    new = [phrase for phrase in derive_phrases(notice, language) if phrase.text not in seen]
    session.add_all(_row(notice.id, phrase, language, at) for phrase in new)
    session.flush()
    return new


def add_by_hand(session: Session, notice_id: str, text: str, language: str, at: datetime) -> bool:
    """Keep a person's phrase; False where it is there already. Raises BadInput for a bare one ("toys")."""
    wording = " ".join(tokens(text))
    if not is_searchable(wording):
        raise BadInput(
            f"phrase {text!r} is bare: it would find half a marketplace; name a brand, a model or what it is like"
        )
    if _open(session, notice_id, wording, language):
        return False
    session.add(_row(notice_id, Phrase(wording, HAND_STRATEGY), language, at))
    session.flush()
    return True


def remove_phrase(session: Session, phrase_id: str, at: datetime) -> bool:
    """End a phrase; False where no open one has that id."""
    row = session.get(PhraseRow, int(phrase_id)) if phrase_id.isdecimal() else None
    if row is None or row.removed_at is not None:
        return False
    row.removed_at = at
    session.flush()
    return True


def phrases_of(session: Session, notice_id: str = "") -> list[WatchedPhrase]:
    """The open phrases of one notice, or of all, in the order in which they were kept."""
    statement = select(PhraseRow).where(PhraseRow.removed_at.is_(None)).order_by(PhraseRow.phrase_id)
    if notice_id:
        statement = statement.where(PhraseRow.notice_id == notice_id)
    return [
        WatchedPhrase(str(row.phrase_id), row.notice_id, row.text, row.language, row.strategy)
        for row in session.scalars(statement)
    ]


def _open(session: Session, notice_id: str, text: str, language: str) -> PhraseRow | None:
    return session.scalar(
        select(PhraseRow).where(
            PhraseRow.notice_id == notice_id,
            PhraseRow.text == text,
            PhraseRow.language == language,
            PhraseRow.removed_at.is_(None),
        )
    )


def _row(notice_id: str, phrase: Phrase, language: str, at: datetime) -> PhraseRow:
    return PhraseRow(
        notice_id=notice_id,
        text=phrase.text,
        language=language,
        strategy=phrase.strategy,
        added_at=at,
        removed_at=None,
    )
