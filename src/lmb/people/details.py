"""The only functions by which people change how they are reached and where they are paid.

Names, birth date and number come from proofing an identity alone (`lmb.people.enrolment`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from lmb.people import vault
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.delegations import DelegableAction, person_acted_for
from lmb.people.identifiers import DataClass, data_classes, normalised
from lmb.people.keys import VaultKeys
from lmb.people.payouts import SecurityEventKind
from lmb.people.security import note_event, refuse_while_held
from lmb.people.sessions import house
from lmb.values.errors import RefusedError


@house()
def change_contact(keys: VaultKeys, by: Acting, values: Mapping[str, str], at: datetime) -> None:
    """Store how a person is reached: by themselves, or by who acts for them in this.

    Raises InputError for values that cannot be read, RefusedError for anything but contacts.
    """
    requires(Action.BROWSE, by.assurance, at)
    if data_classes(normalised(values)) != {DataClass.CONTACT}:
        raise RefusedError("only contacts are changed here; names change by proofing them anew")
    subject = ", ".join(sorted(values))
    person = person_acted_for(keys.randomness, by, DelegableAction.CHANGE_CONTACT, subject, at)
    vault.store(keys, by.cell, person, values, by.person, at)


@house()
def change_bank(keys: VaultKeys, by: Acting, routing: str, account: str, at: datetime) -> datetime:
    """Store where a person is paid, by themselves alone, and return until when payouts wait now.

    Raises RefusedError for anybody else and while payouts are on hold already, StepUpNeededError
    without a passkey used within minutes.
    """
    requires(Action.CHANGE_BANK_DETAILS, by.assurance, at)
    if by.membership is not None or by.delegation is not None:
        raise RefusedError("only the person themselves can change where they are paid")
    refuse_while_held(by.cell, by.person, at)
    values = {"bank_routing": routing, "bank_account": account}
    vault.store(keys, by.cell, by.person, values, by.person, at)
    return note_event(keys.randomness, by.cell, by.person, SecurityEventKind.BANK_CHANGE, at)
