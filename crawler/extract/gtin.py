"""GTINs (UPC, EAN, ISBN-13) as a page gives them."""

from typing import Any


def valid_gtin(value: Any) -> str:
    """The digits of a GTIN whose check digit is right (GS1 General Specifications, 7.9); "" for anything else."""
    digits = "".join(char for char in str(value) if char.isascii() and char.isdigit()) if value is not None else ""
    if len(digits) not in (8, 12, 13, 14) or not digits.strip("0"):
        return ""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    return digits if (10 - weighted % 10) % 10 == int(digits[-1]) else ""
