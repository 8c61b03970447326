"""What the listing is to the recalled product, read from the head of its title: a part, a picture of it, a later
version. A word vetoes only where the recalled product's own name does not hold it (recalls of parts)."""

import re
from typing import TYPE_CHECKING

from monitor.matching.line_rules import line_agrees, name_alone_agrees
from monitor.matching.normalise import words
from monitor.matching.records import Relation

if TYPE_CHECKING:
    from monitor.matching.evidence import Evidence
    from monitor.matching.view import View

_PARTS = frozenset(
    "accessory adapter adaptor attachment axle bag basket bearing belt blade bolt bracket brake bulb bumper "
    "bushing cable canopy cap carburetor case clamp clip collar console cord cover cup cupholder decal "
    "drawer filter footmuff gasket grate handle harness hinge hook hose holder hub ignitor igniter insert kit "
    "knob label lanyard latch leg lid liner manual mat mattress motor mount net nozzle organizer organiser pad "
    "part pedal pillow pin plate pouch protector pump rack remote screw sheet shield skin sleeve spacer spring "
    "stand strap switch tire topper tray tube tyre valve wheel window wire wrap extension cushion sticker "
    "hardware headrest seatpad umbrella parasol cape hammock assembly board pcb electrode bowl post guard graphic "
    "hitch coupler relay sensor thermostat transformer spindle gear caliper lever mirror seal element lid".split()
)
_OWN_FEATURES = frozenset(
    "basket bowl brake bulb case console cord cover cup cupholder drawer extension guard handle hose insert kit label"
    " leg lid mat net organizer organiser pad pillow pump rack remote screen stand switch tire tray tube tyre umbrella"
    " wheel window wire blade".split()
)
"""Parts that sellers also name as what the whole thing has."""

_BEHIND = _PARTS - _OWN_FEATURES
_BEFORE_FOR = (
    _PARTS
    | {"battery", "charger", "headlight", "seatbelt", "crank", "toolkit"}
    | frozenset("exhaust pipe muffler clutch piston sprocket windshield fender handlebar grip starter radiator".split())
)
_SAYS_PART = frozenset("replacement spare replace replacing aftermarket refill oem".split())
_FITS = re.compile(
    r"\b(?:compatible with|fits|replaces?|replacement (?:for|of)|spare parts?|parts only)\b", re.IGNORECASE
)
_MEDIA = frozenset(
    "book dvd poster print manual sticker costume shirt tshirt tee mug keychain ornament calendar postcard photo "
    "figurine diecast brochure catalog catalogue magazine pattern guide paperback hardcover coloring colouring "
    "wallpaper instruction vhs bluray audiobook ebook minifigure papercraft painting artwork patch".split()
)
_MINIATURE = re.compile(
    r"\b1\s?[:/]\s?\d{2,3}\b|\bscale model|\bdie-?cast\b|\bminiature\b|\bdolls?'? ?house\b", re.IGNORECASE
)
_WANTED = re.compile(
    r"^\W*(?:wanted|wtb|iso|looking for|in search of|want to buy|searching for)\b|\bwanted\b\W*$", re.IGNORECASE
)
_MEDIA_RUNS = frozenset(
    "instructionaldvd instructiondvd instructionbooklet"
    " instructionmanual ownermanual ownersmanual usermanual usersmanual userguide"
    " instructionbook servicemanual partmanual assemblyinstruction instructionsheet stickersheet coloringbook"
    " colouringbook printad advertisingprint magazinead vintagead originalad halloweencostume papermanual"
    " manualonly manualguide salesbrochure partdiagram".split()
)
_LAST_MEDIA = _MEDIA - {"print", "guide", "pattern", "patch", "book", "mug", "tee", "photo", "calendar"} | {"booklet"}
_YOUNG = frozenset("infant baby toddler children child kid boy girl youth junior newborn childrens".split())
_GROWN = frozenset("men women adult man woman mens womens lady gentlemen".split())
_BED_SIZES = frozenset({"twin", "double"})
_BEDS = frozenset("bed mattress futon daybed headboard bedding blanket".split())
_SIZES = frozenset("duo double twin triple quad mini micro junior jr ii iii iv".split())


def accessory_word(view: "View", own: frozenset[str], brand_where: str, brands: frozenset[str]) -> str:
    """The word that shows an accessory or spare part: it heads the title, or the title says whom it fits."""
    if view.head in _PARTS and view.head not in own and not _counted(view.first_part, len(view.first_part) - 1):
        return view.head
    said = next((word for word in view.tokens if word in _SAYS_PART and word not in own), "")
    if said:
        return said
    if brand_where == "after_for":
        return _part_before_for(view, own) or "for"
    behind = _part_behind_kind(view, own) or _part_before_brand(view, own, brands)
    if behind:
        return behind
    fits = _FITS.search(view.listing.title)
    if fits and not own & {"replacement", "part"}:
        before = words(view.listing.title[: fits.start()])
        named_first = brand_where == "title" and sum(word in own for word in before) >= 2
        if not named_first or any(word in _BEFORE_FOR and word not in own for word in before):
            return "fits"
    return _part_before_for(view, own) if view.for_at < len(view.tokens) else ""


def _part_behind_kind(view: "View", own: frozenset[str]) -> str:
    """A part named in the title's first part behind the product's own kind or name (`range burner electrode`)."""
    places = [at for at, word in enumerate(view.first_part) if word in own]
    for at in range(places[-1] + 1 if places else len(view.first_part), len(view.first_part)):
        word = view.first_part[at]
        if word in _BEHIND and word not in own and not _counted(view.first_part, at):
            return word
    return ""


def _part_before_brand(view: "View", own: frozenset[str], brands: frozenset[str]) -> str:
    """A part that the title begins with, the brand behind it and no word of the product before (`Clutch kit Honda`)."""
    places = [view.spans[brand] for brand in brands if brand in view.spans]
    before = view.tokens[view.starts : min(places, default=0)]
    if not before or before[-1] == "by" or any(word in own for word in before):
        return ""
    return next((word for word in before if word in _BEFORE_FOR), "")


def _counted(tokens: tuple[str, ...], at: int) -> bool:
    """Whether a number stands before the word: `11 cup` and `8 trays` are measures of the thing."""
    return at > 0 and tokens[at - 1].isdigit()


def _part_before_for(view: "View", own: frozenset[str]) -> str:
    return next((word for word in view.tokens[: view.for_at] if word in _BEFORE_FOR and word not in own), "")


def media_word(view: "View", own: frozenset[str]) -> str:
    """The word that shows a book, picture, costume or miniature of the thing instead of the thing."""
    miniature = _MINIATURE.search(view.listing.title)
    if miniature and not own & {"miniature", "diecast", "model", "toy", "dollhouse", "doll"}:
        return miniature.group().lower()
    wanted = _WANTED.search(view.listing.title)
    if wanted:
        return wanted.group().lower()
    if view.head in _MEDIA and view.head not in own:
        return view.head
    phrase = next((run for run in sorted(_MEDIA_RUNS & view.spans.keys()) if not _MEDIA & own), "")
    last = view.tokens[-1] if view.tokens else ""
    return phrase or (last if last in _LAST_MEDIA and last not in own else "")


def other_size(view: "View", known: frozenset[str], own: frozenset[str]) -> str:
    """A word for another size or generation right behind the line's words that the notice does not know."""
    for first, second in zip(view.tokens, view.tokens[1:], strict=False):
        if (first in own and second in _SIZES) or (second in own and first in _SIZES - {"ii", "iii", "iv", "jr"}):
            size = second if second in _SIZES else first
            if size not in known and not (size in _BED_SIZES and own & _BEDS):
                return size
    return ""


def audience_conflict(view: "View", own: frozenset[str]) -> str:
    """The word that says the listing is for grown-ups where the product is for children."""
    if not own & _YOUNG or own & _GROWN:
        return ""
    if any(word in _YOUNG for word in view.tokens):
        return ""
    return next((word for word in view.tokens if word in _GROWN), "")


_SAME_KIND_SHARE = 0.8
_SAME_KIND_WORDS = 3


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
    if found.gtin or name_alone_agrees(found):
        return Relation.SAME_PRODUCT
    if found.kind and found.words_share >= _SAME_KIND_SHARE and found.kind_words >= _SAME_KIND_WORDS:
        return Relation.SAME_KIND
    return Relation.UNRELATED
