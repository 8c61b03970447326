"""Which fields of two listings agree and which contradict, each with both values and the spans that are the same."""

from collections.abc import Container, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from monitor.pictures.likeness import Agreement, agreement
from monitor.relisting.prints import SHINGLE_WORDS, Prints, Version, sentences_of, shingle, shingles_of

TEXT_SHARE = 0.5
"""Of the shorter description's telling shingles, the share that the other one has, too."""
FEWEST_SHINGLES = 6
"""So many telling shingles must agree: ten words in a row."""
COPIED_SHARE = 0.7
COPIED_SHINGLES = 20
"""From both on a description is copied: too much for chance, whatever brand stands in it now."""
TITLE_SHARE = 0.5
SAME_TITLE = 0.9
FEWEST_TITLE_WORDS = 4
SHARED_WORDS = 2
"""So many words in a row, in both titles, name a kind of thing (`air fryer`)."""
PRICE_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class Field:
    """One field that agrees or contradicts: `says` in words, both values, `share` from 0 to 1."""

    name: str
    says: str
    old: str = ""
    new: str = ""
    share: float = 1.0

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "share": round(self.share, 3)}


def best_picture(old: Prints, new: Prints) -> tuple[Agreement, int, int] | None:
    """The closest pair of pictures with their places, None where there is nothing to compare."""
    found = [
        (apart, known, asked)
        for known, one in enumerate(old.pictures)
        for asked, other in enumerate(new.pictures)
        if (apart := agreement(one, other)) is not None
    ]
    return min(found, key=lambda one: one[0].distance, default=None)


def picture_field(old: Prints, new: Prints) -> Field | None:
    """`picture` where two pictures are one, `picture_weak` where they may be."""
    best = best_picture(old, new)
    if best is None or not best[0].strength:
        return None
    apart, known, asked = best
    name = "picture" if apart.strength == "strong" else "picture_weak"
    how = (
        "" if (apart.known_view, apart.asked_view) == ("full", "full") else f" ({apart.known_view}, {apart.asked_view})"
    )
    says = f"a picture is the same: {apart.distance} of 256 bits differ{how}"
    return Field(name, says, f"picture {known + 1}", f"picture {asked + 1}", 1 - apart.distance / 256)


def description_field(old: Prints, new: Prints, common: Container[int]) -> Field | None:
    """Runs of five words that both descriptions have; those that many sellers use say nothing."""
    mine, theirs = _comparable(old, new)
    mine, theirs = ({one for one in side if one not in common} for side in (mine, theirs))
    both = mine & theirs
    if len(both) < FEWEST_SHINGLES:
        return None
    share = len(both) / min(len(mine), len(theirs))
    if share < TEXT_SHARE:
        return None
    copied = share >= COPIED_SHARE and len(both) >= COPIED_SHINGLES
    name = "copied_description" if copied else "description"
    return Field(name, f"{share:.0%} of the description's runs of five words are the same", share=share)


def _comparable(old: Prints, new: Prints) -> tuple[set[int], set[int]]:
    """The shingles over the range that both samples cover."""
    ends = [side.shingles[-1] for side in (old, new) if not side.whole]
    if not ends:
        return set(old.shingles), set(new.shingles)
    end = min(ends)
    return {one for one in old.shingles if one <= end}, {one for one in new.shingles if one <= end}


def title_share(old: Prints, new: Prints) -> float:
    """Likeness of the titles (Dice over runs of three characters)."""
    size = len(old.title_grams) + len(new.title_grams)
    return 2 * len(old.title_grams & new.title_grams) / size if size else 0.0


def shared_run(old: Sequence[str], new: Sequence[str]) -> str:
    """The longest run of two words or more that stands in both titles, empty where there is none."""
    ends: dict[tuple[int, int], int] = {}
    best, length = 0, SHARED_WORDS - 1
    for at, word in enumerate(old):
        for place, other in enumerate(new):
            if word == other:
                ends[at, place] = ends.get((at - 1, place - 1), 0) + 1
                if ends[at, place] > length:
                    best, length = at, ends[at, place]
    return " ".join(old[best - length + 1 : best + 1]) if length >= SHARED_WORDS else ""


def words_field(old: Prints, new: Prints) -> Field | None:
    """Words in a row that both titles have, where the titles are not alike as a whole."""
    run = shared_run(old.title_words, new.title_words)
    if not run or title_share(old, new) >= TITLE_SHARE:
        return None
    return Field("title_words", f"both titles say `{run}`", run, run)


def other_fields(old: Prints, new: Prints) -> list[Field]:
    """Title, model, price and pack, seller: those that agree."""
    found = []
    share = title_share(old, new)
    if share >= TITLE_SHARE:
        long = min(len(old.title_words), len(new.title_words)) >= FEWEST_TITLE_WORDS
        name = "same_title" if share >= SAME_TITLE and long else "title"
        found.append(Field(name, f"the titles are {share:.0%} alike", share=share))
    models = sorted(old.models & new.models)
    if models:
        found.append(Field("model", f"model or GTIN {models[0]} is the same", models[0], models[0]))
    if old.seller and old.seller == new.seller:
        found.append(Field("seller", "the seller's name is the same", old.seller, new.seller))
    if prices_agree(old, new) and not (old.packs and new.packs and not old.packs & new.packs):
        says = f"the price is about the same ({old.price} and {new.price} {new.currency})"
        found.append(Field("price", says, str(old.price), str(new.price)))
    return found


def prices_agree(old: Prints, new: Prints) -> bool:
    """Within a fifth of each other, in one currency."""
    if old.price is None or new.price is None or old.currency != new.currency:
        return False
    return abs(float(old.price - new.price)) <= PRICE_SHARE * float(max(old.price, new.price))


def conflicts(old: Prints, new: Prints) -> list[Field]:
    """What contradicts: another model number, another brand, another pack."""
    found = []
    if old.models and new.models and not old.models & new.models:
        mine, theirs = min(old.models), min(new.models)
        found.append(Field("model", f"model {theirs} instead of {mine}", mine, theirs))
    if old.brand and new.brand and old.brand != new.brand:
        found.append(Field("brand", f"brand {new.brand} instead of {old.brand}", old.brand, new.brand))
    if old.packs and new.packs and not old.packs & new.packs:
        mine, theirs = min(old.packs), min(new.packs)
        found.append(Field("pack", f"{theirs} instead of {mine}", mine, theirs))
    return found


def same_spans(old: Version, new: Version) -> list[str]:
    """The runs of words that stand in both descriptions, as compared, the longest first."""
    mine = shingles_of(old.description)
    runs: list[str] = []
    for said in sentences_of(new.description):
        start = None
        for at in range(len(said) - SHINGLE_WORDS + 2):
            inside = at <= len(said) - SHINGLE_WORDS and shingle(said[at : at + SHINGLE_WORDS]) in mine
            if inside and start is None:
                start = at
            elif not inside and start is not None:
                runs.append(" ".join(said[start : at + SHINGLE_WORDS - 1]))
                start = None
    return sorted(runs, key=len, reverse=True)[:5]
