"""The ladder: turns what a listing's page showed into exactly one state. A pure function over a fixed table of rules.

The first rule that applies decides. Rules have stable ids that are stored with every judgement; when the meaning of
one changes, `RULES_VERSION` rises and `stillforsale rebuild` reads the archive again. Errors are asymmetric: a
takedown that never happened is worse than a look that decided nothing, so whatever is doubtful ends as unknown.
The table is explained, rule by rule, in docs/reference/rules.md. (After the rule sets of the OONI data pipeline.)
"""

from collections.abc import Callable

from crawler.marketplaces.evidence import ENDS, MISSING, REFUSALS, RULES_VERSION, Evidence, Ground, Rule, decide
from crawler.marketplaces.states import State
from crawler.reading import Judgement, MarkKind

__all__ = ["RULES", "RULES_VERSION", "Evidence", "judge_listing"]


def _server_error(evidence: Evidence) -> Ground:
    if evidence.mark(MarkKind.WALL, MarkKind.LOGIN) and not evidence.shows_the_item():
        return None
    status = evidence.status
    failed = status is not None and (status >= 500 or (400 <= status < 500 and status not in REFUSALS | MISSING))
    return f"HTTP status {status}" if failed else None


def _unreadable(evidence: Evidence) -> Ground:
    missing = evidence.status in MISSING or evidence.status in REFUSALS
    return None if missing else evidence.unreadable or None


def _refused(evidence: Evidence) -> Ground:
    return f"HTTP status {evidence.status}" if evidence.status in REFUSALS else None


def _unless_item(kind: MarkKind) -> Callable[[Evidence], Ground]:
    return lambda evidence: None if evidence.shows_the_item() else evidence.mark(kind)


def _other_item(evidence: Evidence) -> Ground:
    if not evidence.shows_another():
        return None
    return evidence.mark(MarkKind.OTHER_ITEM) or f"the page is about {evidence.facts.listing_id}"


def _redirected(evidence: Evidence) -> Ground:
    status = evidence.status
    if evidence.shows_the_item():
        return None
    if status is not None and 300 <= status < 400:
        return f"HTTP status {status}"
    lost = evidence.asked_id and evidence.landed_id != evidence.asked_id
    return f"landed on {evidence.landed_id or 'a page without the listing id'}" if lost else None


def _other_place(evidence: Evidence) -> Ground:
    served = evidence.facts.served_country
    elsewhere = bool(evidence.asked_country and served and served != evidence.asked_country)
    return f"served for {served}, asked for {evidence.asked_country}" if elsewhere else None


def _contradiction(evidence: Evidence) -> Ground:
    """An end, a stock-out or a missing page beside a live offer of this very item."""
    if not evidence.is_live():
        return None
    ends = [kind for kind in ENDS if kind is not MarkKind.VARIANT_GONE]
    missing = f"HTTP status {evidence.status}" if evidence.status in MISSING else None
    return evidence.mark(*ends, MarkKind.GEO_BLOCKED, MarkKind.OUT_OF_STOCK) or missing


def _shell(evidence: Evidence) -> Ground:
    missing = evidence.status in MISSING
    return None if missing or evidence.shows_the_item() else evidence.mark(MarkKind.SHELL)


def _verified(kind: MarkKind) -> Callable[[Evidence], Ground]:
    def ground(evidence: Evidence) -> Ground:
        mark = evidence.mark(kind, verified=True)
        stripped = mark is not None and mark.where == "status" and evidence.mark(MarkKind.SHELL)
        return None if stripped else mark

    return ground


def _missing_status(evidence: Evidence) -> Ground:
    return f"HTTP status {evidence.status}" if evidence.status in MISSING else None


def _not_for_us_unconfirmed(evidence: Evidence) -> Ground:
    return None if evidence.place_confirmed() else evidence.mark(MarkKind.NOT_SHIPPED, MarkKind.GEO_BLOCKED)


def _offer_without_price(evidence: Evidence) -> Ground:
    return evidence.mark(MarkKind.OFFER) if evidence.is_live() and evidence.facts.price is None else None


def _wholesale(evidence: Evidence) -> Ground:
    return evidence.mark(MarkKind.WHOLESALE_OFFER) if evidence.shows_the_item() else None


def _available(evidence: Evidence) -> Ground:
    if not evidence.is_live() or evidence.mark(MarkKind.OFFER) is None:
        return None
    named = bool(evidence.asked_country) and evidence.asked_country in evidence.facts.ships_to
    served = evidence.place_confirmed() and evidence.mark(MarkKind.SHIPS) is not None
    return evidence.mark(MarkKind.OFFER) if named or served else None


def _shipping_unknown(evidence: Evidence) -> Ground:
    return evidence.mark(MarkKind.OFFER) if evidence.is_live() else None


RULES: tuple[Rule, ...] = (
    Rule(
        "ladder.server_error",
        State.FAILED,
        "A 5xx, or a 4xx that says neither missing nor refused, tells of the server, not of the listing. A wall that"
        " comes with such a status is named as a wall further down.",
        _server_error,
    ),
    Rule(
        "ladder.refused",
        State.BLOCKED,
        "401, 403, 407 and 429 refuse us. Whatever page comes with them, it is no look at the listing.",
        _refused,
    ),
    Rule(
        "ladder.unreadable",
        State.FAILED,
        "Zero bytes, a body over the limit, or a page that our reader could not read say nothing about the listing.",
        _unreadable,
    ),
    Rule(
        "ladder.wall",
        State.BLOCKED,
        "A bot wall was shown and nothing of the item. It counts with any HTTP status, a 404 included.",
        _unless_item(MarkKind.WALL),
    ),
    Rule(
        "ladder.login",
        State.BLOCKED,
        "A login page stood in the place of the item.",
        _unless_item(MarkKind.LOGIN),
    ),
    Rule(
        "ladder.other_item",
        State.REDIRECTED,
        "The page itself says that it is about another item. Whether the one asked for still exists, it doesn't say.",
        _other_item,
    ),
    Rule(
        "ladder.redirected",
        State.REDIRECTED,
        "We landed on an address without the listing's id: a category, a search, a front page.",
        _redirected,
    ),
    Rule(
        "ladder.shell",
        State.FAILED,
        "The frame of the page came without the item: it is filled in by scripts, or a stripped page was served.",
        _shell,
    ),
    Rule(
        "ladder.other_place",
        State.UNCLEAR,
        "The page was served for another country than asked: nothing on it tells what this vantage's buyer can do.",
        _other_place,
    ),
    Rule(
        "ladder.contradiction",
        State.UNCLEAR,
        "The page offers this very item and says that it is gone or sold out: a person must look.",
        _contradiction,
    ),
    Rule(
        "ladder.removed_policy",
        State.REMOVED_POLICY,
        "The platform says that it removed the item, by a signature that a person confirmed on a saved page.",
        _verified(MarkKind.REMOVED_POLICY),
    ),
    Rule(
        "ladder.removed",
        State.REMOVED,
        "The page says that the item is no longer there, or the status does, by a confirmed signature of this site.",
        _verified(MarkKind.REMOVED),
    ),
    Rule(
        "ladder.seller_gone",
        State.SELLER_GONE,
        "The seller's shop is closed, by a confirmed signature.",
        _verified(MarkKind.SELLER_GONE),
    ),
    Rule(
        "ladder.variant_gone",
        State.VARIANT_GONE,
        "The page is live but the variant asked for is no longer offered, by a confirmed signature.",
        _verified(MarkKind.VARIANT_GONE),
    ),
    Rule(
        "ladder.ended",
        State.ENDED,
        "Sold, auction over, post expired, by a confirmed signature: off sale for a cause of its own.",
        _verified(MarkKind.ENDED),
    ),
    Rule(
        "ladder.end_unverified",
        State.UNVERIFIED,
        "It looks like an end, by a signature that no person has confirmed on a saved page of this site and layout.",
        lambda evidence: evidence.mark(*ENDS, verified=False),
    ),
    Rule(
        "ladder.missing_status",
        State.UNVERIFIED,
        "404 or 410 without a confirmed signature of this site: some walls answer 404 too, so a person must look.",
        _missing_status,
    ),
    Rule(
        "ladder.not_shipped_elsewhere",
        State.UNCLEAR,
        "The page refuses a buyer, but doesn't say from where: it may have been served for another place than asked.",
        _not_for_us_unconfirmed,
    ),
    Rule(
        "ladder.geo_blocked",
        State.GEO_BLOCKED,
        "The page says that the item is not available in the buyer's country, by a confirmed signature.",
        _verified(MarkKind.GEO_BLOCKED),
    ),
    Rule(
        "ladder.not_shipped",
        State.NOT_SHIPPED,
        "The page says that the item isn't shipped to the buyer's place, by a confirmed signature.",
        _verified(MarkKind.NOT_SHIPPED),
    ),
    Rule(
        "ladder.not_shipped_unverified",
        State.UNVERIFIED,
        "It looks as if this buyer is refused, by a signature that no person has confirmed.",
        lambda evidence: evidence.mark(MarkKind.GEO_BLOCKED, MarkKind.NOT_SHIPPED, verified=False),
    ),
    Rule(
        "ladder.out_of_stock",
        State.OUT_OF_STOCK,
        "The page says so in words or in schema.org's vocabulary. Never a takedown, so no confirmation is asked for.",
        lambda evidence: evidence.mark(MarkKind.OUT_OF_STOCK),
    ),
    Rule(
        "ladder.offer_without_price",
        State.SHIPPING_UNKNOWN,
        "A live offer of this item whose price is not shown: listed, but whether this buyer can buy it is not known.",
        _offer_without_price,
    ),
    Rule(
        "ladder.available",
        State.AVAILABLE,
        "This item, with a price and a buy control, is offered to buyers at the vantage.",
        _available,
    ),
    Rule(
        "ladder.shipping_unknown",
        State.SHIPPING_UNKNOWN,
        "A live offer, but the page doesn't say whether it ships to the vantage.",
        _shipping_unknown,
    ),
    Rule(
        "ladder.available_b2b",
        State.AVAILABLE_B2B,
        "A live wholesale offer (inquiry, minimum order): shipping is agreed with the seller, nobody is excluded.",
        _wholesale,
    ),
    Rule(
        "ladder.unclear",
        State.UNCLEAR,
        "The page was read and no rule decides. Silence is never taken for the end of an offer.",
        lambda _: "nothing on the page decides",
    ),
)


def judge_listing(evidence: Evidence) -> Judgement:
    """The state of a listing's page: the first rule of `RULES` that applies."""
    return decide(RULES, evidence)
