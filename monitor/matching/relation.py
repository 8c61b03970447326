"""What the listing is to the recalled product, read from the head of its title: a part, a picture of it, a later
version. A word vetoes only where the recalled product's own name does not hold it (recalls of parts)."""

import re
from typing import TYPE_CHECKING

from monitor.matching.records import Relation

if TYPE_CHECKING:
    from monitor.matching.evidence import Evidence
    from monitor.matching.view import View

_PARTS = frozenset(
    "accessory adapter adaptor attachment axle bag basket bearing belt blade bolt bracket brake bulb bumper bushing cable canopy cap "
    "carburetor case charger clamp clip collar console cord cover cup cupholder decal drawer filter footmuff gasket "
    "grate handle harness hinge hook hose holder hub ignitor igniter insert kit knob label lanyard latch leg lid liner "
    "manual mat mattress motor mount net nozzle organizer organiser pad part pedal pillow pin plate pouch protector "
    "pump rack remote screw sheet shield skin sleeve spacer spring stand strap switch tire topper tray tube tyre valve "
    "wheel window wire wrap extension cushion sticker canopie hardware headrest seatpad umbrella parasol cape hammock"
    .split()
)  # fmt: skip
_SAYS_PART = frozenset("replacement spare replace replacing aftermarket refill oem".split())
_FITS = re.compile(
    r"\b(?:compatible with|fits|replaces?|replacement (?:for|of)|spare parts?|parts only)\b", re.IGNORECASE
)
_MEDIA = frozenset(
    "book dvd poster print manual sticker costume shirt tshirt tee mug keychain ornament calendar postcard photo figurine "
    "diecast brochure catalog catalogue magazine pattern guide paperback hardcover coloring colouring wallpaper "
    "instruction vhs bluray audiobook ebook minifigure minifigur papercraft painting artwork bumpersticker pin patch".split()
)  # fmt: skip
_MINIATURE = re.compile(
    r"\b1\s?[:/]\s?\d{2,3}\b|\bscale model|\bdie-?cast\b|\bminiature\b|\bdolls?'? ?house\b|\bwanted\b", re.IGNORECASE
)
_SIZES = frozenset("duo double twin triple quad mini micro junior jr ii iii iv".split())


def accessory_word(view: "View", own: frozenset[str], brand_where: str) -> str:
    """The word that shows an accessory or spare part: it heads the title, or the title says whom it fits."""
    if view.head in _PARTS and view.head not in own:
        return view.head
    said = next((word for word in view.tokens if word in _SAYS_PART and word not in own), "")
    if said:
        return said
    if brand_where == "after_for":
        part = next((word for word in view.tokens[: view.for_at] if word in _PARTS and word not in own), "")
        return part or "for"
    if _FITS.search(view.listing.title) and not own & {"replacement", "part"}:
        return "fits"
    return next((word for word in view.tokens[: view.for_at] if word in _PARTS and word not in own), "") if (
        view.for_at < len(view.tokens)
    ) else ""  # fmt: skip


def media_word(view: "View", own: frozenset[str]) -> str:
    """The word that shows a book, picture, costume or miniature of the thing instead of the thing."""
    miniature = _MINIATURE.search(view.listing.title)
    if miniature and not own & {"miniature", "diecast", "model", "toy", "dollhouse", "doll"}:
        return miniature.group().lower()
    if view.head in _MEDIA and view.head not in own:
        return view.head
    return ""


def other_size(view: "View", known: frozenset[str], matched: tuple[str, ...]) -> str:
    """A word for another size or generation right behind the line's words that the notice does not know."""
    line = frozenset(matched)
    for first, second in zip(view.tokens, view.tokens[1:], strict=False):
        if (first in line and second in _SIZES) or (second in line and first in _SIZES - {"ii", "iii", "iv", "jr"}):
            size = second if second in _SIZES else first
            if size not in known:
                return size
    return ""


def relation_of(found: "Evidence") -> Relation:
    """The relation that the evidence shows, vetoes first."""
    if found.accessory:
        return Relation.ACCESSORY
    if found.media:
        return Relation.MEDIA
    if found.later_year:
        return Relation.LATER_VERSION
    if found.brand_where in ("field", "title", "seller"):
        if found.gtin or found.model or line_agrees(found):
            return Relation.SAME_PRODUCT
        return Relation.OTHER_MODEL if found.kind or found.matched else Relation.UNRELATED
    if found.gtin:
        return Relation.SAME_PRODUCT
    if found.kind and found.share >= SAME_KIND_SHARE and found.specific_words >= 2:
        return Relation.SAME_KIND
    return Relation.UNRELATED


LINE_SHARE = 0.66
FULL_SHARE = 0.82
LINE_WEIGHT = 9.0
LEADING_WEIGHT = 13.0
SAME_KIND_SHARE = 0.8


def line_agrees(found: "Evidence") -> bool:
    """Whether the words that tell the product apart are all there and enough of the others."""
    if found.missing_required or found.collective:
        return False
    if found.brand_leading and (found.weight < LEADING_WEIGHT or found.share < FULL_SHARE):
        return False
    if found.has_required:
        return found.share >= LINE_SHARE and found.weight >= LINE_WEIGHT
    return found.share >= FULL_SHARE and found.weight >= LINE_WEIGHT and found.specific_words >= 2
