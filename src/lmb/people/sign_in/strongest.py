"""Who may change how somebody signs in: whoever showed the strongest factor there is, just now.

Asking for a passkey from somebody who has none would leave them without one for good; asking for
less from somebody who has one would make the weakest factor the strongest.
"""

from __future__ import annotations

from datetime import datetime

from lmb.people import models
from lmb.people.acting import Acting
from lmb.people.assurance import Action, requires
from lmb.people.sessions import house

RECOVERED = "recovery"
"""Among the methods of a session (beside those of RFC 8176): it began with recovery codes."""


@house()
def requires_strongest(by: Acting, at: datetime) -> None:
    """The first line of whatever changes how a person signs in. Raises StepUpNeededError.

    Whoever just recovered their account lost what was strongest, and was put on hold for it.
    """
    mine = {"cell": by.cell, "person": by.person, "ended_at": None}
    if RECOVERED in by.assurance.amr:
        action = Action.ADD_FIRST_PASSKEY
    elif models.Authenticator.objects.filter(**mine).exists():
        action = Action.CHANGE_SIGN_IN
    elif models.CodeGenerator.objects.filter(**mine).exists():
        action = Action.ADD_FIRST_PASSKEY
    else:
        action = Action.ADD_SECOND_FACTOR
    requires(action, by.assurance, at)
