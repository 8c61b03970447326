"""Whose working days count, and whether a day is one: the `holidays` library behind one small face."""

from datetime import date, timedelta
from functools import cache

import holidays
from holidays import HolidayBase
from pydantic import BaseModel, ConfigDict, Field, model_validator

_ONE_DAY = timedelta(days=1)


class Calendar(BaseModel):
    """A country (ISO 3166-1 alpha-2, with a subdivision where days differ within it) or a market (`XECB`: the European
    Central Bank's). `categories` as in the `holidays` library. Raises ValidationError for what that does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str = Field(default="", pattern="^([A-Z]{2})?$")
    subdivision: str = ""
    market: str = ""
    categories: tuple[str, ...] = ("public",)

    @model_validator(mode="after")
    def _known(self) -> "Calendar":
        if bool(self.country) == bool(self.market):
            raise ValueError("name either a country or a market")
        try:
            _days_off(self, 2025)
        except NotImplementedError as error:
            raise ValueError(str(error)) from error
        return self


def is_business_day(day: date, calendar: Calendar) -> bool:
    """A day that is neither weekend nor holiday there, or a weekend day that is worked instead of another (China)."""
    return _days_off(calendar, day.year).is_working_day(day)


def nth_business_day(day: date, n: int, calendar: Calendar, *, from_next_day: bool) -> date:
    """The nth business day (n of at least 1), counted from the day after `day`, or from `day` itself."""
    current = day + _ONE_DAY if from_next_day else day
    left = n
    while True:
        left -= is_business_day(current, calendar)
        if left <= 0:
            return current
        current += _ONE_DAY


@cache
def _days_off(calendar: Calendar, year: int) -> HolidayBase:
    """One year at a time: an object that grows by itself answers by what it was asked before (weekends that are worked
    are known to it only for years that it has met)."""
    if calendar.market:
        return holidays.financial_holidays(calendar.market, years=year, expand=False)
    return holidays.country_holidays(
        calendar.country,
        subdiv=calendar.subdivision or None,
        years=year,
        expand=False,
        categories=calendar.categories,
    )
