"""The contract of a route of discovery: which searches it would make now. The budget decides which are made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import ClassVar, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crawler.apis.base import Api
from crawler.apis.registry import APIS, api_of
from crawler.clock import instant
from crawler.marketplaces.registry import Registry
from crawler.plan import Slot, SlotMethod, Vantage
from monitor.config import Settings
from monitor.store.decision_tables import PhraseRow, WatchRow
from monitor.store.ledger_tables import SearchRow

SEARCH_EVERY_HOURS = 24.0
TRY_AGAIN_HOURS = 6.0
"""A search that was not answered is tried again after this: a shut door is not knocked at every ten minutes."""


@dataclass(frozen=True)
class Phrase:
    """One search phrase of a notice under watch."""

    phrase_id: str
    text: str
    language: str


@dataclass
class Outlook:
    """What the routes may look at: the ledger, the marketplaces, who looks from where, and when."""

    session: Session
    registry: Registry
    settings: Settings
    vantage: Vantage
    at: datetime
    slack_hours: float = 0.0

    @cached_property
    def phrases(self) -> list[Phrase]:
        """The phrases under watch, the most urgent notice first."""
        return watched_phrases(self.session)

    @cached_property
    def sites(self) -> list[str]:
        """The marketplaces whose pages the operator allowed automated looks at."""
        return sorted(name for name, terms in self.settings.terms.items() if terms.automation)

    @cached_property
    def apis(self) -> list[Api]:
        """The interfaces that the operator has keys to."""
        return usable_apis(self.settings)

    def due(self, marketplace: str, phrase_id: str, every_hours: float = SEARCH_EVERY_HOURS) -> bool:
        """Whether a search was not answered lately, nor tried a short while ago."""
        key = (marketplace, self.vantage.name, phrase_id)
        slack = timedelta(hours=self.slack_hours)
        answered, tried = self._answered.get(key), self._tried.get(key)
        if answered is not None and answered > self.at - timedelta(hours=every_hours) + slack:
            return False
        return tried is None or tried <= self.at - timedelta(hours=TRY_AGAIN_HOURS) + slack

    def tried_since(self, marketplace: str, phrase_id: str, hours: float) -> bool:
        """Whether a search was made in the last hours, whatever came of it."""
        tried = self._tried.get((marketplace, self.vantage.name, phrase_id))
        return tried is not None and tried > self.at - timedelta(hours=hours - self.slack_hours)

    @cached_property
    def _answered(self) -> Mapping[tuple[str, str, str], datetime]:
        return self._latest(("searched", "no_results"))

    @cached_property
    def _tried(self) -> Mapping[tuple[str, str, str], datetime]:
        return self._latest(())

    def _latest(self, states: tuple[str, ...]) -> dict[tuple[str, str, str], datetime]:
        columns = (SearchRow.marketplace, SearchRow.vantage, SearchRow.phrase_id)
        rows = select(*columns, func.max(SearchRow.searched_at)).group_by(*columns)
        if states:
            rows = rows.where(SearchRow.state.in_(states))
        return {(name, vantage, phrase): at for name, vantage, phrase, at in self.session.execute(rows)}

    def slot(
        self,
        route: str,
        marketplace: str,
        url: str,
        *,
        query: str,
        phrase_id: str,
        pages: int,
        why: str,
        method: SlotMethod = "crawler",
    ) -> Slot:
        """A search slot, still without its place in a plan."""
        return Slot(
            slot_id=route,
            purpose="search",
            marketplace=marketplace,
            url=url,
            vantage=self.vantage.name,
            query=query,
            phrase_id=phrase_id,
            max_pages=pages,
            due_at=instant(self.at),
            why=why,
            method=method,
            route=route,
        )


class Route(Protocol):
    """One way to find listings. `name` is kept with each listing that it finds (`found_by`)."""

    name: ClassVar[str]

    def due(self, outlook: Outlook) -> Iterable[Slot]:
        """The searches that are due, the most urgent first."""
        ...


def watched_phrases(session: Session) -> list[Phrase]:
    """The open phrases of notices under watch, the most urgent notice first."""
    statement = (
        select(PhraseRow.phrase_id, PhraseRow.text, PhraseRow.language)
        .join(WatchRow, WatchRow.notice_id == PhraseRow.notice_id)
        .where(WatchRow.removed_at.is_(None), PhraseRow.removed_at.is_(None))
        .order_by(WatchRow.priority, PhraseRow.phrase_id)
    )
    return [Phrase(str(number), text, language) for number, text, language in session.execute(statement)]


def usable_apis(settings: Settings) -> list[Api]:
    """The interfaces that the operator has all keys to, and whose marketplace is not forbidden."""
    keys = settings.plain_keys
    found = [api for name in sorted(APIS) if (api := api_of(name, keys)) is not None and not api.missing()]
    return [api for api in found if not _forbidden(settings, api.marketplace)]


def _forbidden(settings: Settings, marketplace: str) -> bool:
    """`sites forbid` rules the interface out, too; undecided terms of the pages don't: the key came with its own."""
    decided = settings.terms.get(marketplace)
    return decided is not None and not decided.automation
