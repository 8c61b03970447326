"""Small parts that page objects are made of: prices, encodings, JSON in scripts, countries, GTINs."""

from decimal import Decimal

import pytest

from crawler.clock import SystemClock
from crawler.extract.countries import country_code, country_named_in
from crawler.extract.decode import decode_body
from crawler.extract.gtin import valid_gtin
from crawler.extract.prices import amount_in, plain_amount, read_prices
from crawler.extract.scripts import at_path, find_object, json_after
from crawler.marketplaces.patterns import pattern


@pytest.mark.parametrize(
    ("text", "separator", "default", "low", "high", "currency"),
    [
        ("$1,299.00", ".", "USD", "1299.00", "1299.00", "USD"),
        ("US $24.99", ".", "", "24.99", "24.99", "USD"),
        ("C $3.46", ".", "USD", "3.46", "3.46", "CAD"),
        ("12,44 €", ",", "", "12.44", "12.44", "EUR"),
        ("1.299,00 €", ",", "", "1299.00", "1299.00", "EUR"),
        ("€ 97,39 - 128,72", ",", "", "97.39", "128.72", "EUR"),
        ("$ 71.492", ",", "COP", "71492", "71492", "COP"),
        ("¥4,500", ".", "JPY", "4500", "4500", "JPY"),
        ("¥ 149.00 - 159.00", ".", "", "149.00", "159.00", "CNY"),
        ("XOF 6,765", ".", "USD", "6765", "6765", "XOF"),
        ("GBP 12,99", ".", "EUR", "12.99", "12.99", "GBP"),
        ("US$31.00", ".", "", "31.00", "31.00", "USD"),
        ("$ 188 , 52", ".", "MXN", "188.52", "188.52", "MXN"),
        ("R$ 1.042 , 47", ",", "", "1042.47", "1042.47", "BRL"),
        ("1.234 €", ",", "", "1234", "1234", "EUR"),
        ("$7,655", ",", "MXN", "7655", "7655", "MXN"),
        ("0,125 €", ",", "", "0.125", "0.125", "EUR"),
        ("$ 117.990", "", "CLP", "117990", "117990", "CLP"),
        ("¥12.500", ",", "JPY", "12500", "12500", "JPY"),
        ("$12.99 ($1.30 / Ounce)", ".", "USD", "12.99", "12.99", "USD"),
        ("EUR 24,00 (EUR 12,00/kg)", ",", "", "24.00", "24.00", "EUR"),
        ("$3.99 $0.25/oz", ".", "USD", "3.99", "3.99", "USD"),
        ("US$11.99 / Set", ".", "", "11.99", "11.99", "USD"),
        ("163.17 GEL -29% 115.84 GEL", ".", "", "115.84", "163.17", "GEL"),
        ("29% off", ".", "USD", None, None, "USD"),
        ("US $24.99 Was: US $29.99", ".", "", "24.99", "24.99", "USD"),
        ("€40.63+ Original Price: €54.17+", ".", "", "40.63", "40.63", "EUR"),
        ("$24.99 + $5.00 shipping", ".", "USD", "24.99", "24.99", "USD"),
        ("¥1,980 送料 ¥500", ".", "JPY", "1980", "1980", "JPY"),
        ("$ 71.492 en 12x $ 5.957", ",", "COP", "71492", "71492", "COP"),
        ("$120.00 or 4 payments of $30.00", ".", "USD", "120.00", "120.00", "USD"),
        ("(from $12)", ".", "USD", "12", "12", "USD"),
        ("$10.00 to $20.00", ".", "USD", "10.00", "20.00", "USD"),
        ("free", ".", "USD", None, None, "USD"),
        ("$0.00", ".", "USD", None, None, "USD"),
    ],
)
def test_printed_prices(
    text: str, separator: str, default: str, low: str | None, high: str | None, currency: str
) -> None:
    found = read_prices(text, separator, default)  # type: ignore[arg-type]
    assert (found.low, found.high) == (low and Decimal(low), high and Decimal(high))
    assert found.currency == currency


def test_machine_readable_amounts() -> None:
    assert amount_in("173.000", "COP") == Decimal(173000)
    assert amount_in("173.000", "USD") == amount_in("173", "COP") == Decimal(173)
    assert plain_amount("19.99") == Decimal("19.99")
    assert plain_amount(71492) == Decimal(71492)
    assert plain_amount("1,299.00") == Decimal("1299.00")
    nothing: list[object] = [None, True, "", "call us", 0, "-5", "NaN", 1e30, []]
    assert [plain_amount(one) for one in nothing] == [None] * 9


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("<meta charset=utf-8><p>商品已下架，您查看的宝贝不存在".encode("gbk"), "", "商品已下架"),
        ("<meta charset=gbk><p>商品已下架".encode(), "", "商品已下架"),
        (b"\xff\xfe" + "<p>商品".encode("utf-16-le"), "", "商品"),
        ("<p>plain text in two bytes".encode("utf-16-le"), "", "plain text"),
        ("<p>café à la crème, déjà vu".encode("cp1252"), "", "café à la crème"),
        ("<p>café".encode(), "text/html; charset=iso-8859-1", "café"),
        ("<p>ページが見つかりません".encode("shift_jis"), "text/html; charset=shift_jis", "ページが見つかりません"),
        (b"<meta charset=utf-7><p>+ADw-script+AD4-", "", "+ADw-script"),
        (b"<meta charset=no-such-thing><p>x", "", "<p>x"),
        ("<p>cut off in the middle of 商".encode()[:-1], "", "cut off"),
    ],
)
def test_text_in_any_encoding(body: bytes, content_type: str, text: str) -> None:
    assert text in decode_body(body, content_type)[0]


def test_json_in_scripts() -> None:
    assert json_after('window.x = window.x || {}; var b = {"a": [1]};', "window.x = ") == {"a": [1]}
    assert json_after("window.runParams = {\n};", "window.runParams = {") is None
    assert json_after("data: {broken", "data: ") is None
    assert at_path({"a": [{"b": 0}]}, "a.0.b") == 0
    assert at_path({"a": [1]}, "a.7.b") is None
    assert find_object({"x": [{"item": 1}, {"item": 2, "seller": 3}]}, ("item", "seller")) == {"item": 2, "seller": 3}


def test_countries() -> None:
    assert country_code("United States") == country_code("us") == "US"
    assert country_code("Pays-Bas") == "NL"
    assert country_code("Worldwide") == ""
    assert country_named_in("Deliver to Pakistan") == "PK"
    assert country_named_in("Deliver to us, or in UK") == "GB"
    assert country_named_in("from China to Germany") == ""


def test_gtins_need_their_check_digit() -> None:
    assert valid_gtin("0 36000 29145 2") == "036000291452"
    wrong: list[object] = ["036000291453", "n/a", "", None, "00000000", "123"]
    assert [valid_gtin(one) for one in wrong] == [""] * 6


@pytest.mark.parametrize("text", [r"(a+)+$", r"(a|aa)+$", r"(.*a){20}$", r"^(\w+\s?)*$"])
def test_no_text_stalls_a_pattern(text: str) -> None:
    """Patterns that keep Python's own engine busy for years on texts like this one."""
    began_s = SystemClock().monotonic_s()
    pattern(text).search("a" * 50_000 + "!")
    assert SystemClock().monotonic_s() - began_s < 5
