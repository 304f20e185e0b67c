"""The tables of this room, one module for each noun's family. No name, number or address stands
in any of them: those are in the vault, a schema of its own (`migrations/sql/vault.sql`).

Rows are insert-only. Where something can end, its row has columns for the ending, which can be
set once; the database refuses every other change.
"""

from lmb.people.models.approvals import (
    Approval,
    Authenticator,
    PayoutHold,
    Proposal,
    SecurityEvent,
)
from lmb.people.models.clients import ApiClient, ApiKey
from lmb.people.models.codes import Code
from lmb.people.models.organisations import Invitation, Membership, Organisation
from lmb.people.models.persons import (
    Circumstances,
    Identity,
    Person,
    Residence,
    ReviewCase,
    SignIn,
)
from lmb.people.models.rights import (
    Access,
    Consent,
    DelegatedAct,
    Delegation,
    RecordGrant,
    Withdrawal,
)
from lmb.people.models.sign_in import (
    Account,
    Attempt,
    CodeGenerator,
    CounterCode,
    Proofing,
    RecoveryCode,
)

__all__ = [
    "Access",
    "Account",
    "ApiClient",
    "ApiKey",
    "Approval",
    "Attempt",
    "Authenticator",
    "Circumstances",
    "Code",
    "CodeGenerator",
    "Consent",
    "CounterCode",
    "DelegatedAct",
    "Delegation",
    "Identity",
    "Invitation",
    "Membership",
    "Organisation",
    "PayoutHold",
    "Person",
    "Proofing",
    "Proposal",
    "RecordGrant",
    "RecoveryCode",
    "Residence",
    "ReviewCase",
    "SecurityEvent",
    "SignIn",
    "Withdrawal",
]
