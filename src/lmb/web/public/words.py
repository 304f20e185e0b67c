"""What the books call by a code, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lmb.settlement.trace import label

TRANSFERS = {
    "accrued-interest": gettext_lazy("accrued interest"),
    "allocation": gettext_lazy("allocation"),
    "bond-price": gettext_lazy("price of the bonds"),
    "bonus": gettext_lazy("outcome bonus"),
    "claimed-payment": gettext_lazy("payment claimed by its investor"),
    "completion-tranche": gettext_lazy("tuition, on completion"),
    "delivery": gettext_lazy("delivery of bonds, at face amount"),
    "deposit": gettext_lazy("proceeds into the fund"),
    "enrolment-tranche": gettext_lazy("tuition, on enrolment"),
    "grant": gettext_lazy("training credit"),
    "grant-return": gettext_lazy("credit not earned by the provider"),
    "guarantee": gettext_lazy("part of the guarantor"),
    "interest": gettext_lazy("base interest"),
    "interest-appropriation": gettext_lazy("appropriation for interest"),
    "outcome-payment": gettext_lazy("outcome payment"),
    "placement-tranche": gettext_lazy("tuition, on placement"),
    "premium": gettext_lazy("premium above par"),
    "principal": gettext_lazy("principal"),
    "principal-appropriation": gettext_lazy("appropriation to redeem the bond"),
    "retirement": gettext_lazy("return of bonds, at face amount"),
    "return": gettext_lazy("return of what was not spent"),
    "returned-payment": gettext_lazy("payment sent back by the bank"),
    "trade": gettext_lazy("bonds traded, at face amount"),
    "trade-accrued": gettext_lazy("accrued interest of a trade"),
    "trade-price": gettext_lazy("price of bonds traded"),
    "transfer": gettext_lazy("bonds moved to another account, at face amount"),
    "treasury-return": gettext_lazy("return to the Treasury"),
    "tuition": gettext_lazy("tuition"),
    "tuition-released": gettext_lazy("tuition not paid"),
}

INSTRUCTIONS = {
    "acceptance": gettext_lazy("accept the offer of training"),
    "allocation": gettext_lazy("allocate the fund to the board"),
    "auction-close": gettext_lazy("close the auction"),
    "auction-settlement": gettext_lazy("settle the auction"),
    "award-cancellation": gettext_lazy("cancel an award nobody paid for"),
    "bond-trade": gettext_lazy("carry out a trade"),
    "bond-transfer": gettext_lazy("move bonds to another account"),
    "claim": gettext_lazy("pay what waited for an investor"),
    "deposit": gettext_lazy("put the proceeds into the fund"),
    "grant": gettext_lazy("fill the wallets"),
    "late-settlement": gettext_lazy("settle an award paid late"),
    "outcome-payment": gettext_lazy("pay for an outcome"),
    "redemption": gettext_lazy("redeem the bond"),
    "return-of-credit": gettext_lazy("take back unspent credit"),
    "return-to-fund": gettext_lazy("send back to the fund what is left"),
    "return-to-treasury": gettext_lazy("send back to the Treasury what is left"),
    "returned-payment": gettext_lazy("take back a payment"),
}

RULES = {
    "completion-tranche": gettext_lazy("tuition paid on completion"),
    "earnings-gain": gettext_lazy("difference in mean earnings by lottery"),
    "enrolment-tranche": gettext_lazy("tuition paid on enrolment"),
    "placement-tranche": gettext_lazy("tuition paid on placement"),
    "treasury-auction": gettext_lazy("Treasury auction"),
}

FIELDS = {
    "accepted_on": gettext_lazy("accepted on"),
    "amount_cents": gettext_lazy("amount for each person"),
    "awards": gettext_lazy("awards"),
    "boards_cents": gettext_lazy("to boards"),
    "cusip": gettext_lazy("bond"),
    "issue_on": gettext_lazy("issued on"),
    "matures_on": gettext_lazy("matures on"),
    "par_cents": gettext_lazy("face amount"),
    "people": gettext_lazy("people"),
    "program": gettext_lazy("program"),
    "tuition_cents": gettext_lazy("tuition"),
}
"""The fields of instructions that pages show; others stay unseen until somebody adds them here
and has thought about whom they might name."""

ACTORS = {
    "board": gettext_lazy("a workforce board"),
    "department-of-labor": gettext_lazy("the Department of Labor"),
    "outcomes": gettext_lazy("the outcomes office"),
    "person": gettext_lazy("the person"),
    "training-office": gettext_lazy("the training office"),
    "treasury-desk": gettext_lazy("the Treasury desk"),
}

ACCOUNTS = {
    "a training wallet": gettext_lazy("a training wallet"),
    "an investor": gettext_lazy("an investor"),
    "money that waits for its investor": gettext_lazy("money that waits for its investor"),
    "the Treasury's general fund": gettext_lazy("the Treasury's general fund"),
    "the Workforce Development Fund": gettext_lazy("the Workforce Development Fund"),
    "the appropriation": gettext_lazy("the appropriation"),
    "the bond's debt service": gettext_lazy("the money set aside for coupons and redemption"),
    "the bond's proceeds": gettext_lazy("the bond's proceeds"),
    "the guarantor": gettext_lazy("the guarantor"),
    "the issuer": gettext_lazy("the issuer"),
    "the training provider": gettext_lazy("the training provider"),
}
STATE_FUND = "the fund of state "
BOARD_FUND = "the workforce board "

KEEPERS = {
    "attestation": gettext_lazy("kept by the office that attested it"),
    "enrolment": gettext_lazy("kept by the training office"),
    "work record": gettext_lazy("kept by the state with its wage records"),
}
"""Who keeps a fact that is one person's."""


def code_words(code: str) -> str:
    """A code nobody has put into words yet, made readable."""
    return code.replace("-", " ").replace("_", " ")


def transfer_name(code: str) -> str:
    """What a movement of a code is for."""
    return str(TRANSFERS.get(code, code_words(code)))


def actor(code: str) -> str:
    """Who ordered something; a person and a board by kind only."""
    kind = code.partition("/")[0]
    return str(ACTORS.get(kind, code_words(kind)))


def account(code: str) -> str:
    """An account as anyone may see it; `lmb.settlement.trace.label` decides what that is."""
    shown = label(code)
    if shown.startswith(STATE_FUND):
        return _("the fund of state %(name)s") % {"name": shown.removeprefix(STATE_FUND)}
    if shown.startswith(BOARD_FUND):
        return _("the workforce board %(name)s") % {"name": shown.removeprefix(BOARD_FUND)}
    return str(ACCOUNTS.get(shown, shown))


def rule(name: str, period: object) -> str:
    """What a rule decides; `period` is the number of the interest period where it has one."""
    if name == "outcome-coupon" and period is not None:
        return _("rate of interest period %(number)s") % {"number": period}
    return str(RULES.get(name, code_words(name)))


def facts(noun: str, count: int) -> str:
    """A number of facts of one kind; `noun` is the English singular."""
    number = {"count": f"{count:,}"}
    match noun:
        case "attestation":
            return ngettext("%(count)s attestation", "%(count)s attestations", count) % number
        case "bid":
            return ngettext("%(count)s bid", "%(count)s bids", count) % number
        case "enrolment":
            return ngettext("%(count)s enrolment", "%(count)s enrolments", count) % number
        case "interest period":
            return (
                ngettext("%(count)s interest period", "%(count)s interest periods", count) % number
            )
        case "term sheet":
            return ngettext("%(count)s term sheet", "%(count)s term sheets", count) % number
        case "verified value":
            return ngettext("%(count)s verified value", "%(count)s verified values", count) % number
        case "work record":
            return ngettext("%(count)s work record", "%(count)s work records", count) % number
        case _:
            return f"{count:,} {noun}"
