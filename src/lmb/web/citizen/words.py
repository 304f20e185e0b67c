"""What a person's pages call what the books and the records name by a code."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lmb.people.codes import CodeKind
from lmb.people.delegations import DelegableAction, DelegationKind
from lmb.people.identifiers import DataClass
from lmb.people.payouts import SecurityEventKind
from lmb.wallets.queries_statement import Entry
from lmb.web.public.words import transfer_name

DATA = {
    DataClass.NAME: gettext_lazy("your name"),
    DataClass.BIRTH_DATE: gettext_lazy("your birth date"),
    DataClass.SSN: gettext_lazy("your Social Security number"),
    DataClass.CONTACT: gettext_lazy("how to reach you"),
    DataClass.BANK: gettext_lazy("your bank account"),
}

PURPOSES = {
    "job-search": gettext_lazy("to help me find work"),
    "training-record": gettext_lazy("to check what I learned"),
    "case-work": gettext_lazy("to help with my case"),
}
"""What a person can agree to on these pages. The keys stand in signed receipts: they stay."""

ACTIONS = {
    DelegableAction.READ: gettext_lazy("see your wallet"),
    DelegableAction.CONSENT: gettext_lazy("agree to sharing for you"),
    DelegableAction.ENROL_IN_TRAINING: gettext_lazy("sign you up for training"),
    DelegableAction.CHANGE_CONTACT: gettext_lazy("change how you are reached"),
}

KINDS = {
    DelegationKind.PARENT: gettext_lazy("Parent or guardian"),
    DelegationKind.CASEWORKER: gettext_lazy("Case worker"),
    DelegationKind.INTERMEDIARY: gettext_lazy("Trusted helper"),
}

CODES = {
    CodeKind.ENROLMENT: gettext_lazy("to show a training provider"),
    CodeKind.DELEGATION: gettext_lazy("to let me act for somebody"),
}

EVENTS = {
    SecurityEventKind.RECOVERY: gettext_lazy("You got back in with a recovery code."),
    SecurityEventKind.RELINK: gettext_lazy("A new sign-in account was linked to you."),
    SecurityEventKind.BANK_CHANGE: gettext_lazy("Your bank account was changed."),
}


def entry_words(entry: Entry) -> str:
    """What an entry of a statement says."""
    name = transfer_name(entry.code)
    if entry.kind == "hold":
        return _("Set aside: %(what)s") % {"what": name}
    if entry.kind in {"void", "expire"}:
        return _("Free again: %(what)s") % {"what": name}
    if entry.cents > 0:
        return _("In: %(what)s") % {"what": name}
    return _("Paid: %(what)s") % {"what": name}
