"""The only functions that announce, settle and redeem bonds and pay their interest."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.db import transaction

from lmb.bonds import accounts, models, queries
from lmb.bonds.coupon import holder_interest
from lmb.bonds.dated_rules import OUTCOME_COUPON_RULE
from lmb.bonds.determinations import (
    INTEREST_RULE,
    MEASURE_RULE,
    interest_payment,
    outcome_coupon,
)
from lmb.bonds.queries import BondOnFile, PeriodOnFile
from lmb.bonds.terms import TermSheet
from lmb.ledger import sources
from lmb.ledger.entries import Cause, Journal, Post
from lmb.ledger.queries import balance
from lmb.ledger.service import (
    Books,
    define_fund,
    define_unit,
    instruct,
    open_accounts,
    post_or_refuse,
)
from lmb.rules.determination import Input, determine
from lmb.rules.parameters import in_force
from lmb.rules.queries import DeterminationOnFile, on_subject
from lmb.rules.service import record
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, NotFoundError
from lmb.values.identifiers import derived_uuid7

DESK = "treasury-desk"
DOLLARS = "USD"


@transaction.atomic
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


@transaction.atomic
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


@transaction.atomic
def pay_interest(books: Books, bond: BondOnFile, period: PeriodOnFile) -> UUID:
    """Determine one period's rate and pay every holder; returns the determination.

    What the payment needs beyond what is set aside is appropriated for it, to the cent. A period
    that has been paid is not paid again.
    """
    subject = queries.interest_subject(bond, period.number)
    paid = on_subject(books.cell, subject)
    if paid is not None:
        return paid.id
    parameters = in_force(INTEREST_RULE, period.pays_on)
    inputs = [
        Input("interest-period", period.id, period.document()),
        _determination_input(queries.auction_determination(bond)),
    ]
    outcome = on_subject(books.cell, queries.outcome_coupon_subject(bond))
    if outcome is not None:
        inputs.append(_determination_input(outcome))
    determination = determine(interest_payment, parameters, subject, inputs)
    identifier = record(books.cell, determination, actor=DESK, recorded_at=books.now())
    result = determination.decision.result
    payments = _interest_payments(
        bond,
        period.number,
        Decimal(str(result["base_percent"])),
        Decimal(str(result["bonus_percent"])),
    )
    cause = Cause.determination(identifier)
    key = f"{bond.cusip}/interest/{period.number}"
    _appropriate(books, bond, key, sum(item.amount_cents for item in payments), cause)
    post_or_refuse(
        books,
        (Journal(item.key, "interest", DESK, cause, [item]) for item in payments),
    )
    return identifier


def _interest_payments(
    bond: BondOnFile, number: int, base_percent: Decimal, bonus_percent: Decimal
) -> list[Post]:
    period = bond.terms.schedule.periods()[number - 1]
    source = accounts.debt_service(bond.cusip)
    payments = []
    for holding in queries.holdings(bond):
        interest = holder_interest(period, holding.par_cents, base_percent, bonus_percent)
        for code, cents in (("interest", interest.base_cents), ("bonus", interest.bonus_cents)):
            if cents > 0:
                key = f"{bond.cusip}/{code}/{number}/{holding.investor}"
                payments.append(Post(key, source, accounts.investor(holding.investor), cents, code))
    return payments


@transaction.atomic
def redeem(books: Books, bond: BondOnFile) -> UUID:
    """Pay every holder par and take the bonds back, one journal each; returns the instruction."""
    holdings = queries.holdings(bond)
    cusip = bond.cusip
    order = instruct(
        books,
        kind="redemption",
        subject=cusip,
        document={
            "cusip": cusip,
            "matures_on": bond.terms.matures_on.isoformat(),
            "follows": str(queries.auction_determination(bond).id),
        },
        actor=DESK,
    )
    cause = Cause.instruction(order)
    principal_cents = sum(holding.par_cents for holding in holdings)
    _appropriate(books, bond, f"{cusip}/principal", principal_cents, cause)
    journals = []
    for holding in holdings:
        investor = holding.investor
        key = f"{cusip}/redemption/{investor}"
        items = [
            Post(
                f"{key}/bond",
                accounts.holding(cusip, investor),
                accounts.issued(cusip),
                holding.par_cents,
                "retirement",
            ),
            Post(
                f"{key}/principal",
                accounts.debt_service(cusip),
                accounts.investor(investor),
                holding.par_cents,
                "principal",
            ),
        ]
        journals.append(Journal(key, "redemption", DESK, cause, items))
    post_or_refuse(books, journals)
    return order


def _appropriate(books: Books, bond: BondOnFile, key: str, needed_cents: int, cause: Cause) -> None:
    """Bring in from the appropriation what a payment needs beyond what is set aside for it."""
    target = accounts.debt_service(bond.cusip)
    missing_cents = needed_cents - balance(books.cell, target).available_cents
    if missing_cents > 0:
        code = "principal-appropriation" if "/principal" in key else "interest-appropriation"
        item = Post(f"{key}/{code}", accounts.APPROPRIATION, target, missing_cents, code)
        post_or_refuse(books, [Journal(item.key, "appropriation", DESK, cause, [item])])


def _determination_input(on_file: DeterminationOnFile) -> Input:
    return Input("determination", on_file.id, on_file.document)
