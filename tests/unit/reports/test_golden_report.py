"""The words of the report as a person accepted them: a change of wording is read before it goes out.

To accept: python -m tests.unit.reports.test_golden_report
"""

import re
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory

from reports.site import write_site
from tests.unit.reports.story import observed

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "report"
PAGES = ("index.html", "cases/6.html")


def words(html: str) -> str:
    """What a reader sees, one block a line: no style, no drawing, no version."""
    text = re.sub(r"<style>.*?</style>|<svg.*?</svg>|<head>.*?</head>", "", html, flags=re.DOTALL)
    text = re.sub(r"Written by stillforsale \S+", "Written by stillforsale", text)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"</(?:p|h1|h2|h3|li|tr|dt|dd|pre|summary|caption)>", "\n", text)
    text = re.sub(r"</t[dh]>", " | ", text)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def current() -> dict[str, str]:
    with TemporaryDirectory() as folder:
        index = write_site(observed(), Path(folder), operator="Example Watch", contact="desk@example.org").index_path
        return {page: words((index.parent / page).read_text("utf-8")) for page in PAGES}


def golden_path(page: str) -> Path:
    return GOLDEN / (page.replace("/", "-").removesuffix(".html") + ".txt")


def test_the_words_are_those_that_were_accepted() -> None:
    for page, text in current().items():
        assert text == golden_path(page).read_text("utf-8"), page


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, text in current().items():
        golden_path(name).write_text(text, encoding="utf-8")
