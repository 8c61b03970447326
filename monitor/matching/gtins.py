"""GTINs in one form: fourteen digits with a right check digit (GS1 General Specifications, section 7.9)."""

import re

_LENGTHS = (8, 12, 13, 14)


def gtin_key(text: str) -> str:
    """The GTIN-14 of `text`; empty where it is none, its check digit is wrong, or it is a company's own number."""
    digits = re.sub(r"[\s-]", "", text)
    if not digits.isdigit() or len(digits) not in _LENGTHS or not any(char != "0" for char in digits[:-1]):
        return ""
    padded = digits.zfill(14)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(padded[:13]))
    return padded if (10 - total % 10) % 10 == int(padded[13]) else ""
