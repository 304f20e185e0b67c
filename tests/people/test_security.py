"""After something a thief would also do, nothing is paid for as long as the rule says."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from lmb.people import models, security
from lmb.people.keys import VaultKeys
from lmb.people.payouts import SecurityEventKind
from lmb.rules import queries as rules
from lmb.settlement.rulebook import replay
from lmb.values.errors import RefusedError
from tests.people.support import CELL, NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "hours"),
    [
        (SecurityEventKind.RECOVERY, 72),
        (SecurityEventKind.RELINK, 72),
        (SecurityEventKind.BANK_CHANGE, 24),
        (SecurityEventKind.SIGN_IN_CHANGE, 24),
    ],
)
def test_payouts_wait_as_long_as_the_rule_says(
    keys: VaultKeys, ana: UUID, cleo: UUID, kind: SecurityEventKind, hours: int
) -> None:
    until = security.note_event(keys.randomness, CELL, ana, kind, NOW)
    assert until == NOW + timedelta(hours=hours)
    last = until - timedelta(microseconds=1)
    assert security.held_until(CELL, ana, last) == until
    with pytest.raises(RefusedError, match="lock the account"):
        security.refuse_while_held(CELL, ana, last)
    security.refuse_while_held(CELL, ana, until)
    security.refuse_while_held(CELL, cleo, NOW)
    on_file = rules.find(models.PayoutHold.objects.get().determination)
    assert on_file is not None
    assert f"for {hours} hours" in on_file.explanation[0]
    assert replay(on_file).content.decode() == on_file.content


def test_of_two_holds_the_longer_counts(keys: VaultKeys, ana: UUID) -> None:
    security.note_event(keys.randomness, CELL, ana, SecurityEventKind.RECOVERY, NOW)
    security.note_event(keys.randomness, CELL, ana, SecurityEventKind.BANK_CHANGE, NOW)
    assert security.held_until(CELL, ana, NOW) == NOW + timedelta(hours=72)
