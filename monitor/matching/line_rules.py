"""When a title names a line of the notice: each rule is one way in which sellers write a product's name."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.matching.evidence import Evidence

_SAME_KIND_WORDS = 3
_LINE_SHARE = 0.66
_RUN_SHARE = 0.4
_RUN = 4
_ALL_BUT_ONE_SHARE = 0.75
_ALL_BUT_ONE_OF_MANY_SHARE = 0.7
_SOFT_SHARE = 0.75
_FULL_SHARE = 0.82
_TAIL_LEFT_OUT = 0.12
_LINE_WEIGHT = 7.0
_SOFT_WEIGHT = 9.0
_LEADING_WEIGHT = 10.5
_WHOLE = 0.999
_SUB_BRAND_SHARE = 0.6
_WHOLE_RUN = 3
_PROSE_WORDS = 2
_KIND_WEIGHT = 3.9
_KIND_SHARE = 0.75
_PROPER_WEIGHT = 12.0
_PAIR_WEIGHT = 3.5
_COLLECTIVE_WEIGHT = 12.5
_NAME_ALONE_WEIGHT = 14.0


def _collective_agrees(found: "Evidence") -> bool:
    """A name that ends in a collective needs words that tell it apart, rare ones or several common ones, and all.

    Sellers leave the collective out (`toy`, `kit`): where several rare words agree, they do without.
    """
    if not found.telling or (found.partial and not found.proper_weight):
        return False
    if found.missing_required:
        many = len(found.missing_required) == 1 and found.telling >= _RUN
        return many and not found.soft and bool(found.kind) and found.words_share >= _FULL_SHARE
    if found.kind and found.words_share >= _FULL_SHARE:
        return not found.soft or found.weight >= _COLLECTIVE_WEIGHT
    if found.soft or found.foreign_kind or found.brand_leading:
        return False
    specific = _SAME_KIND_WORDS if found.brand_of_many else 2
    several = found.telling >= 2 or found.specific_words >= specific
    told = min(found.share, found.words_share + _TAIL_LEFT_OUT) >= _FULL_SHARE or found.proper_weight >= _PROPER_WEIGHT
    return several and told and found.weight >= _COLLECTIVE_WEIGHT


def _sub_brand_agrees(found: "Evidence") -> bool:
    """Whether the goods go by a name of their own, no firm's, and it stands there with the kind (`Runt` bicycles)."""
    named = bool(found.sub_brands & found.unit_brands) and (found.two_brands or not found.collective)
    whole = not found.missing_required and found.words_share >= _SUB_BRAND_SHARE
    return named and whole and bool(found.kind) and not found.partial


def _headline_agrees(found: "Evidence") -> bool:
    """Whether the invented word that headline and name have for the product stands beside the brand, no kind against
    it: sellers leave out what everybody knows (`Infantino SlingRider`)."""
    whole = found.headlined and found.proper_weight >= _LINE_WEIGHT and not found.missing_required and not found.soft
    narrow = not (found.brand_of_many or found.collective)
    return (
        whole
        and narrow
        and found.strange_words <= 1
        and not (found.foreign_kind or found.brand_leading or found.partial)
    )


def _invented_agrees(found: "Evidence") -> bool:
    """Whether brand, kind and the line's invented words agree where sellers left out what only describes it
    (`Britax Blink stroller` for `Blink umbrella strollers`)."""
    told = found.proper_weight >= _LINE_WEIGHT and not (found.invented_missing or found.collective or found.soft)
    return told and bool(found.kind) and found.strange_words <= 1 and not (found.brand_leading or found.partial)


def _same_words(found: "Evidence") -> bool:
    """Whether the title says the whole name, common as its words are, and nothing else."""
    whole = bool(found.kind) and found.words_share >= _WHOLE and found.run >= 2 and not found.missing_required
    return whole and not (found.strange_words or found.brand_leading or found.partial or found.collective)


def _prose_agrees(found: "Evidence") -> bool:
    """Whether brand and kind agree and the notice's prose holds what else the title says."""
    named = found.unit_brands <= found.brands and not (found.brand_of_many or found.partial or found.brand_leading)
    whole = bool(found.kind) and not found.telling and found.words_share >= _KIND_SHARE
    return named and whole and found.prose_words >= _PROSE_WORDS


def _run_agrees(found: "Evidence") -> bool:
    """Whether a name of common words stands there word for word beside a brand that little else goes by."""
    whole = found.run >= _WHOLE_RUN and found.words_share >= _WHOLE and not found.missing_required
    branded = found.unit_brands <= found.brands and not (found.brand_of_many or found.partial or found.brand_leading)
    return whole and branded and found.weight + found.tail_weight >= _SOFT_WEIGHT


def name_alone_agrees(found: "Evidence") -> bool:
    """Whether a long and rare name stands there word for word, so that it is as good as a brand with its line."""
    if found.brand_where or found.missing_required or found.soft or found.partial or not found.telling:
        return False
    invented = found.proper_weight >= _NAME_ALONE_WEIGHT and not found.foreign_kind
    full = (
        found.words_share >= _FULL_SHARE
        and found.run >= _RUN
        and ((found.kind_words >= _RUN and found.specific_words >= _SAME_KIND_WORDS) or invented)
    )
    return bool(found.kind) and full and found.weight >= _NAME_ALONE_WEIGHT


def described_agrees(found: "Evidence") -> bool:
    """Whether a name from the notice's prose stands in the title, with the same kind of thing."""
    if not found.described or found.brand_leading:
        return False
    if found.collective:
        return bool(found.kind) and found.words_share >= _WHOLE and not found.brand_of_many
    return bool(found.kind)


def line_agrees(found: "Evidence") -> bool:
    """Whether the words that tell the product apart are there and enough of the others, the kind included."""
    others_product = found.unit_brands and not found.unit_brands & found.brands
    if others_product and not (found.kind and found.proper_weight >= _LINE_WEIGHT):
        return False
    if described_agrees(found):
        return True
    if found.brand_leading and (found.weight < _LEADING_WEIGHT or found.words_share < _FULL_SHARE):
        return False
    if any(agrees(found) for agrees in _WITH_BRAND):
        return True
    if found.collective:
        return _collective_agrees(found)
    if not found.telling:
        named = found.kind and found.unit_brands <= found.brands and not found.partial
        heavy = found.head_weight >= (_PAIR_WEIGHT if found.kind_pair else _KIND_WEIGHT)
        return bool(named) and heavy and not found.brand_of_many and found.words_share >= _KIND_SHARE
    if found.soft:
        complete = not found.missing_required and found.kind and found.weight + found.tail_weight >= _SOFT_WEIGHT
        return bool(complete) and found.words_share >= _SOFT_SHARE
    if found.missing_required:
        nearly = (
            len(found.missing_required) == 1
            and found.missing_required[0].isalpha()
            and found.telling >= 2
            and found.specific_words >= 4
        )
        least = _ALL_BUT_ONE_SHARE if found.telling < _RUN else _ALL_BUT_ONE_OF_MANY_SHARE
        return nearly and bool(found.kind) and found.words_share >= least
    enough = found.share >= _LINE_SHARE or (found.run >= _RUN and found.share >= _RUN_SHARE)
    sure = found.kind or found.run >= _RUN or found.proper_weight >= _PROPER_WEIGHT
    return enough and bool(sure) and found.weight >= _LINE_WEIGHT


_WITH_BRAND = (_sub_brand_agrees, _headline_agrees, _invented_agrees, _same_words, _prose_agrees, _run_agrees)
