"""What a provider was paid, by the step that earned it, and what its programs pay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from lmb.bonds.queries import BondOnFile
from lmb.ledger import queries as ledger
from lmb.ledger.queries import POSTED, Balance, Movement
from lmb.programs.queries import ProgramOnFile
from lmb.programs.service import provider_account
from lmb.training.queries import enrolments
from lmb.training.tranches import TRANCHES
from lmb.values.clock import fiscal_date
from lmb.web.public.words import transfer_name
from lmb.web.tables import Column, Kind, Table


def received(cell: int, provider: str) -> Balance:
    """The provider's account: posted is what it was paid, pending what is set aside for it."""
    account = provider_account(provider)
    try:
        return ledger.balance(cell, account)
    except ObjectDoesNotExist:
        return Balance(account, "provider", provider, "USD", 0, 0, 0)


def tranches(cell: int, provider: str) -> list[Movement]:
    """What was paid to a provider, the newest first."""
    try:
        moved = ledger.movements_of_account(cell, provider_account(provider))
    except ObjectDoesNotExist:
        return []
    return [movement for movement in reversed(moved) if movement.kind in POSTED]


def by_kind_table(moved: Sequence[Movement]) -> Table:
    """One row per step of training that is paid for."""
    rows = []
    for tranche in TRANCHES:
        paid = [movement for movement in moved if movement.code == f"{tranche}-tranche"]
        rows.append(
            (transfer_name(f"{tranche}-tranche"), len(paid), sum(m.amount_cents for m in paid))
        )
    return Table(
        "steps",
        _("What you were paid, by the step that earned it, US dollars"),
        (
            Column("step", _("Step")),
            Column("payments", _("Payments"), Kind.COUNT, adds_up=True),
            Column("amount_cents", _("Amount"), Kind.MONEY, adds_up=True),
        ),
        rows if moved else [],
        _("Payments will appear here when a step is confirmed."),
    )


def tranches_table(moved: Iterable[Movement]) -> Table:
    """One row per payment."""
    return Table(
        "payments",
        _("Every payment, the newest first, US dollars"),
        (
            Column("paid_on", _("Paid on"), Kind.DAY),
            Column("step", _("Step")),
            Column("amount_cents", _("Amount"), Kind.MONEY, adds_up=True),
            Column("transfer_id", _("Why"), Kind.TRACE),
        ),
        [
            (
                fiscal_date(movement.effective_at),
                transfer_name(movement.code),
                movement.amount_cents,
                movement.id,
            )
            for movement in moved
        ],
        _("Payments will appear here when a step is confirmed."),
    )


def programs_table(offered: Iterable[ProgramOnFile], bonds: Sequence[BondOnFile]) -> Table:
    """One row per program, with the bonds under which somebody accepted an offer of it."""
    paying = {bond.cusip: {each.program for each in enrolments(bond)} for bond in bonds}
    return Table(
        "programs",
        _("Your programs in the catalog"),
        (
            Column("program", _("Program")),
            Column("code", _("Code")),
            Column("bonds", _("Paid by bonds")),
        ),
        [
            (
                program.title,
                program.code,
                ", ".join(cusip for cusip, paid in paying.items() if program.code in paid) or None,
            )
            for program in offered
        ],
        _("Programs will appear here when a bond or a board lists one of yours."),
    )
