"""Two persons for money: keys people sign with, what was proposed, who signed it, and what keeps
a stolen account from being paid."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Authenticator(models.Model):
    """A passkey of a person, as WebAuthn registered it: `data` has its public key.

    `backup_eligible`: the key may be copied between the person's devices (a synced passkey).
    `signature_count` is the highest it told; one that does not rise betrays a copy. `label` is the
    browser it was registered with, for its person to know it by.
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    credential = models.BinaryField()
    data = models.BinaryField()
    backup_eligible = models.BooleanField()
    label = models.TextField(blank=True)
    signature_count = models.BigIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    ended_because = models.TextField(null=True)

    class Meta:
        db_table = "people_authenticator"
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "credential"], name="people_authenticator_credential"
            )
        ]
        indexes = [models.Index(fields=["cell", "person"], name="people_authenticator_person")]


class Proposal(models.Model):
    """What two persons are asked to approve: an action and its whole content, canonical.

    `signed`: each approves with a passkey, whose challenge is the content's hash. Carried out at
    most once (`spent_at`).
    """

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    action = models.TextField()
    content = models.TextField()
    sha256 = models.TextField()
    signed = models.BooleanField()
    proposed_by = models.UUIDField()
    recorded_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True)
    spent_on = models.TextField(null=True)

    class Meta:
        db_table = "people_proposal"
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded_at__lt=F("expires_at")), name="people_proposal_duration"
            )
        ]


class Approval(models.Model):
    """One person's approval of a proposal, once each. Where it is signed, the WebAuthn assertion is
    kept whole, so that anyone can verify it again; else these columns are null."""

    pk = models.CompositePrimaryKey("cell", "proposal", "person")
    cell = models.IntegerField()
    proposal = models.UUIDField()
    person = models.UUIDField()
    membership = models.UUIDField()
    authenticator = models.UUIDField(null=True)
    authenticator_data = models.BinaryField(null=True)
    client_data = models.BinaryField(null=True)
    signature = models.BinaryField(null=True)
    signature_count = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_approval"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    authenticator=None,
                    authenticator_data=None,
                    client_data=None,
                    signature=None,
                    signature_count=None,
                )
                | Q(
                    authenticator__isnull=False,
                    authenticator_data__isnull=False,
                    client_data__isnull=False,
                    signature__isnull=False,
                    signature_count__isnull=False,
                ),
                name="people_approval_signed_whole",
            )
        ]
        indexes = [models.Index(fields=["cell", "authenticator"], name="people_approval_by_key")]


class SecurityEvent(models.Model):
    """Something about an account that makes the next steps careful: `recovery`, `relink`,
    `bank-change`. `content` is the canonical document a determination reads."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    kind = models.TextField()
    content = models.TextField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_security_event"
        indexes = [models.Index(fields=["cell", "person"], name="people_security_event_person")]


class PayoutHold(models.Model):
    """Nothing is paid to a person's bank details, and they cannot be changed, until it is over.
    Its determination says why."""

    pk = models.CompositePrimaryKey("cell", "id")
    cell = models.IntegerField()
    id = models.UUIDField()
    person = models.UUIDField()
    determination = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "people_payout_hold"
        indexes = [models.Index(fields=["cell", "person"], name="people_payout_hold_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "determination"], name="people_payout_hold_determined"
            )
        ]
