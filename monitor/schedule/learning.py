"""What the ledger teaches the schedule: hazards from the episodes, pins and notices by listing, what is left of a day's
budget. Reads only.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.marketplaces.states import Standing
from crawler.plan import Vantage
from monitor.commitments.load import load_commitments
from monitor.config import Settings
from monitor.notices.dates import current
from monitor.schedule.allocate import refill
from monitor.schedule.hazard import Floats, Hazards, Tally, hours_in_cells
from monitor.schedule.index import expected_frailty
from monitor.schedule.outlook import HOUR, Outlook, expected
from monitor.schedule.pins import Trigger, pins_of
from monitor.schedule.policy import Watched
from monitor.schedule.watched import suspects, watched_listings
from monitor.store.decision_tables import MatchRow
from monitor.store.ledger_tables import EpisodeRow, ListingRow, LookRow, SearchRow
from monitor.store.register_tables import NoticeRow

BUDGET_HOURS = 48
FITS = 2
"""Rates decide how a removal is shared over the cells of its interval, so they are fitted again with themselves."""


def outlook_of(session: Session, settings: Settings, at: datetime, budgeted: bool = True) -> Outlook:
    """Hazards as fitted now, and what each marketplace's budget allows; without `budgeted` there is no bound."""
    marketplaces, hazards = learned_hazards(session, settings.default_vantage)
    tokens = tokens_now(session, settings.looks_per_day, at) if budgeted else None
    return Outlook(marketplaces, hazards, tokens, float(settings.looks_per_day))


def seen_and_pinned(
    session: Session, settings: Settings, keys: Collection[str], vantages: Iterable[Vantage], at: datetime
) -> list[Watched]:
    """The schedule's view of `keys` from each vantage, with notices and the deadlines that are still to come."""
    triggers = _triggers(session, keys)
    told = {one.listing_key: one.at for one in triggers if one.clock != "A0" and one.at and one.at <= at}
    commitments = load_commitments(settings.data_dir).commitments
    since = at - timedelta(days=2)
    found = []
    for vantage in vantages:
        pins = pins_of(triggers, commitments, vantage.country)
        for one in watched_listings(session, keys, vantage.name):
            ahead = tuple(pin for pin in pins.get(one.listing_key, ()) if pin > since)
            found.append(replace(one, notice_at=told.get(one.listing_key), pins=ahead))
    return found


def learned_hazards(session: Session, vantage: str) -> tuple[tuple[str, ...], Hazards]:
    """Marketplaces by name and their hazards from every episode at `vantage`; one row more than names, for others."""
    rows = session.execute(
        select(
            ListingRow.listing_key,
            ListingRow.marketplace,
            ListingRow.first_seen_at,
            EpisodeRow.first_on_sale_at,
            EpisodeRow.last_on_sale_at,
            EpisodeRow.first_off_at,
            EpisodeRow.confirmed_at,
        )
        .join(ListingRow, ListingRow.listing_key == EpisodeRow.listing_key)
        .where(EpisodeRow.vantage == vantage)
    ).all()
    names = tuple(sorted({row.marketplace for row in rows}))
    told = {one.listing_key: one.at for one in _triggers(session, {row.listing_key for row in rows}) if one.at}
    start, notice, first, last, off = (np.full(len(rows), np.inf) for _ in range(5))
    if not rows:
        return names, Hazards.unknown(1)
    epoch = min(row.first_seen_at for row in rows)
    for index, row in enumerate(rows):
        start[index], first[index], last[index] = (
            (moment - epoch) / HOUR for moment in (row.first_seen_at, row.first_on_sale_at, row.last_on_sale_at)
        )
        if row.listing_key in told:
            notice[index] = (told[row.listing_key] - epoch) / HOUR
        if row.confirmed_at is not None and row.first_off_at is not None:
            off[index] = (row.first_off_at - epoch) / HOUR
    place = np.array([names.index(row.marketplace) for row in rows], dtype=np.int64)
    return names, fit_spells(len(names) + 1, place, start, notice, first, last, off)


def fit_spells(
    marketplaces: int, place: np.ndarray, start: Floats, notice: Floats, first: Floats, last: Floats, off: Floats
) -> Hazards:
    """Hazards from spells on sale: seen from `first` to `last`, gone by `off` (infinity: still there)."""
    hazards = Hazards.unknown(marketplaces)
    gone = np.isfinite(off)
    there = hours_in_cells(start, notice, first, last)
    between = hours_in_cells(start[gone], notice[gone], last[gone], off[gone])
    for _ in range(FITS):
        tally, rates = Tally(marketplaces), hazards.rates[place]
        survived = (there * rates).sum(1)
        tally.add(place, there, rates, np.zeros(len(place), dtype=bool), expected_frailty(survived / 2))
        tally.add(
            place[gone], between, rates[gone], np.ones(len(between), dtype=bool), expected_frailty(survived[gone])
        )
        hazards = tally.hazards()
    return hazards


def tokens_now(session: Session, looks_per_day: int, at: datetime) -> dict[str, float]:
    """What each marketplace's budget has left: a bucket of one day that was full two days ago, less what was asked."""
    since = at - BUDGET_HOURS * HOUR
    asked: dict[str, Floats] = {}
    for row, when in ((LookRow, LookRow.looked_at), (SearchRow, SearchRow.searched_at)):
        for name, moment in session.execute(select(row.marketplace, when).where(when > since, when <= at)):
            hours = asked.setdefault(name, np.zeros(BUDGET_HOURS))
            hours[min(int((moment - since) / HOUR), BUDGET_HOURS - 1)] += 1
    names, rate = sorted(asked), float(looks_per_day)
    tokens = np.full(len(names), rate)
    for hour in range(BUDGET_HOURS if names else 0):
        spent = np.array([asked[name][hour] for name in names])
        tokens = np.clip(refill(tokens, np.full(len(names), rate), 1.0) - spent, 0, None)
    return dict(zip(names, tokens.tolist(), strict=True))


def _triggers(session: Session, keys: Collection[str]) -> Sequence[Trigger]:
    """What started a clock for each of the listings, oldest notice first."""
    listings: dict[str, set[str]] = defaultdict(set)
    for key, notice_id in session.execute(select(MatchRow.listing_key, MatchRow.notice_id).distinct()):
        if key in keys:
            listings[notice_id].add(key)
    found = [
        Trigger(key, "A0", date.fromisoformat(published_on[:10]))
        for notice_id, published_on in session.execute(select(NoticeRow.notice_id, NoticeRow.published_on))
        if published_on
        for key in listings.get(notice_id, ())
    ]
    for notice in current(session):
        about = {notice.listing} if notice.listing else listings.get(notice.recall, set())
        found += [
            Trigger(key, notice.clock, notice.sent.on, notice.sent.at, notice.act, notice.country)
            for key in sorted(about & set(keys))
            if notice.listing or not notice.platform or key.startswith(f"{notice.platform}:")
        ]
    return found


def hazards_now(session: Session, settings: Settings, at: datetime) -> tuple[Floats, float]:
    """The hazard per hour of each listing on sale under watch, from the default vantage, and the removals behind it."""
    outlook = outlook_of(session, settings, at, budgeted=False)
    vantage = settings.vantages[settings.default_vantage]
    seen = seen_and_pinned(session, settings, suspects(session), [vantage], at)
    on_sale = [one for one in seen if one.last_standing is Standing.ON_SALE]
    if not on_sale:
        return np.zeros(0), float(outlook.hazards.events.sum())
    known = expected(on_sale, at, outlook)
    return known.rate * expected_frailty(known.survived + known.since), float(outlook.hazards.events.sum())
