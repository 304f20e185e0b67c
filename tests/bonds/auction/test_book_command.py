"""`lmb bonds auction-book`: from the books to what an outsider checks."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from lmb.cli.bonds import bonds
from tests.bonds.auction.test_book import OUTSIDER
from tests.bonds.desk import FULL_BOOK, announced


def test_the_book_of_an_auction_in_the_books_holds_for_an_outsider(
    fresh_database: object, tmp_path: Path
) -> None:
    announced().auctioned(FULL_BOOK)
    printed = CliRunner().invoke(bonds, ["auction-book", "LMB760AA3"], catch_exceptions=False)
    document = json.loads(printed.stdout)
    assert [*OUTSIDER.seal_faults(document), *OUTSIDER.result_faults(document)] == []
    path = tmp_path / "book.json"
    path.write_text(printed.stdout)
    checked = CliRunner().invoke(bonds, ["auction-check", str(path)], catch_exceptions=False)
    assert checked.stdout == "book.json holds: the result follows from its 4 bids\n"
