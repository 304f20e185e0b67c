"""Bonds as announced, their auctions and bids, what each bid was awarded, and interest periods.

Holdings are not here: they are accounts of the books, in face amount, so that what all holders
hold always equals what is outstanding.
"""

from __future__ import annotations

from django.db import models


class Bond(models.Model):
    """An announced bond; `terms` is its canonical term sheet, locked by `terms_sha256`."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    cusip = models.TextField()
    terms = models.TextField()
    terms_sha256 = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_bond"
        constraints = [models.UniqueConstraint(fields=["cell", "cusip"], name="bonds_bond_cusip")]


class InterestPeriod(models.Model):
    """One period of a bond's interest schedule, numbered from 1."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    number = models.IntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    pays_on = models.DateField()

    class Meta:
        db_table = "bonds_interest_period"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "number"], name="bonds_interest_period_number"
            )
        ]


class Observation(models.Model):
    """One verified publication of an indicator's value; `number` counts those of a bond from 1 as
    they came. `determination` is the measure of the house it repeats, null where a verifier
    outside found it; a value of null says that none was found."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    number = models.IntegerField()
    kpi = models.TextField()
    observed_from = models.DateField()
    observed_to = models.DateField()
    vintage = models.IntegerField()
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    people = models.BigIntegerField(null=True)
    coverage_percent = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    ci95_lower = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    p_value = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    verified_on = models.DateField()
    verifier = models.TextField()
    determination = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_observation"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "cell",
                    "bond",
                    "kpi",
                    "observed_from",
                    "observed_to",
                    "vintage",
                    "verified_on",
                ],
                name="bonds_observation_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["cell", "bond", "number"], name="bonds_observation_number"
            ),
        ]


class Reopening(models.Model):
    """An announced auction of more of a bond; `auction` counts from 2, the first issue is 1."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    auction = models.IntegerField()
    offering_cents = models.BigIntegerField()
    announced_on = models.DateField()
    auction_on = models.DateField()
    issue_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_reopening"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "auction"], name="bonds_reopening_number"
            )
        ]


class SealedBid(models.Model):
    """A commitment to a bid, received before the close; what is bid stays with the bidder."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    auction = models.IntegerField()
    bidder = models.TextField()
    kind = models.TextField()
    commitment = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_sealed_bid"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "auction", "commitment"], name="bonds_sealed_bid_once"
            )
        ]


class Bid(models.Model):
    """One bid; `yield_percent` is null where it is noncompetitive. A bid that was sealed carries
    its commitment and the salt that opened it."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    auction = models.IntegerField()
    bidder = models.TextField()
    kind = models.TextField()
    par_cents = models.BigIntegerField()
    yield_percent = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    net_long_cents = models.BigIntegerField()
    commitment = models.TextField(null=True)
    salt = models.TextField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_bid"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "auction", "bidder", "yield_percent"],
                nulls_distinct=False,
                name="bonds_bid_once_at_a_yield",
            )
        ]


class Award(models.Model):
    """What one bid was awarded by an auction determination, and what it costs."""

    pk = models.CompositePrimaryKey("cell", "bid")
    cell = models.IntegerField()
    bid = models.UUIDField()
    bond = models.UUIDField()
    auction = models.IntegerField()
    determination = models.UUIDField()
    bidder = models.TextField()
    par_cents = models.BigIntegerField()
    price_cents = models.BigIntegerField()
    accrued_cents = models.BigIntegerField()

    class Meta:
        db_table = "bonds_award"
        indexes = [models.Index(fields=["cell", "bond", "auction"], name="bonds_award_by_auction")]


class AwardEvent(models.Model):
    """What became of an award that was not paid for on the issue date: `unpaid`, then `paid` late
    or `cancelled`. An award without events was delivered when it was due."""

    pk = models.CompositePrimaryKey("cell", "bid", "event")
    cell = models.IntegerField()
    bid = models.UUIDField()
    event = models.TextField()
    bond = models.UUIDField()
    auction = models.IntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_award_event"
        indexes = [
            models.Index(fields=["cell", "bond", "auction"], name="bonds_award_event_by_auction")
        ]


class SecuritiesAccount(models.Model):
    """An account bonds can be held in, by its chain of custodians; `custodian` is the account it
    is held through, null where it is held at Treasury."""

    pk = models.CompositePrimaryKey("cell", "code")
    cell = models.IntegerField()
    code = models.TextField()
    mode = models.TextField()
    custodian = models.TextField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_securities_account"


class Trade(models.Model):
    """A trade as agreed. `hold` sets the seller's bonds aside in the books: open while the trade
    is pending, captured when it settled, voided when it failed."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    reference = models.TextField()
    seller = models.TextField()
    buyer = models.TextField()
    face_cents = models.BigIntegerField()
    price_per_100 = models.DecimalField(max_digits=12, decimal_places=6)
    traded_on = models.DateField()
    settles_on = models.DateField()
    principal_cents = models.BigIntegerField()
    accrued_cents = models.BigIntegerField()
    instruction = models.UUIDField()
    hold = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_trade"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "reference"], name="bonds_trade_reference"
            )
        ]


class PaymentRun(models.Model):
    """A payment to all holders of record, opened with every entitlement; the sums are theirs.

    `number` is the interest period it belongs to. What `rounding` declares is how the obligation
    became cents of each holder.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    bond = models.UUIDField()
    kind = models.TextField()
    number = models.IntegerField()
    determination = models.UUIDField(null=True)
    instruction = models.UUIDField(null=True)
    rounding = models.TextField()
    record_at = models.DateTimeField()
    holders = models.BigIntegerField()
    par_cents = models.BigIntegerField()
    base_cents = models.BigIntegerField()
    bonus_cents = models.BigIntegerField()
    obligation_cents = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_payment_run"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "bond", "kind", "number"], name="bonds_payment_run_once"
            )
        ]


class Entitlement(models.Model):
    """What one holder of record gets from a run; `place` counts from 1 in the order of codes."""

    pk = models.CompositePrimaryKey("cell", "run", "place")
    cell = models.IntegerField()
    run = models.UUIDField()
    place = models.IntegerField()
    account = models.TextField()
    par_cents = models.BigIntegerField()
    base_cents = models.BigIntegerField()
    bonus_cents = models.BigIntegerField()

    class Meta:
        db_table = "bonds_entitlement"
        indexes = [models.Index(fields=["cell", "account"], name="bonds_entitlement_account")]


class PaymentBatch(models.Model):
    """How far a run has been paid: everybody up to place `through`."""

    pk = models.CompositePrimaryKey("cell", "run", "through")
    cell = models.IntegerField()
    run = models.UUIDField()
    through = models.IntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_payment_batch"


class PaymentStop(models.Model):
    """Payments to an account stop or go on again, and why; the last number counts."""

    pk = models.CompositePrimaryKey("cell", "account", "number")
    cell = models.IntegerField()
    account = models.TextField()
    number = models.IntegerField()
    stopped = models.BooleanField()
    reason = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "bonds_payment_stop"
