"""The brands of a notice: no field of its own, so read from headline, firms, and the heads of product names."""

import re
from dataclasses import dataclass, replace

from crawler.feeds.notice import Notice
from monitor.matching.names import firm_names, named_brands, recallers
from monitor.matching.normalise import key, spans, words
from monitor.matching.vocabulary import Vocabulary

_FIRST_NAME = re.compile(r"(?:\d[\w.\"”'-]*\s+)?(?P<word>(?:[A-Z]-(?=[A-Z]))?[A-Z][^\s,\"“”-]+)")
_SENTENCE_END = re.compile(r"\w{4,}[.;:]\s")
_DERIVED = re.compile(r"\w{4}(?:ing|ed|al|ment|ion|able|ive|ous|ship|ness|ity)$")
"""Endings of ordinary English words (`engineering`): as a brand such a word counts where a title names its maker."""

_SHOPKEEPERS = frozenset({"retailer"})
_SHOP_NAMES = (
    "Amazon,Amazon.com,Walmart,Walmart.com,Wal-Mart,Target,Kmart,Sears,Costco,eBay,ebay.com,Temu,temu.com,Shein,AliExpress"
    ",Home Depot,Lowe's,Toys R Us,Babies R Us,Ace Hardware,Do it Best,True Serv,Sam's Club,Best Buy,Macy's,Kohl's"
    ",TJ Maxx,Marshalls,Wayfair,Etsy,Ross Stores,Dollar Tree,Family Dollar,Big Lots"
    ",Office Depot,JC Penney,Dollar General,Harbor Freight"
).split(",")
_SHOPS = frozenset(map(key, _SHOP_NAMES))
SHOPS_BY_SEVERAL_WORDS = frozenset(key(name) for name in _SHOP_NAMES if " " in name)
"""Shops that sell everybody's goods: where such a name stands in a product's name it tells no product apart."""

_PLACES = frozenset(
    "shenzhen guangzhou guangdong dongguan zhejiang ningbo yiwu yongkang hangzhou xiamen fujian jiangsu foshan shanghai"
    " beijing tianjin qingdao jinhua taizhou wenzhou huizhou zhongshan hunan hubei hebei henan anhui sichuan chongqing"
    " taiwan hongkong california texas florida pacific atlantic".split()
)


@dataclass(frozen=True, slots=True)
class Brand:
    """A name that the goods may carry. `weak` names are also plain words: they count at the head of a title only.

    `leading` ones are no known firm, only the first word of a product's name. `sub` ones stand in a product's name and
    are not who recalls it: a line of goods rather than all that a firm makes.
    """

    key: str
    text: str
    weak: bool
    leading: bool = False
    sub: bool = False


def brands_of(notice: Notice, title: str, names: list[str], vocab: Vocabulary, thing: str = "") -> tuple[Brand, ...]:
    """The brands that a notice's goods may carry: stated ones, those of headline and firms, then leading names.

    `thing` is what the headline says is recalled: it often begins with a brand that the product's name leaves out.
    """
    firms = [name for firm in notice.firms if firm.role not in _SHOPKEEPERS for name in firm_names(firm.name)]
    stated = [
        i.value for i in notice.identifiers if i.kind == "brand" and i.valid and not _SENTENCE_END.search(i.value)
    ]
    found: dict[str, Brand] = {}
    heard = recallers(title)
    for text in [*stated, *heard, *named_brands(f"{title}; {'; '.join(names)}"), *firms]:
        for form in _forms(text, names, vocab):
            _add(found, form, vocab)
        parts = words(text)
        if len(parts) > 1 and _is_coined(parts[0], vocab):
            _add(found, re.split(r"[\s&,-]+", text)[0], vocab, weak=True)
    named = frozenset(word for name in names for word in words(name))
    for name in [*names, *([thing] if thing else [])]:
        leading = _leading_name(name, frozenset(found), vocab)
        if name is not thing or not named or not named.issuperset(words(leading)):
            _add(found, leading, vocab, leading=True)
    runs = frozenset(run for name in names for run in spans(words(name)))
    who = "".join(map(key, heard))
    return tuple(
        replace(brand, sub=bool(who) and not brand.leading and brand.key in runs and brand.key not in who)
        for brand in found.values()
    )


def _add(found: dict[str, Brand], text: str, vocab: Vocabulary, leading: bool = False, weak: bool = False) -> None:
    brand = key(text)
    parts = words(text)
    if len(brand) < 2 or brand in found or brand.isdigit() or (len(parts) == 1 and vocab.is_kind(parts[0])):
        return
    if all(vocab.weight(part) < 4.2 for part in parts):
        return
    plain = len(parts) == 1 and (
        vocab.count(parts[0]) >= 4 or vocab.is_ordinary(parts[0]) or bool(_DERIVED.search(parts[0]))
    )
    weak = weak or plain or brand in _SHOPS or len(brand) <= 3
    found[brand] = Brand(brand, text, weak, leading)


def _forms(text: str, names: list[str], vocab: Vocabulary) -> list[str]:
    """The whole name, and its first words where product names begin with them (`Acme` of `Acme Bicycle Components`),
    or what stands before a kind of thing, where it is invented (`Brightmoor` of `Brightmoor Lamps`)."""
    forms = [text]
    parts = words(text)
    for name in names:
        head = words(name)
        shared = 0
        while shared < min(len(parts), len(head)) and parts[shared] == head[shared]:
            shared += 1
        if 0 < shared < len(parts) and any(vocab.is_rare(part) for part in parts[:shared]):
            forms.append(" ".join(re.split(r"[\s&-]+", text)[:shared]))
    invented = len(parts) == 2 and len(parts[0]) > 4 and not vocab.is_ordinary(parts[0]) and vocab.count(parts[0]) < 4
    if invented and (vocab.is_ordinary(parts[1]) or vocab.is_kind(parts[1])):
        forms.append(re.split(r"[\s&-]+", text)[0])
    if len(parts) > 2 and vocab.is_kind(parts[-1]) and not all(map(vocab.is_ordinary, parts[:-1])):
        forms.append(text.rsplit(maxsplit=1)[0])
    return forms


def _is_coined(word: str, vocab: Vocabulary) -> bool:
    """Whether a firm's first word alone can be a brand: no word of prose, no place that firms begin with."""
    return (
        len(word) >= 5
        and word.isalpha()
        and not vocab.count(word)
        and not vocab.is_ordinary(word)
        and word not in _PLACES
    )


def _leading_name(name: str, known: frozenset[str], vocab: Vocabulary) -> str:
    """The capitalised, uncommon word at the head of a product's name, where no known firm stands there."""
    first = _FIRST_NAME.match(name)
    word = key(first["word"]) if first else ""
    if first is None or not word or vocab.is_ordinary(word) or vocab.count(word) >= 4:
        return ""
    if any(char.isdigit() for char in first["word"]) or any(key(name).startswith(brand) for brand in known):
        return ""
    return first["word"]
