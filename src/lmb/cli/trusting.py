"""`lmb proofs trust`: whom the books trust, and whether payouts go on."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from lmb.cli.durations import DurationOrNever, duration_text
from lmb.cli.proof_log import BOOKS_HELP, POLICY_FILE, log_database, policy_content
from lmb.ledger import queries as ledger
from lmb.ledger.statements import cell_of_books
from lmb.proofs.payouts import payout_refusal
from lmb.proofs.service import trust as put_in_force
from lmb.proofs.standing import witnesses
from lmb.proofs.trust import PolicyInForce, last_witnessed, policy_in_force

NO_WITNESS = (
    "no witness is configured, and payouts are not held back; name witnesses with "
    "`lmb proofs trust FILE --payouts-wait 15m`"
)
NOT_HELD_BACK = "payouts are not held back when no witness answers"


@click.command(epilog="Example: lmb proofs trust witnesses.policy --payouts-wait 15m")
@click.argument("file", type=POLICY_FILE, required=False)
@click.option(
    "--payouts-wait",
    type=DurationOrNever(),
    help="Payouts wait once the quorum has not answered for so long; or never.",
)
@click.option("--books", help=BOOKS_HELP)
@click.pass_context
def trust(
    context: click.Context, file: Path | None, payouts_wait: timedelta | None, books: str | None
) -> None:
    """Show whom these books trust and whether payouts go on; with FILE, put a policy in force.

    FILE is a C2SP tlog-policy: keys of the log and of witnesses, and how many are enough. Only
    who owns the tables can put one in force. Without FILE, exit code 1 when payouts wait.
    """
    given = context.get_parameter_source("payouts_wait") is not click.core.ParameterSource.DEFAULT
    if (file is not None) != given:
        raise click.UsageError("a FILE and --payouts-wait go together; write 15m or never")
    with log_database():
        cell = cell_of_books(books)
        if file is not None:
            content = policy_content(file)
            put_in_force(cell, content, payouts_wait, getpass.getuser(), _now())
        trusted = policy_in_force(cell)
        refusal = payout_refusal(cell, _now())
        for line in _standing(cell, trusted):
            click.echo(line)
    click.echo(refusal or "payouts go on")
    context.exit(1 if refusal is not None and file is None else 0)


def witness_note(cell: int) -> str | None:
    """What must be told openly of books whose payouts nobody outside can hold back; None for
    others."""
    trusted = policy_in_force(cell)
    if trusted is None:
        return NO_WITNESS
    return NOT_HELD_BACK if trusted.patience is None else None


def _standing(cell: int, trusted: PolicyInForce | None) -> Iterator[str]:
    if trusted is None:
        yield f"books {ledger.cell_name(cell)}: {NO_WITNESS}"
        return
    yield (
        f"books {ledger.cell_name(cell)}: policy {trusted.number}, in force since "
        f"{trusted.recorded_at:%Y-%m-%d %H:%M} UTC, by {trusted.actor}"
    )
    answered = {witness.name: witness for witness in witnesses(cell)}
    for name in dict.fromkeys(key.name for key in trusted.policy.witness_keys):
        found = answered.get(name)
        if found is None:
            yield f"witness {name}: has never answered"
        else:
            age = duration_text(_now() - datetime.fromtimestamp(found.timestamp, UTC))
            yield f"witness {name}: answered {age} ago, {found.size:,} leaves"
    if len({key.name for key in trusted.policy.witness_keys}) < 2:
        yield "fewer than two witnesses: whoever runs the only one decides alone"
    seen = last_witnessed(trusted)
    if seen is not None:
        yield f"quorum complete {duration_text(_now() - seen.at)} ago, {seen.size:,} leaves"
    if trusted.patience is None:
        yield NOT_HELD_BACK
    else:
        yield f"payouts wait when that is {duration_text(trusted.patience)} ago"


def _now() -> datetime:
    return datetime.now(UTC)
