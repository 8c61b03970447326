"""`stillforsale read`: one page, a manifest, bad input."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from crawler.commands.read import read
from crawler.errors import BadInput, NeedsPerson

PAGES = Path(__file__).resolve().parents[2] / "golden" / "pages"
URL = "https://www.amazon.com/dp/B000SAMPLE"
KEYS = (
    "marketplace kind listing_id url state rule title price price_max currency seller brand model gtin ships_to"
    " served_country images signature says notes"
).split()

app = typer.Typer()
app.command()(read)


def run(*arguments: str | Path) -> tuple[str, str, BaseException | None]:
    result = CliRunner().invoke(app, [str(one) for one in arguments])
    return result.stdout, result.stderr, result.exception


def read_json(*arguments: str | Path) -> dict[str, Any]:
    out, _, error = run(*arguments, "--json")
    assert error is None
    record = json.loads(out)
    assert isinstance(record, dict)
    return record


def test_a_listing_has_all_its_keys() -> None:
    record = read_json(PAGES / "amazon-live.html", "--url", URL, "--vantage", "us")
    assert list(record) == KEYS
    assert (record["state"], record["price"], record["served_country"]) == ("available", "24.99", "US")


def test_a_search_page_has_listings() -> None:
    record = read_json(PAGES / "ebay-search.html", "--marketplace", "ebay")
    assert record["kind"] == "search"
    assert [sorted(hit) for hit in record["listings"]] == [["currency", "listing_id", "price", "title", "url"]] * 2


def test_gzip_is_read_with_any_name(tmp_path: Path) -> None:
    for name in ("page.html.gz", "page.html"):
        (tmp_path / name).write_bytes(gzip.compress((PAGES / "walmart-live.html").read_bytes()))
        assert read_json(tmp_path / name, "--marketplace", "walmart")["state"] == "available"


def test_without_json_it_is_told_in_words() -> None:
    out, _, error = run(PAGES / "amazon-wall.html", "--url", URL, "--status", "404")
    assert error is None
    assert "blocked" in out
    assert "ladder.wall" in out
    assert "Sample kettle" in run(PAGES / "amazon-search.html", "--url", "https://www.amazon.com/s?k=kettle")[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no-such-file.html"], "no-such-file.html: there is no such file"),
        ([PAGES / "amazon-live.html", "--marketplace", "nowhere"], "no marketplace 'nowhere'; known are 1688"),
        ([PAGES / "amazon-live.html", "--vantage", "atlantis"], "'atlantis' is no country"),
        ([PAGES / "amazon-live.html", "--kind", "poem"], "'poem' is neither"),
        ([PAGES / "amazon-live.html", "--status", "7"], "7 is no HTTP status"),
        ([], "either a FILE or --manifest"),
        (["--manifest", "none.csv"], "none.csv: there is no such file"),
        (["--manifest", PAGES / "cases.json"], "field file: the manifest has no such column"),
        ([PAGES / "amazon-live.html", "--marketplaces", "none"], "none: there is no such folder"),
    ],
)
def test_bad_input_gets_one_sentence(arguments: list[str | Path], says: str) -> None:
    out, _, error = run(*arguments, "--json")
    assert isinstance(error, BadInput)
    assert says in str(error)
    assert out == ""


def test_one_bad_row_never_costs_the_others(tmp_path: Path) -> None:
    whole = gzip.compress((PAGES / "amazon-live.html").read_bytes())
    (tmp_path / "good.html.gz").write_bytes(whole)
    (tmp_path / "torn.html.gz").write_bytes(whole[:-40])
    (tmp_path / "empty.html").write_bytes(b"")
    (tmp_path / "large.html").write_bytes(b"<p>" * 10_000_000)
    (tmp_path / "pages.csv").write_text(
        "\ufefffile,url,marketplace,status\n"
        f"good.html.gz,{URL},amazon,\n"
        f"missing.html,{URL},amazon,200\n"
        f"torn.html.gz,{URL},amazon,200\n"
        f"good.html.gz,{URL},unheard-of,404\n"
        f"good.html.gz,{URL},amazon,many\n"
        ",,,\n"
        f"empty.html,{URL},amazon,404\n"
        f"large.html,{URL},amazon,200\n"
        "good.html.gz\n",
        "utf-8",
    )
    out, err, error = run("--manifest", tmp_path / "pages.csv", "--json")
    assert isinstance(error, NeedsPerson)
    assert "4 of the pages" in str(error)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [one.get("state") for one in lines] == [
        "available", None, None, "unclear", None, None, "unverified", "failed", "available",
    ]  # fmt: skip
    assert [one["file"] for one in lines if "error" in one] == ["missing.html", "torn.html.gz", "good.html.gz", ""]
    assert "'unheard-of' is not known" in lines[3]["notes"][0]
    assert len(err.splitlines()) == 4


def test_an_empty_status_is_not_200(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html><body>Not found</body></html>")
    rows = f"page.html,{URL},amazon,\npage.html,{URL},amazon,404\n"
    (tmp_path / "pages.csv").write_text("file,url,marketplace,status\n" + rows)
    out, _, error = run("--manifest", tmp_path / "pages.csv", "--json")
    assert error is None
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["unclear", "unverified"]
