"""The tables of the books. Rows come and change only through the functions in
`migrations/sql/`; the application role may read them and nothing else.

Amounts are in the smallest part of their unit (`_cents`: cents of a dollar, or cents of face).
Primary keys start with `cell`; other indexes end with it, so that before statistics are gathered
no plan mistakes one of them for a way to find a row by its identifier. A transfer has two indexes
and no more: each would cost every movement as much as writing its row.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Cell(models.Model):
    """One set of books (a state group, or one simulated run), and the head of its history.

    `recorded_at_last` and `seq_last` belong to the newest transfer. In a simulated cell the
    caller tells the time, and it never goes back; elsewhere the database's clock does.
    """

    id = models.IntegerField(primary_key=True)
    name = models.TextField(unique=True)
    simulated = models.BooleanField()
    seq_last = models.BigIntegerField(default=0)
    recorded_at_last = models.DateTimeField(null=True)
    closed_through = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_cell"


class Unit(models.Model):
    """What is counted: `USD`, or the face amount of one security."""

    code = models.TextField(primary_key=True)
    scale = models.SmallIntegerField()
    description = models.TextField()

    class Meta:
        db_table = "ledger_unit"


class Purpose(models.Model):
    """What money may be used for; an account with a purpose pays only within it."""

    code = models.TextField(primary_key=True)
    description = models.TextField()

    class Meta:
        db_table = "ledger_purpose"


class Fund(models.Model):
    """Where money came from: an appropriation, a bond series, a state match, an employer."""

    code = models.TextField(primary_key=True)
    description = models.TextField()

    class Meta:
        db_table = "ledger_fund"


class LimitSide(models.TextChoices):
    """Which side of an account may not outgrow the other."""

    NOT_OVERDRAWN = "debits<=credits"
    NOT_OVERPAID = "credits<=debits"


class AccountState(models.TextChoices):
    OPEN = "open"
    LOCKED = "locked"
    FROZEN = "frozen"
    CLOSED = "closed"


class Account(models.Model):
    """One balance: credits minus debits, posted and held. `fund` null: the world outside.

    `seq_last` is its last transfer, the end of its chain; 0 before there is one.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    code = models.TextField()
    kind = models.TextField()
    owner = models.TextField()
    unit = models.TextField()
    purpose = models.TextField(null=True)
    fund = models.TextField(null=True)
    limit_side = models.TextField(null=True, choices=LimitSide.choices)
    expires_at = models.DateTimeField(null=True)
    state = models.TextField(choices=AccountState.choices, default=AccountState.OPEN)
    posted_debit_cents = models.BigIntegerField(default=0)
    posted_credit_cents = models.BigIntegerField(default=0)
    held_debit_cents = models.BigIntegerField(default=0)
    held_credit_cents = models.BigIntegerField(default=0)
    seq_last = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(fields=["code", "cell"], name="ledger_account_code"),
            models.CheckConstraint(
                condition=Q(posted_debit_cents__gte=0)
                & Q(posted_credit_cents__gte=0)
                & Q(held_debit_cents__gte=0)
                & Q(held_credit_cents__gte=0),
                name="ledger_account_sums_are_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(limit_side=LimitSide.NOT_OVERDRAWN)
                | Q(posted_credit_cents__gte=F("posted_debit_cents") + F("held_debit_cents")),
                name="ledger_account_is_not_overdrawn",
            ),
            models.CheckConstraint(
                condition=~Q(limit_side=LimitSide.NOT_OVERPAID)
                | Q(posted_debit_cents__gte=F("posted_credit_cents") + F("held_credit_cents")),
                name="ledger_account_is_not_overpaid",
            ),
        ]
        # In the order of bytes, so that a custodian's accounts stand together. Movements never
        # change an owner and pay nothing for it.
        indexes = [
            models.Index(
                fields=["owner", "cell"],
                opclasses=["text_pattern_ops", "int4_ops"],
                name="ledger_account_of_owner",
            )
        ]


class Instruction(models.Model):
    """An order to move money that is not a determination: a settlement, a grant, an accepted
    offer. `content` is its canonical document."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    kind = models.TextField()
    subject = models.TextField()
    content = models.TextField()
    sha256 = models.TextField()
    actor = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_instruction"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "cell"], name="ledger_instruction_given_once"
            ),
            models.CheckConstraint(
                condition=~Q(actor=""), name="ledger_instruction_names_its_actor"
            ),
        ]


class Journal(models.Model):
    """Transfers with one cause and one actor, numbered `seq_first` to `seq_last`. Those of a
    linked journal stood or fell together; of another, each alone."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    kind = models.TextField()
    actor = models.TextField()
    determination = models.UUIDField(null=True)
    instruction = models.UUIDField(null=True)
    reverses = models.UUIDField(null=True)
    linked = models.BooleanField()
    seq_first = models.BigIntegerField()
    seq_last = models.BigIntegerField()
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_journal"
        constraints = [
            models.CheckConstraint(
                condition=Q(determination__isnull=True) ^ Q(instruction__isnull=True),
                name="ledger_journal_has_one_cause",
            ),
            models.CheckConstraint(condition=~Q(actor=""), name="ledger_journal_names_its_actor"),
            models.CheckConstraint(
                condition=Q(seq_first__lte=F("seq_last")), name="ledger_journal_moves_something"
            ),
            models.UniqueConstraint(
                fields=["reverses", "cell"],
                condition=Q(reverses__isnull=False),
                name="ledger_journal_reversed_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["determination", "cell"],
                condition=Q(determination__isnull=False),
                name="ledger_journal_determination",
            ),
            models.Index(
                fields=["instruction", "cell"],
                condition=Q(instruction__isnull=False),
                name="ledger_journal_instruction",
            ),
        ]


class TransferKind(models.TextChoices):
    """`post` and `capture` move posted money; the others open or release a hold."""

    POST = "post"
    HOLD = "hold"
    CAPTURE = "capture"
    VOID = "void"
    EXPIRE = "expire"


class Transfer(models.Model):
    """One movement from the debit account to the credit account.

    `id` follows from the idempotency key, so a key moves at most once. `seq` has no gaps within a
    cell. The balances after are credits minus debits, posted; `…_seq_before` is the transfer that
    touched the account before this one, 0 for its first. `final` is told of captures alone.
    Columns of one length stand together: that saves fifteen bytes a row.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    seq = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    debit_balance_after_cents = models.BigIntegerField()
    credit_balance_after_cents = models.BigIntegerField()
    debit_seq_before = models.BigIntegerField()
    credit_seq_before = models.BigIntegerField()
    cell = models.IntegerField()
    id = models.UUIDField()
    journal = models.UUIDField()
    debit = models.UUIDField()
    credit = models.UUIDField()
    hold = models.UUIDField(null=True)
    final = models.BooleanField(null=True)
    kind = models.TextField(choices=TransferKind.choices)
    code = models.TextField()
    unit = models.TextField()

    class Meta:
        db_table = "ledger_transfer"
        constraints = [
            models.UniqueConstraint(fields=["seq", "cell"], name="ledger_transfer_seq"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0), name="ledger_transfer_amount_is_positive"
            ),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="ledger_transfer_has_two_accounts"
            ),
            models.CheckConstraint(
                condition=Q(kind=TransferKind.POST) ^ Q(hold__isnull=False),
                name="ledger_transfer_names_its_hold",
            ),
            models.CheckConstraint(
                condition=Q(debit_seq_before__lt=F("seq"), credit_seq_before__lt=F("seq")),
                name="ledger_transfer_follows_on_both_sides",
            ),
        ]


class HoldState(models.TextChoices):
    OPEN = "open"
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"


class Hold(models.Model):
    """Money set aside between two accounts: captured in parts, the rest released."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    debit = models.UUIDField()
    credit = models.UUIDField()
    unit = models.TextField()
    amount_cents = models.BigIntegerField()
    captured_cents = models.BigIntegerField(default=0)
    released_cents = models.BigIntegerField(default=0)
    state = models.TextField(choices=HoldState.choices, default=HoldState.OPEN)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ledger_hold"
        constraints = [
            models.CheckConstraint(
                condition=Q(captured_cents__gte=0)
                & Q(released_cents__gte=0)
                & Q(amount_cents__gte=F("captured_cents") + F("released_cents")),
                name="ledger_hold_gives_no_more_than_it_has",
            ),
            models.CheckConstraint(
                condition=Q(state=HoldState.OPEN)
                ^ Q(amount_cents=F("captured_cents") + F("released_cents")),
                name="ledger_hold_is_closed_when_used_up",
            ),
        ]


class Refusal(models.Model):
    """A key that was refused, with what was asked: it stays refused, for at least 13 months.

    `id` is the identifier a transfer of this key would have had.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    asked = models.JSONField()
    result = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "ledger_refusal"
