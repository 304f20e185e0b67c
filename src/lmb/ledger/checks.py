"""Every promise the books make, checked from the rows alone.

One check is one function in `checks_of_sums` or `checks_of_records`; it yields a finding for each
thing that breaks its promise.
"""

from __future__ import annotations

from collections.abc import Iterator

from lmb.ledger import checks_of_records as records
from lmb.ledger import checks_of_sums as sums
from lmb.ledger.findings import Check, Finding

CHECKS: tuple[Check, ...] = (
    sums.units_sum_to_zero,
    sums.accounts_keep_their_limits,
    sums.accounts_show_what_their_transfers_did,
    sums.balances_follow_one_another,
    sums.sequence_has_no_gaps,
    sums.time_goes_on,
    sums.holds_show_what_was_taken,
    records.transfers_refer_to_rows_on_file,
    records.journals_have_one_cause,
    records.instructions_keep_their_content,
    records.keys_move_or_are_refused,
    records.money_keeps_its_fund_and_purpose,
    records.nothing_moves_after_its_end,
)


def findings(cell: int) -> Iterator[Finding]:
    """What is wrong with a cell's books; nothing when they are sound."""
    for check in CHECKS:
        yield from check(cell)
