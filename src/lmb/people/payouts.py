"""The rule that holds a person's payouts after something that a thief would also do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import cast

from lmb.rules.determination import Decision, Input, documents
from lmb.rules.parameters import ParameterSet

RULE = "payout-hold"


class SecurityEventKind(StrEnum):
    """What calls for care."""

    RECOVERY = "recovery"
    RELINK = "relink"
    BANK_CHANGE = "bank-change"
    SIGN_IN_CHANGE = "sign-in-change"


def payout_hold(parameters: ParameterSet, inputs: Sequence[Input]) -> Decision:
    """Until when payouts wait after one security event: its hours from its moment on."""
    (event,) = documents(inputs, "security-event")
    hours = cast(int, parameters.values[f"{event['kind']}_hours"])
    started_at = datetime.fromisoformat(event["happened_at"])
    ends_at = started_at + timedelta(hours=hours)
    return Decision(
        {"kind": event["kind"], "starts_at": event["happened_at"], "ends_at": ends_at.isoformat()},
        (
            f"After a {event['kind']} nothing is paid to the person's bank details, and they "
            f"cannot be changed, for {hours} hours: until {ends_at.isoformat()}.",
            "The person was told; whoever did this without being them has no use of it.",
        ),
    )
