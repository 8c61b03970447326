"""docs/reference/ledger.md is what the tables declare."""

from tools.write_ledger import PAGE, ledger_page


def test_the_page_is_what_the_tables_declare() -> None:
    assert PAGE.read_text() == ledger_page(), "run `python tools/write_ledger.py`"
