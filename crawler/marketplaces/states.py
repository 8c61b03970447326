"""The states in which one look can end, and what each counts as (docs/reference/states.md)."""

from enum import StrEnum


class Standing(StrEnum):
    """What a state says about buying: the only thing that intervals are made of."""

    ON_SALE = "on_sale"
    LISTED = "listed"
    OFF_SALE = "off_sale"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Exactly one of these per look."""

    AVAILABLE = "available"
    AVAILABLE_B2B = "available_b2b"
    SHIPPING_UNKNOWN = "shipping_unknown"
    NOT_SHIPPED = "not_shipped"
    GEO_BLOCKED = "geo_blocked"
    OUT_OF_STOCK = "out_of_stock"
    ENDED = "ended"
    VARIANT_GONE = "variant_gone"
    REMOVED_POLICY = "removed_policy"
    REMOVED = "removed"
    SELLER_GONE = "seller_gone"
    REPLACED = "replaced"
    UNCLEAR = "unclear"
    REDIRECTED = "redirected"
    UNVERIFIED = "unverified"
    BLOCKED = "blocked"
    FAILED = "failed"
    NOT_ALLOWED = "not_allowed"


class SearchState(StrEnum):
    """What became of one search page. Only the first two mean that the site was searched."""

    SEARCHED = "searched"
    NO_RESULTS = "no_results"
    UNCLEAR = "unclear"
    BLOCKED = "blocked"
    FAILED = "failed"
    NOT_ALLOWED = "not_allowed"


STANDING: dict[State, Standing] = {
    State.AVAILABLE: Standing.ON_SALE,
    State.AVAILABLE_B2B: Standing.ON_SALE,
    State.SHIPPING_UNKNOWN: Standing.LISTED,
    State.NOT_SHIPPED: Standing.OFF_SALE,
    State.GEO_BLOCKED: Standing.OFF_SALE,
    State.OUT_OF_STOCK: Standing.OFF_SALE,
    State.ENDED: Standing.OFF_SALE,
    State.VARIANT_GONE: Standing.OFF_SALE,
    State.REMOVED_POLICY: Standing.OFF_SALE,
    State.REMOVED: Standing.OFF_SALE,
    State.SELLER_GONE: Standing.OFF_SALE,
    State.REPLACED: Standing.OFF_SALE,
    State.UNCLEAR: Standing.UNKNOWN,
    State.REDIRECTED: Standing.UNKNOWN,
    State.UNVERIFIED: Standing.UNKNOWN,
    State.BLOCKED: Standing.UNKNOWN,
    State.FAILED: Standing.UNKNOWN,
    State.NOT_ALLOWED: Standing.UNKNOWN,
}

TAKEDOWNS = frozenset({State.REMOVED_POLICY, State.REMOVED, State.VARIANT_GONE})
"""Off sale because the platform or seller took it down (DOMAIN: the `takedown` endpoint), once confirmed."""
