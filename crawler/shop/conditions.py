"""What can be true of a listing, what can be wrong with its page, and the state in which a look at it ends."""

from enum import StrEnum

from crawler.marketplaces.states import State


class Condition(StrEnum):
    """What is true of a listing during one phase."""

    LIVE = "live"
    OUT_OF_STOCK = "out_of_stock"
    ENDED = "ended"
    SOLD = "sold"
    REMOVED_POLICY = "removed_policy"
    GONE_404 = "gone_404"
    GONE_410 = "gone_410"
    GONE_SOFT = "gone_soft"
    SELLER_CLOSED = "seller_closed"
    TO_CATEGORY = "to_category"


class FaultKind(StrEnum):
    """What is wrong with the pages while nothing has happened to the offer."""

    WALL = "wall"
    SERVER_ERROR = "server_error"
    SHELL = "shell"
    LOGIN = "login"
    OTHER_COUNTRY = "other_country"
    TO_CATEGORY = "to_category"


CAUSES: dict[Condition, State] = {
    Condition.OUT_OF_STOCK: State.OUT_OF_STOCK,
    Condition.ENDED: State.ENDED,
    Condition.SOLD: State.ENDED,
    Condition.REMOVED_POLICY: State.REMOVED_POLICY,
    Condition.GONE_404: State.REMOVED,
    Condition.GONE_410: State.REMOVED,
    Condition.GONE_SOFT: State.REMOVED,
    Condition.SELLER_CLOSED: State.SELLER_GONE,
    Condition.TO_CATEGORY: State.REMOVED,
}
FAULT_STATES: dict[FaultKind, State] = {
    FaultKind.WALL: State.BLOCKED,
    FaultKind.LOGIN: State.BLOCKED,
    FaultKind.SERVER_ERROR: State.FAILED,
    FaultKind.SHELL: State.FAILED,
    FaultKind.OTHER_COUNTRY: State.UNCLEAR,
    FaultKind.TO_CATEGORY: State.REDIRECTED,
}
