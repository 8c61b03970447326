"""Text into comparable words; the raw text stays where it was.

Undone are the ways in which one product is written two ways, by habit or to evade a filter: letters of other
scripts that look alike (after Unicode TS 39), digits and signs for letters inside words, letters spaced or dotted
apart, plurals, units and counts. Chinese, Japanese and Korean text is cut into pairs of characters.
"""

import re
import unicodedata
from functools import lru_cache

_LOOKALIKES = str.maketrans(
    {
        **dict(zip("аасеһіјԁӏոорԛгѕтυхузкмнвЬвӀ", "aacehijdlnopqrstuxyzkmhbbbl", strict=False)),
        **dict(zip("αβεηικνορτυχγω", "abenikvoptuxyw", strict=True)),
        **dict(zip("ɑɡıɩʟɴʀʏ", "agiilnry", strict=True)),
        "ø": "o", "đ": "d", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe",
        "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "“": '"', "”": '"', "″": '"', "′": "'",
        "‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "×": "x",
    }
)  # fmt: skip
_CYRILLIC = str.maketrans(dict(zip("асеһіјԁӏорԛгѕтхузкмнвьё", "acehijdlopqrstxyzkmhbbe", strict=True)))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_MARKS = re.compile(r"[®™©]|\((?:r|tm)\)", re.IGNORECASE)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_]([ .\-_*·]))(?:[^\W\d_]\1){2,}[^\W\d_](?![^\W_])")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}(?:[^\W\d_](?![^\W_]))?")
_SIGN_FOR_LETTER = re.compile(
    r"(?<=[a-z\d])[@$!|€](?=[a-z])|(?<=[a-z])[@$|€](?=[\d@$!])|(?<=[a-z])!(?=[\d@$!]*[a-z\d])|(?<![^\s(])[@$€](?=[a-z\d]*[a-z]{2})|(?<=[a-z])[@$€](?![^\W_])"
)
_SIGNS = {"@": "a", "$": "s", "!": "i", "|": "l", "€": "e"}
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_N_IN_ONE = re.compile(r"(?<![\w])(\d{1,3})[\s-]*in[\s-]*1(?![\w])")
_UNITS = (
    (re.compile(r"(\d)[\s-]*(?:inches|inch|\")|(?<=\d)in(?![\w-])(?!\s*1)"), "inch"),
    (re.compile(r"(\d)[\s-]*(?:feet|foot|ft)(?![\w])"), "ft"),
    (re.compile(r"(\d)[\s-]*(?:ounces|ounce|oz)(?![\w])"), "oz"),
    (re.compile(r"(\d)[\s-]*(?:quarts|quart|qts?)(?![\w])"), "qt"),
    (re.compile(r"(\d)[\s-]*(?:volts|volt|v)(?![\w])"), "v"),
    (re.compile(r"(\d)[\s-]*(?:watts|watt|w)(?![\w])"), "w"),
    (re.compile(r"(\d)[\s-]*mah(?![\w])"), "mah"),
    (re.compile(r"(\d)[\s-]*(?:millimeters?|millimetres?|mm)(?![\w])"), "mm"),
    (re.compile(r"(\d)[\s-]*(?:centimeters?|centimetres?|cm)(?![\w])"), "cm"),
    (re.compile(r"(\d)[\s-]*(?:pieces?|pcs?|pc|count|ct|packs?|pk)(?![\w])"), "pcs"),
)
_MEASURED = re.compile(r"\d[\s,-]*(?:[a-z\"]|\d{3})")
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_KEEP_S = ("ss", "us", "is")
_FROM_F = {
    plural: plural[:-3] + end
    for end, plurals in (
        ("f", "scarves shelves wolves halves leaves elves calves hooves loaves thieves"),
        ("fe", "knives"),
    )
    for plural in plurals.split()
}


def fold(text: str) -> str:
    """`text` in lower case with look-alike characters, invisible marks, accents and spaced letters undone."""
    if not text.isascii():
        text = _fold_unicode(text)
    text = text.lower().replace("'", "")
    if "&" in text:
        text = text.replace("&amp;", " and ").replace("&", " and ")
    text = _SPACED.sub(lambda run: re.sub(r"[\W_]", "", run.group()), text)
    text = _DOTTED.sub(lambda run: run.group().replace(".", ""), text)
    return _SIGN_FOR_LETTER.sub(lambda sign: _SIGNS[sign.group()], text)


@lru_cache(maxsize=30_000)
def words(text: str) -> tuple[str, ...]:
    """The comparable words of `text`, in order: singular, leet undone, number and unit as one word."""
    folded = _measures(fold(text))
    if folded.isascii():
        return tuple([word_form(token) for token in _WORD.findall(folded)])
    found: list[str] = []
    for token in _WORD.findall(folded):
        if _CJK.search(token):
            found.extend(_cjk_pieces(token))
        else:
            found.append(word_form(token))
    return tuple(found)


def squash(text: str) -> str:
    """Letters and digits of `text` only, folded: the form in which model numbers are compared."""
    return "".join(_WORD.findall(fold(text)))


def key(text: str) -> str:
    """The words of `text` written together: the form in which brands and lines are compared (`Da Vinci`, `DaVinci`)."""
    return "".join(words(text))


def spans(tokens: tuple[str, ...] | list[str], longest: int = 4) -> dict[str, int]:
    """Every run of up to `longest` neighbouring words written together, with the place of its first word."""
    runs: dict[str, int] = {}
    for start in range(len(tokens)):
        run = ""
        for token in tokens[start : start + longest]:
            run += token
            runs.setdefault(run, start)
    return runs


@lru_cache(maxsize=200_000)
def word_form(token: str) -> str:
    """One folded token as it is compared: digits that stand for letters undone, plural taken off."""
    return _singular(_unleet(token))


def _fold_unicode(text: str) -> str:
    text = unicodedata.normalize("NFKC", _MARKS.sub(" ", _INVISIBLE.sub("", text))).casefold()
    if any("\u0370" <= char <= "\u052f" for char in text):
        text = text.translate(_CYRILLIC)
    text = text.translate(_LOOKALIKES)
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not "\u0300" <= char <= "\u036f"))


def _measures(text: str) -> str:
    if not _MEASURED.search(text):
        return text
    text = _THOUSANDS.sub("", text)
    text = _N_IN_ONE.sub(r"\1in1", text)
    for pattern, unit in _UNITS:
        text = pattern.sub(lambda found, unit=unit: f"{found.group(1) or ''}{unit} ", text)  # type: ignore[misc]
    return text


def _unleet(token: str) -> str:
    """Digits between letters are letters where each stands alone and letters are in the majority (`h0v3rboard`)."""
    if token.isalpha() or token.isdigit() or len(token) < 4:
        return token
    letters = sum(char.isalpha() for char in token)
    inside = token[1:-1]
    if letters < 3 or letters < 1.4 * (len(token) - letters) or re.search(r"\d\d", token) or not token[0].isalpha():
        return token
    if not any(char in _DIGITS for char in inside):
        return token
    return "".join(_DIGITS.get(char, char) for char in token)


def _singular(token: str) -> str:
    if len(token) <= 3 or token[-1] != "s" or token.endswith(_KEEP_S) or any(char.isdigit() for char in token):
        return token
    if token in _FROM_F:
        return _FROM_F[token]
    if token.endswith("ies") and len(token) > 4:
        return token[:-3] + "y"
    if token.endswith(("sses", "shes", "ches", "xes", "zzes")):
        return token[:-2]
    return token[:-1]


def _cjk_pieces(token: str) -> list[str]:
    pieces: list[str] = []
    place = 0
    for run in _CJK.finditer(token):
        if run.start() > place:
            pieces.append(word_form(token[place : run.start()]))
        signs = run.group()
        pieces.extend(signs[at : at + 2] for at in range(max(1, len(signs) - 1)))
        place = run.end()
    if place < len(token):
        pieces.append(word_form(token[place:]))
    return pieces
