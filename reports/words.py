"""What a report may say, and in which words (DOMAIN.md, "Words, and the gate before anything is public")."""

import math
import re
from datetime import date, datetime

NBSP = "\u00a0"

FORBIDDEN = re.compile(
    r"\b(illegal\w*|unlawful\w*|criminal\w*|crimes?|guilty|fraud\w*|scam\w*|counterfeit\w*|non-?complian\w*|failed to"
    r"|refus(?:es|ed) to|knowingly|never before|the first (?:to|ever)|ignored)\b",
    re.IGNORECASE,
)
"""Words of blame or boast that no sentence of ours uses. What sellers and authorities wrote is quoted, not checked."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

TIER_WORDS = {
    "identifier": "the same model",
    "line": "the same product line",
    "regulated_kind": "the regulated kind of product",
    "lookalike": "a lookalike",
    "lead": "a lead",
}

KIND_WORDS = {
    "violation": "notice of violation",
    "platform-notice": "platform notice",
}

CAUSE_WORDS = {
    "removed_policy": "the platform said that it removed the item",
    "removed": "taken down, cause not said",
    "variant_gone": "the recalled variant was taken out of a live page",
    "not_shipped": "no longer shipped to the US",
    "geo_blocked": "blocked for buyers in the US",
    "out_of_stock": "out of stock (not a takedown)",
    "ended": "sold or expired (not a takedown)",
    "seller_gone": "the shop closed",
    "replaced": "the page now shows another product",
}

UNKNOWN_WORDS = {
    "blocked": "the site showed a wall or a login",
    "failed": "the page did not load",
    "not_allowed": "robots.txt, the site's terms or our limits forbid the visit",
    "not_looked": "the run stopped before",
    "unclear": "the page was read, but no rule decides",
    "redirected": "the address led to another page",
    "unverified": "it looks like an end, but nobody has confirmed that sign yet",
    "quarantined": "the controls of the run failed",
}


def forbidden_words(text: str) -> list[str]:
    """The words in `text` that a report must not use."""
    return [match.group(0) for match in FORBIDDEN.finditer(text)]


def what_is_offered(tier: str, scope: str, notice: str) -> str:
    """What may be said of a listing of this tier: only `identifier` with all units recalled is the product itself.

    `notice` names it: `recall 26-123`. DOMAIN.md asks for one thing more, that no remedied version is known; a person
    says so by confirming.
    """
    if tier == "identifier" and scope == "all_units":
        return f"appears to be the product of {notice}"
    if tier == "identifier":
        return f"the same model as in {notice}; whether this unit is covered can't be seen"
    if tier == "line":
        return f"of the line named in {notice}; whether this unit is covered can't be seen"
    if tier == "regulated_kind":
        return f"appears to be of the kind that {notice} is about"
    return f"{TIER_WORDS.get(tier, tier)} of the product of {notice}, another product"


def notice_name(kind: str, number: str) -> str:
    """`recall 26-123`, `warning 24-083`: a warning is no recall, and neither is a ban."""
    return f"{KIND_WORDS.get(kind, kind)} {number}"


def cause_in_words(cause: str) -> str:
    return CAUSE_WORDS.get(cause, UNKNOWN_WORDS.get(cause, cause.replace("_", " ")))


def percent(share: float, digits: int = 0) -> str:
    """`0.291` as `29 %`; never rounded to 0 or 100 where it is neither."""
    shown = round(100 * share, digits)
    if digits == 0 and 0 < share < 0.005:
        return f"under{NBSP}1{NBSP}%"
    if digits == 0 and 0.995 <= share < 1:
        return f"over{NBSP}99{NBSP}%"
    return f"{shown:.{digits}f}{NBSP}%"


def points(low: float, high: float) -> str:
    """A difference of shares: `12 to 40 points`, `-3 points`; a point is a hundredth."""
    lower, upper = round(100 * low), round(100 * high)
    said = f"{lower:+d}" if lower == upper else f"{lower:+d} to {upper:+d}"
    return f"{said}{NBSP}points".replace("-", "\u2212").replace("+0", "0").replace("\u22120 ", "0 ")


def share_range(low: float, high: float) -> str:
    """One share or two: `29 %`, or `29 % to 40 %` where some are undecided."""
    return percent(low) if percent(low) == percent(high) else f"{percent(low)} to {percent(high)}"


def day(at: datetime | date) -> str:
    """`2 March 2026`, in English whatever the locale."""
    return f"{at.day}{NBSP}{MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime) -> str:
    """`2026-03-02 14:05 UTC`."""
    return f"{at:%Y-%m-%d %H:%M}{NBSP}UTC"


def duration(hours: float) -> str:
    """Hours as a person says them: minutes under one hour, hours under two days, else days."""
    if math.isinf(hours):
        return "not yet"
    if hours < 1:
        return _count(round(hours * 60), "minute")
    if hours < 48:
        return _count(round(hours), "hour")
    return _count(round(hours / 24), "day")


def span(low: float, high: float | None) -> str:
    """An interval of hours: `after 2 to 5 hours`, `within 2 days`, `after more than 12 days`."""
    if high is None or math.isinf(high):
        return f"after {between(low, math.inf)}" if low else "seen on sale once"
    return f"after {between(low, high)}" if low else f"within {duration(high)}"


def between(low: float, high: float) -> str:
    """`2 to 5 hours`, `about 3 days`, `more than 12 days`."""
    if math.isinf(high):
        return "longer than we looked" if math.isinf(low) else f"more than {duration(low)}"
    lower, upper = duration(low), duration(high)
    if lower == upper:
        return f"about {upper}"
    if lower.split(NBSP)[1].rstrip("s") == upper.split(NBSP)[1].rstrip("s"):
        lower = lower.split(NBSP)[0]
    return f"{lower} to {upper}"


def number_of(count: int, noun: str, plural: str = "") -> str:
    """`1 recall`, `4 recalls`, `no recalls`."""
    if count == 0:
        return f"no {plural or noun + 's'}"
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _count(count: int, noun: str) -> str:
    return f"{count:,}{NBSP}{noun}{'' if count == 1 else 's'}"
