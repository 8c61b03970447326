"""The vocabulary of Safety Gate that both of its forms share."""

import re

from crawler.extract.gtin import valid_gtin
from crawler.feeds.notice import Identifier, IdentifierKind
from crawler.feeds.result import RecordProblem

RISKS = frozenset(
    """asphyxiation burns chemical choking cuts damage.hearing damage.sight damage.to.hearing damage.to.sight drowning
    electric.shock electromagnetic.disturbance energy.consumption entrapment environment fire health.risk
    health.risk.other incorrect.measurement injuries microbiological security strangulation suffocation other""".split()
)
_NO_BRAND = frozenset({"unknown", "nincs", "sans marque", "no brand", "none", "n/a", "-", "not known", "unbranded"})


def risk(text: str) -> str:
    """A risk in words. Raises RecordProblem for one that the reader does not know."""
    words = re.sub(r"[\s_-]+", ".", text.strip().lower().removeprefix("risktype."))
    if words not in RISKS:
        raise RecordProblem(f"risk type: {text!r} is a risk that the reader does not know")
    return words.replace(".", " ")


def marks(kind: IdentifierKind, values: list[str]) -> list[Identifier]:
    """Identifiers of one kind; placeholders for "no brand" are left out."""
    found = []
    for value in dict.fromkeys(part.strip() for part in values):
        if not value or value.lower() in _NO_BRAND:
            continue
        found.append(Identifier(kind=kind, value=value, valid=kind != "gtin" or bool(valid_gtin(value))))
    return found


def year_number(reference: str) -> tuple[str, str]:
    """(number, notice id) of a reference like SR/02645/26 or A12/01234/22. Raises RecordProblem."""
    if not re.fullmatch(r"[A-Z]{1,4}\d{0,2}/\d{4,6}/\d{2}", reference):
        raise RecordProblem(f"reference: {reference!r} is not like SR/02645/26")
    return reference, f"eu-safety-gate:{reference}"
