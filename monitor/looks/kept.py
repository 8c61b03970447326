"""A fold laid down as text and taken up again: JSON without names, written and read for every look of a run.

Nothing of it is a fact: it is derived from the looks like the episodes, and made again by `rebuild`.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from crawler.marketplaces.states import State
from monitor.looks.entities import Product, Scan
from monitor.looks.facts import Fingerprint, LookFact
from monitor.looks.fold import Fold, Spell
from monitor.looks.series import Seen, Series

_STATES = {str(state): state for state in State}
_COMPACT = (",", ":")


def lay_down(fold: Fold) -> str:
    """The fold as text. Episodes that are over are not in it: they are written down already."""
    place = None if fold.seen_to is None else [fold.seen_to[0].isoformat(), *fold.seen_to[1:]]
    spell = None if fold.spell is None else _spell_down(fold.spell)
    return json.dumps([fold.entity, place, _scan_down(fold.scan), spell], ensure_ascii=False, separators=_COMPACT)


def take_up(text: str) -> Fold:
    """The fold that `lay_down` wrote."""
    entity, place, scan, spell = json.loads(text)
    order = None if place is None else (_at(place[0]), place[1], _STATES[place[2]], place[3], place[4])
    return Fold(entity, _scan_up(scan), None if spell is None else _spell_up(spell), order)


def page_down(page: Fingerprint) -> list[Any]:
    return [sorted(page.title), sorted(page.images), page.seller]


def page_up(kept: Sequence[Any]) -> Fingerprint:
    return Fingerprint(frozenset(kept[0]), frozenset(kept[1]), kept[2])


def _scan_down(scan: Scan) -> list[Any]:
    renamed_at = None if scan.renamed_at is None else scan.renamed_at.isoformat()
    if not scan.tail:
        return [_product_down(scan.product), renamed_at]
    shown = [[run_id, at.isoformat()] for run_id, at in scan.shown]
    tail = [_look_down(look) for look in scan.tail]
    return [_product_down(scan.product), renamed_at, _product_down(scan.other), shown, tail]


def _scan_up(kept: list[Any]) -> Scan:
    product, renamed_at = _product_up(kept[0]), None if kept[1] is None else _at(kept[1])
    if len(kept) == 2:
        return Scan(product, renamed_at=renamed_at)
    shown = [(run_id, _at(at)) for run_id, at in kept[3]]
    return Scan(product, _product_up(kept[2]), shown, [_look_up(look) for look in kept[4]], renamed_at)


def _product_down(product: Product) -> list[Any]:
    titles = sorted(sorted(title) for title in product.titles)
    return [titles, sorted(product.images), sorted(product.sellers)]


def _product_up(kept: list[Any]) -> Product:
    return Product({frozenset(title) for title in kept[0]}, set(kept[1]), set(kept[2]))


def _look_down(look: LookFact) -> list[Any]:
    read_by, page = look.read_by.isoformat(), None if look.page is None else page_down(look.page)
    at = look.looked_at.isoformat()
    return [look.look_id, look.run_id, at, look.state, read_by, look.quarantined, look.controls_passed, page]


def _look_up(kept: list[Any]) -> LookFact:
    look_id, run_id, at, state, read_by, quarantined, passed, page = kept
    shown = None if page is None else page_up(page)
    return LookFact(look_id, run_id, _at(at), _STATES[state], _at(read_by), quarantined, passed, shown)


def _spell_down(spell: Spell) -> list[Any]:
    absent = spell.absent_since
    return [
        *(spell.entity, spell.ordinal, spell.spell),
        *(at.isoformat() for at in (spell.first_on_at, spell.last_on_at, spell.last_up_at, spell.last_at)),
        *(spell.last_on_number, spell.looks),
        None if absent is None else [absent[0].isoformat(), absent[1]],
        spell.other_end,
        *(_seen_down(some) for some in (spell.off.looks, spell.down.looks, spell.confirmed, spell.taken_down)),
        spell.platform_said,
    ]


def _spell_up(kept: list[Any]) -> Spell:
    entity, ordinal, number, first_on, last_on, last_up, last, last_on_number, looks, absent, *rest = kept
    other_end, off, down, confirmed, taken_down, platform_said = rest
    return Spell(
        entity,
        ordinal,
        number,
        _at(first_on),
        _at(last_on),
        _at(last_up),
        _at(last),
        last_on_number,
        looks,
        None if absent is None else (_at(absent[0]), _STATES[absent[1]]),
        other_end,
        Series(_seen_up(off)),
        Series(_seen_up(down)),
        _seen_up(confirmed),
        _seen_up(taken_down),
        platform_said,
    )


def _seen_down(some: Sequence[Seen]) -> list[Any]:
    return [
        [one.number, one.looked_at.isoformat(), one.read_by.isoformat(), one.state, one.run_id, one.clear, one.times]
        for one in some
    ]


def _seen_up(kept: list[Any]) -> list[Seen]:
    return [
        Seen(number, _at(looked_at), _at(read_by), _STATES[state], run_id, clear, times)
        for number, looked_at, read_by, state, run_id, clear, times in kept
    ]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
