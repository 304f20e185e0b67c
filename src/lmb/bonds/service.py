"""The only functions that announce bonds and determine what their outcome earns."""

from __future__ import annotations

from uuid import UUID

from lmb.bonds import accounts, models, queries
from lmb.bonds.dated_rules import OUTCOME_COUPON_RULE
from lmb.bonds.determinations import (
    MEASURE_RULE,
    outcome_coupon,
)
from lmb.bonds.queries import BondOnFile
from lmb.bonds.terms import TermSheet
from lmb.ledger import sources
from lmb.ledger.service import (
    Books,
    define_fund,
    define_unit,
    open_accounts,
)
from lmb.rules.determination import Input, determine
from lmb.rules.parameters import in_force
from lmb.rules.queries import DeterminationOnFile, on_subject
from lmb.rules.service import record
from lmb.rules.sessions import house
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError
from lmb.values.identifiers import derived_uuid7

DESK = "treasury-desk"
DOLLARS = "USD"


@house()
def announce(books: Books, terms: TermSheet) -> BondOnFile:
    """Announce a bond: its terms are locked by their hash, its schedule and accounts are made.

    Raises ConflictError when the CUSIP was announced with other terms.
    """
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


@house()
def determine_outcome_coupon(books: Books, bond: BondOnFile, measure_subject: str) -> UUID:
    """Turn the measure on file into the bonus; both are determinations."""
    parameters = in_force(OUTCOME_COUPON_RULE, fiscal_date(books.now()))
    measure = on_subject(books.cell, measure_subject)
    if measure is None:
        raise NotFoundError(
            f"{measure_subject} has not been measured by rule {MEASURE_RULE}; measure it first"
        )
    inputs = [
        Input("terms", bond.id, bond.terms.document()),
        *map(_determination_input, (queries.auction_determination(bond), measure)),
    ]
    determination = determine(
        outcome_coupon, parameters, queries.outcome_coupon_subject(bond), inputs
    )
    return record(books.cell, determination, actor=DESK, recorded_at=books.now())


def _determination_input(on_file: DeterminationOnFile) -> Input:
    return Input("determination", on_file.id, on_file.document)
