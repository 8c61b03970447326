"""One notice to a platform as somebody wrote it down: to whom, by whom, when, and what came back."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from crawler.clock import instant
from crawler.marketplaces.registry import Registry
from monitor.commitments.workdays import Calendar
from monitor.notices.moments import Moment, read_moment

SENDERS = ("authority", "group")
ACTS = ("request", "notice", "order", "pushed_recall", "consumer_notice")
FIELDS = (
    "listing",
    "recall",
    "platform",
    "sent_by",
    "sender",
    "country",
    "act",
    "sent",
    "acknowledged",
    "answered",
    "private",
)
_YES_NO = {"yes": True, "true": True, "1": True, "y": True, "no": False, "false": False, "0": False, "n": False}


class FieldProblem(ValueError):
    """A field of a notice can't be used."""

    def __init__(self, field: str, problem: str) -> None:
        self.field, self.problem = field, problem
        super().__init__(f"field {field}: {problem}")


@dataclass(frozen=True)
class NoticeDate:
    """`listing` is a listing key (`marketplace:id`) or empty; then the notice is about all of `recall` on `platform`.

    `country` (ISO 3166-1 alpha-2) is the sender's: its holidays and days count for deadlines. It and `private` stay as
    they were where nobody said (empty, None); `private` then counts as no.
    """

    listing: str
    recall: str
    platform: str
    sent_by: str
    sender: str
    act: str
    sent: Moment
    acknowledged: Moment | None = None
    answered: Moment | None = None
    private: bool | None = None
    country: str = ""

    @property
    def key(self) -> str:
        """What makes it this notice and no other: its subject, sender, act, and when it was sent."""
        sent = instant(self.sent.at) if self.sent.at else self.sent.on.isoformat()
        return "|".join((self.listing, self.recall, self.platform, self.sent_by, self.sender, self.act, sent))

    @property
    def clock(self) -> Literal["A2", "A3"]:
        """A2 for an authority's notice, A3 for a group's own."""
        return "A2" if self.sent_by == "authority" else "A3"

    def over(self, older: "NoticeDate | None") -> "NoticeDate":
        """This notice with what only the older record of it says: an empty field takes nothing back."""
        if older is None:
            return replace(self, private=bool(self.private))
        return replace(
            self,
            acknowledged=self.acknowledged or older.acknowledged,
            answered=self.answered or older.answered,
            private=older.private if self.private is None else self.private,
            country=self.country or older.country,
        )


def notice_date(cells: Mapping[str, str], registry: Registry, now: datetime) -> NoticeDate:
    """The notice that the cells (by the names in FIELDS) describe. Raises FieldProblem for the first that is wrong."""
    given = {field: cells.get(field, "").strip() for field in FIELDS}
    listing, platform = _subject(given["listing"], given["platform"], registry)
    if not (listing or given["recall"]):
        raise FieldProblem("listing", "neither a listing nor a recall is named")
    if not given["sent"]:
        raise FieldProblem("sent", "is empty; without the day it was sent no clock starts")
    made = NoticeDate(
        listing=listing,
        recall=given["recall"],
        platform=platform,
        sent_by=_one_of("sent_by", given["sent_by"].casefold(), SENDERS),
        sender=given["sender"],
        act=_one_of("act", given["act"].casefold().replace(" ", "_") or "notice", ACTS),
        sent=_moment("sent", given["sent"], now),
        acknowledged=_moment("acknowledged", given["acknowledged"], now) if given["acknowledged"] else None,
        answered=_moment("answered", given["answered"], now) if given["answered"] else None,
        private=_private(given["private"]),
        country=_country(given["country"]),
    )
    for name, moment in (("acknowledged", made.acknowledged), ("answered", made.answered)):
        if moment and not moment.not_before(made.sent):
            raise FieldProblem(name, f"{given[name]!r} is before it was sent ({given['sent']})")
    return made


def _subject(listing: str, platform: str, registry: Registry) -> tuple[str, str]:
    """Listing key and platform; a URL is turned into the key, and both must name the same marketplace."""
    named = platform.casefold()
    key = listing
    if listing.casefold().startswith(("http://", "https://")):
        marketplace = registry.for_url(listing)
        listing_id = marketplace.listing_id(listing) if marketplace else ""
        if marketplace is None or not listing_id:
            raise FieldProblem("listing", f"{listing!r} is no listing's address on a marketplace that we know")
        key = f"{marketplace.name}:{listing_id}"
    elif listing and ":" not in listing:
        if not named:
            raise FieldProblem("platform", f"is empty, and {listing!r} does not say whose listing it is")
        key = f"{named}:{listing}"
    owner = key.partition(":")[0]
    if key and named and owner != named:
        raise FieldProblem("platform", f"{platform!r}, but the listing is of {owner}")
    if not (named or owner):
        raise FieldProblem("platform", "is empty")
    return key, named or owner


def _one_of(field: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        said = repr(value) if value else "is empty;"
        raise FieldProblem(field, f"{said} must be one of {', '.join(allowed)}")
    return value


def _moment(field: str, text: str, now: datetime) -> Moment:
    try:
        moment = read_moment(text)
    except ValueError as error:
        raise FieldProblem(field, str(error)) from error
    later = moment.at > now if moment.at else (moment.on - now.date()).days > 1
    if later:
        raise FieldProblem(field, f"{text!r} lies in the future")
    return moment


def _country(text: str) -> str:
    country = text.upper()
    if country:
        try:
            Calendar(country=country)
        except ValueError as error:
            raise FieldProblem("country", f"{text!r} is no country of two letters whose holidays are known") from error
    return country


def _private(text: str) -> bool | None:
    if not text:
        return None
    if text.casefold() not in _YES_NO:
        raise FieldProblem("private", f"{text!r} must be yes or no")
    return _YES_NO[text.casefold()]
