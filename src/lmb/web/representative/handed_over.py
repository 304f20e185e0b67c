"""What a person handed over to somebody: their wallet as a table, and the actions in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from lmb.people.delegations import DelegableAction
from lmb.wallets.queries import Pocket
from lmb.web.tables import Column, Kind, Table

BOND_FUND = "bond:"


def pockets_table(pockets: Iterable[Pocket]) -> Table:
    """One row per pocket of the wallet."""
    return Table(
        "pockets",
        _("The person's training wallet, US dollars"),
        (
            Column("fund", _("Where the money came from")),
            Column("purpose", _("What it is for")),
            Column("balance_cents", _("In the wallet"), Kind.MONEY, adds_up=True),
            Column("held_cents", _("Set aside"), Kind.MONEY, adds_up=True),
            Column("available_cents", _("Free to spend"), Kind.MONEY, adds_up=True),
            Column("expires_at", _("Lasts until"), Kind.MOMENT),
        ),
        [
            (
                _source(pocket.fund),
                _("training") if pocket.purpose == "training" else pocket.purpose,
                pocket.posted_cents,
                pocket.held_cents,
                pocket.available_cents,
                pocket.expires_at,
            )
            for pocket in pockets
        ],
        _("Training money of this person will appear here when they are granted some."),
    )


def _source(fund: str | None) -> str | None:
    """The fund the money came from: a bond by its CUSIP, another as the books call it."""
    if fund is None or not fund.startswith(BOND_FUND):
        return fund
    return _("bond %(cusip)s") % {"cusip": fund.removeprefix(BOND_FUND)}


def actions_words(actions: Collection[str]) -> list[str]:
    """What one may do for the person."""
    names = {
        DelegableAction.READ: _("look at their wallet"),
        DelegableAction.CONSENT: _("agree for them that somebody may have their data"),
        DelegableAction.ENROL_IN_TRAINING: _("accept an offer of training for them"),
        DelegableAction.CHANGE_CONTACT: _("change how they are reached"),
    }
    return [names[DelegableAction(action)] for action in actions]
