"""What is said of events and evidence, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lmb.people.assurance import Action
from lmb.people.payouts import SecurityEventKind

NOTICES = {
    SecurityEventKind.RECOVERY: _("Somebody signed in with your recovery codes"),
    SecurityEventKind.RELINK: _("A counter gave you a new way to sign in"),
    SecurityEventKind.BANK_CHANGE: _("Your bank account was changed"),
    SecurityEventKind.SIGN_IN_CHANGE: _("How you sign in, or who you are, was changed"),
}

ACTIONS = {
    Action.PAY_OUT: _("Pay out a batch"),
    Action.ISSUE_BOND: _("Issue a bond"),
    Action.CHANGE_RATE: _("Change a rate"),
    Action.REVOKE_MANY: _("Revoke many credentials"),
    Action.CHANGE_ACCREDITATION: _("Change an accreditation"),
    Action.CHANGE_ROLES: _("Give somebody a role"),
    Action.DECIDE_REVIEW: _("Decide a review"),
    Action.BREAK_GLASS: _("Open a record"),
    Action.ERASE_PERSON: _("Forget a person"),
    Action.SIGN_DETERMINATION: _("Sign a determination"),
}

EVIDENCE = {
    "passport": _("Passport"),
    "permanent-resident-card": _("Permanent resident card"),
    "driver-license": _("Driver license"),
    "state-id": _("State identity card"),
    "tribal-id": _("Tribal identity card"),
    "military-id": _("Military identity card"),
    "birth-certificate": _("Birth certificate"),
    "social-security-card": _("Social Security card"),
    "student-id": _("Student identity card"),
    "utility-bill": _("Utility bill"),
}


def notice_words(kind: str) -> str:
    """What happened, by the kind of a security event."""
    return str(NOTICES[SecurityEventKind(kind)])
