"""The only function that announces bonds; their coupons are determined in `service_coupons`."""

from __future__ import annotations

from lmb.bonds import accounts, models, queries
from lmb.bonds.linked.reach import promise_findings
from lmb.bonds.linked.sheet import LinkedSheet, Programme
from lmb.bonds.queries import BondOnFile
from lmb.ledger import sources
from lmb.ledger.service import (
    Books,
    define_fund,
    define_unit,
    open_accounts,
)
from lmb.rules.sessions import house
from lmb.values.errors import ConflictError, RefusedError
from lmb.values.identifiers import derived_uuid7

DESK = "treasury-desk"
DOLLARS = "USD"


@house()
def announce(books: Books, terms: LinkedSheet) -> BondOnFile:
    """Announce a bond: its terms are locked by their hash, its schedule and accounts are made.

    Raises RefusedError for a sheet that only shows the shape of a deal, or could pay less than it
    guarantees or more than is appropriated; ConflictError when the CUSIP was announced with other
    terms.
    """
    _refuse_unsound(terms)
    now, cell = books.now(), books.cell
    models.Bond.objects.bulk_create(
        [
            models.Bond(
                cell=cell,
                id=derived_uuid7(now, str(cell), "bond", terms.cusip),
                cusip=terms.cusip,
                terms=terms.content.decode(),
                terms_sha256=terms.sha256,
                recorded_at=now,
            )
        ],
        ignore_conflicts=True,
    )
    bond = queries.bond(cell, terms.cusip)
    if bond.terms_sha256 != terms.sha256:
        raise ConflictError(
            f"bond {terms.cusip} was announced with other terms (sha256 {bond.terms_sha256}); "
            "announced terms are locked: announce another bond"
        )
    models.InterestPeriod.objects.bulk_create(
        (
            models.InterestPeriod(
                cell=cell,
                id=derived_uuid7(now, str(cell), "interest-period", terms.cusip, str(p.number)),
                bond=bond.id,
                number=p.number,
                starts_on=p.starts_on,
                ends_on=p.ends_on,
                pays_on=p.pays_on,
            )
            for p in terms.schedule.periods()
        ),
        ignore_conflicts=True,
    )
    define_unit(DOLLARS, "United States dollars, in cents")
    define_unit(accounts.face_unit(terms.cusip), f"Face amount of {terms.cusip}, in cents")
    define_fund(sources.bond_series(terms.cusip), f"Proceeds of bond {terms.cusip}")
    define_fund(sources.debt_service(terms.cusip), f"Debt service of bond {terms.cusip}")
    open_accounts(books, accounts.treasury_accounts(terms.cusip))
    return bond


def _refuse_unsound(terms: LinkedSheet) -> None:
    if terms.programme is not Programme.LABOR_MARKET_BOND:
        raise RefusedError(
            f"{terms.cusip} is an {terms.programme}, which is no offer: only a "
            f"{Programme.LABOR_MARKET_BOND} can be announced (term-sheet.md, section 2.7)"
        )
    # Whoever made the sheet has proved this; it is proved again where it begins to bind.
    broken = list(promise_findings(terms))
    if broken:
        found, expected = broken[0].found, broken[0].expected
        raise RefusedError(f"{terms.cusip} cannot be announced: {found}; expected {expected}")
