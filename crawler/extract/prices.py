"""Prices as pages print them. Decimals throughout; a thing that is no price is None, never zero."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple

from price_parser import Price

Separator = Literal[".", ",", ""]

_AMOUNT = re.compile(r"\d[\d.,'\u00a0\u202f \u2019]*\d|\d")
_PLAIN = re.compile(r"^\d+(\.\d+)?$")
_THOUSANDS = re.compile(r"^\d{1,3}(?:[.,]\d{3})+$")
_COMMAS = re.compile(r"^[1-9]\d{0,2}(?:,\d{3})+$")
_CENTS = re.compile(r" ([.,]) (?=\d\d$)")
"""Cents in an element of their own: `44 , 23`."""
_MOST = Decimal("1e12")
_SIGNS: tuple[tuple[str, str], ...] = (
    ("US $", "USD"), ("US$", "USD"), ("C $", "CAD"), ("C$", "CAD"), ("CA$", "CAD"), ("AU $", "AUD"), ("A$", "AUD"),
    ("R$", "BRL"), ("HK$", "HKD"), ("S$", "SGD"), ("MX$", "MXN"), ("NT$", "TWD"), ("€", "EUR"), ("£", "GBP"),
    ("₹", "INR"), ("₽", "RUB"), ("руб", "RUB"), ("₱", "PHP"), ("₩", "KRW"), ("₫", "VND"), ("฿", "THB"), ("zł", "PLN"),
    ("円", "JPY"), ("元", "CNY"),
)  # fmt: skip
CODES = frozenset(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD "
    "LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK "
    "PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SLE SOS SRD SYP SZL THB TJS TMT TND TOP TRY "
    "TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW".split()
)
_WHOLE = frozenset("CLP COP HUF IDR ISK JPY KRW PYG UGX VND XAF XOF".split())
"""Currencies that are printed without a fraction: three digits behind a separator are thousands."""
_MONEY = r"(?:[A-Z]{0,3} ?[$€£¥₹₱] ?|[A-Z]{3} )?\d[\d.,]*(?: ?(?:[€£¥]|[A-Z]{3}\b))?"
_SHIPPING = r"(?:shipping|delivery|postage|p&p|versand|lieferung|livraison|spedizione|env[ií]o|frete|送料)"
_FORMER = (
    r"(?:was|list(?: price)?|typical price|r\.?r\.?p\.?|msrp|original(?:ly|preis| price)?"
    r"|pre[cç]io original|preço original|statt|uvp|antes|原价|定価)"
)
_BESIDE = tuple(
    re.compile(part, re.IGNORECASE)
    for part in (
        r"\([^()]*\d[^()]*\)",
        rf"(?:\+ ?|, ){_MONEY}\W{{0,3}}{_SHIPPING}",
        rf"{_SHIPPING}\W{{0,3}}{_MONEY}",
        rf"{_MONEY}\W{{0,3}}{_SHIPPING}",
        rf"\b{_FORMER}\W{{0,3}}{_MONEY}",
        rf"\b\d{{1,2}} ?x ?{_MONEY}|(?:\d+ (?:interest-free )?)?payments? of {_MONEY}",
        rf"{_MONEY} ?(?:/|per|pro|al|por) ?(?:mo\b|month|monat|mes\b|mois)",
        rf"{_MONEY} ?(?:/|per|pro) ?(?:\d+ ?)?(?:fl\.? )?(?:oz|ounce|lb|kg|g|l|ml|cl|m|ft|count|ct|unit|stück|unità)\b",
    )
)
"""What stands beside a price and is none: a price by weight or by the month, the former price, the shipping."""
_CODE = re.compile(r"(?<![A-Za-z])([A-Z]{3})\s?[$€£¥]?\s?\d|\d\s?([A-Z]{3})(?![A-Za-z])")


class Prices(NamedTuple):
    """The lowest and the highest price of a page (equal for a single one), and their ISO 4217 currency."""

    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""


def plain_amount(value: Any) -> Decimal | None:
    """A machine-readable amount (19.99, "19.99", "1,299.00"); None for anything else, zero, or an absurd one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    text = str(value).strip()
    if not _PLAIN.match(text):
        return read_amount(text, "") if isinstance(value, str) else None
    return _sane(text)


def amount_in(value: Any, currency: str) -> Decimal | None:
    """A machine-readable amount in a currency: `173.000` pesos are thousands, for they have no fraction."""
    thousands = currency in _WHOLE and isinstance(value, str) and _THOUSANDS.match(value.strip())
    return read_amount(value, "") if thousands else plain_amount(value)


def read_amount(text: str, separator: Separator = ".") -> Decimal | None:
    """The first amount in a printed price, with the site's decimal separator ("" to guess)."""
    found = _AMOUNT.search(text[:200])
    if found is None or text[: found.start()].endswith("-"):
        return None
    printed = _CENTS.sub(r"\1", found.group())
    amount = Price.fromstring(printed, decimal_separator=_separator(printed, separator)).amount
    return _sane(str(amount)) if amount is not None else None


def read_prices(text: str, separator: Separator = ".", currency: str = "") -> Prices:
    """Lowest and highest amount of a printed price or range, and its currency (`currency` where only `$` or `¥`
    stands there, which many countries use)."""
    printed = _amounts_in(text[:200])
    if len(printed) > 1:
        text = _offered(text[:200])
        printed = _amounts_in(text)
    named = currency_in(text, currency)
    amounts = [read_amount(amount, "" if named in _WHOLE else separator) for amount in printed]
    real = [amount for amount in amounts if amount is not None]
    return Prices(min(real), max(real), named) if real else Prices(currency=currency)


def _amounts_in(text: str) -> list[str]:
    """Every amount of a text but percentages."""
    return [found.group() for found in _AMOUNT.finditer(text) if text[found.end() :].lstrip()[:1] != "%"]


def _offered(text: str) -> str:
    """A text with several amounts without those that are not what is asked for it, as long as one is left."""
    for beside in _BESIDE:
        shorter = beside.sub(" ", text)
        if _amounts_in(shorter):
            text = shorter
    return text


def currency_in(text: str, default: str = "") -> str:
    """The ISO 4217 code that a printed price names, else `default`."""
    for before, after in _CODE.findall(text[:200]):
        if (before or after) in CODES:
            return str(before or after)
    for sign, code in _SIGNS:
        if sign in text[:200]:
            return code
    if ("¥" in text or "￥" in text) and default not in {"JPY", "CNY"}:
        return "CNY"
    return default


def _separator(amount: str, separator: Separator) -> str | None:
    """The site's separator, unless the amount itself shows another: both signs, one with two digits at the end, or
    commas before three digits each."""
    if separator and "." in amount and "," in amount:
        return "." if amount.rfind(".") > amount.rfind(",") else ","
    if separator == "," and _COMMAS.match(amount):
        return "."
    other = {".": ",", ",": "."}.get(separator, "")
    if other and separator not in amount and re.search(rf"{re.escape(other)}\d{{2}}$", amount):
        return other
    return separator or None


def _sane(text: str) -> Decimal | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 < amount < _MOST else None
