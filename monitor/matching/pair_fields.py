"""How the numbers, model numbers, brands, prices, attributes and spellings of two product rows agree."""

from collections.abc import Set as AbstractSet
from math import log

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, Prefix

from monitor.matching.pairs import Item

_MISSING = -1.0
_SHORTEST_STATED = 3
_LONGEST_VERSION = 2


def compare_fields(left: Item, right: Item) -> dict[str, float]:
    """The named features of one pair; -1 where a side is silent."""
    return {
        **_numbers(left, right),
        **_models(left, right),
        **_stated_models(left, right),
        **_brands(left, right),
        **_prices(left, right),
        **_attributes(left, right),
        **_spelling(left, right),
    }


def _numbers(left: Item, right: Item) -> dict[str, float]:
    only_left, only_right = left.numbers - right.all_numbers, right.numbers - left.all_numbers
    return {
        "numbers_shared": float(len(left.numbers & right.numbers)),
        "numbers_left": float(len(only_left)),
        "numbers_right": float(len(only_right)),
        "numbers_conflict": float(bool(only_left and only_right)),
        "numbers_missing": float(not left.numbers) + 2.0 * (not right.numbers),
        "years": _agreement(_years(left.numbers), _years(right.numbers)),
        "versions": _agreement(_versions(left.numbers), _versions(right.numbers)),
    }


def _years(numbers: AbstractSet[str]) -> set[str]:
    return {number for number in numbers if len(number) == 4 and number[:2] in ("19", "20")}


def _versions(numbers: AbstractSet[str]) -> set[str]:
    return {number for number in numbers if len(number.split(".")[0]) <= _LONGEST_VERSION}


def _agreement(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """1 where both name a common one, -1 where both name others, 0 where one is silent."""
    return 0.0 if not (one and other) else 1.0 if one & other else -1.0


def _models(left: Item, right: Item) -> dict[str, float]:
    shared = left.models & right.models
    both = [(one, other) for one in left.models for other in right.models]
    return {
        "models_shared": float(len(shared)),
        "models_conflict": float(bool(both) and not shared),
        "model_written_in_left": _any_in(right.models, left.joined),
        "model_written_in_right": _any_in(left.models, right.joined),
        "model_likeness": max((JaroWinkler.similarity(*pair) for pair in both), default=_MISSING),
        "model_prefix": max((Prefix.normalized_similarity(*pair) for pair in both), default=_MISSING),
    }


def _any_in(models: AbstractSet[str], text: str) -> float:
    return float(any(model in text for model in models)) if models else _MISSING


def _stated_models(left: Item, right: Item) -> dict[str, float]:
    """Model numbers that stand in columns of their own."""
    one, other = left.stated_model, right.stated_model
    stated = 0.0
    if one and other:
        stated = 1.0 if one == other else 0.5 if one in other or other in one else -1.0
    return {
        "stated_models": stated,
        "stated_model_likeness": JaroWinkler.similarity(one, other) if one and other else _MISSING,
        "stated_left_is_written": float(one in right.joined) if len(one) >= _SHORTEST_STATED else _MISSING,
        "stated_right_is_written": float(other in left.joined) if len(other) >= _SHORTEST_STATED else _MISSING,
    }


def _brands(left: Item, right: Item) -> dict[str, float]:
    one, other = "".join(left.brand_tokens), "".join(right.brand_tokens)
    return {
        "brand_likeness": JaroWinkler.similarity(one, other) if one and other else _MISSING,
        "brand_agrees": float(bool(one) and one == other),
        "brand_of_left_is_named": _named(left, right),
        "brand_of_right_is_named": _named(right, left),
        "first_words_agree": float(left.tokens[:1] == right.tokens[:1]),
        "first_words_named": float(sum(word in right.all_tokens for word in left.tokens[:1]))
        + float(sum(word in left.all_tokens for word in right.tokens[:1])),
    }


def _named(own: Item, other: Item) -> float:
    brand = set(own.brand_tokens)
    return len(brand & other.all_tokens) / len(brand) if brand else _MISSING


def _prices(left: Item, right: Item) -> dict[str, float]:
    ratio = log(left.price / right.price) if left.price and right.price else None
    return {
        "price_ratio": ratio or 0.0,
        "price_gap": _MISSING if ratio is None else abs(ratio),
        "price_left": log(left.price) if left.price else _MISSING,
        "prices_missing": float(not left.price) + 2.0 * (not right.price),
    }


def _attributes(left: Item, right: Item) -> dict[str, float]:
    """Named attributes that both sides state (material, sleeve length): how many, and which share is the same."""
    stated = left.attributes.keys() & right.attributes.keys()
    same = sum(left.attributes[name] == right.attributes[name] for name in stated)
    return {
        "attributes_same": float(same),
        "attributes_other": float(len(stated) - same),
        "attributes_share": same / len(stated) if stated else _MISSING,
        "attributes_stated": len(stated) / max(1, min(len(left.attributes), len(right.attributes))),
    }


def _spelling(left: Item, right: Item) -> dict[str, float]:
    one, other = " ".join(left.tokens), " ".join(right.tokens)
    return {
        "token_set": fuzz.token_set_ratio(one, other),
        "token_sort": fuzz.token_sort_ratio(one, other),
        "ratio": fuzz.ratio(one, other),
        "partial_ratio": fuzz.partial_ratio(one, other),
        "joined_partial_ratio": fuzz.partial_ratio(left.joined_name, right.joined_name),
        "spelling": JaroWinkler.similarity(one, other),
        "length_left": float(len(left.token_set)),
        "length_right": float(len(right.token_set)),
        "length_ratio": len(left.token_set) / max(1, len(right.token_set)),
    }
