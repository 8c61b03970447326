"""Numbers that tell one size of a product from another: `12 drawer`, `7 cup`, `24 volt`, `2 seater`."""

import re
from collections.abc import Sequence

_UNITS = frozenset("drawer cup seater tier burner person speed qt gallon v w btu shelf step light slice".split())
_FUSED = re.compile(r"(\d+)(qt|v|w|btu)")


def counts(tokens: Sequence[str]) -> dict[str, frozenset[str]]:
    """For each unit that `tokens` count in, the numbers that stand before it; `10 and 12 drawer` gives both."""
    found: dict[str, set[str]] = {}
    for at, token in enumerate(tokens):
        fused = _FUSED.fullmatch(token)
        if fused:
            found.setdefault(fused[2], set()).add(fused[1])
        elif token in _UNITS and at and tokens[at - 1].isdigit():
            numbers = found.setdefault(token, set())
            numbers.add(tokens[at - 1])
            if at > 2 and tokens[at - 2] in ("and", "or", "to") and tokens[at - 3].isdigit():
                numbers.add(tokens[at - 3])
    return {unit: frozenset(numbers) for unit, numbers in found.items()}


def number_conflict(named: dict[str, frozenset[str]], said: dict[str, frozenset[str]]) -> str:
    """The listing's count where both count in the same unit and no number agrees; empty where none contradicts."""
    for unit, numbers in named.items():
        other = said.get(unit)
        if other and not other & numbers:
            return f"{min(other)} {unit}"
    return ""
