"""What moved between whom, for the money-flow picture, its table and its CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lmb.bonds.linked.measured import measured_windows
from lmb.fund import accounts as fund
from lmb.ledger import queries as ledger
from lmb.ledger.queries import Movement
from lmb.settlement.report import Report
from lmb.values.clock import fiscal_date
from lmb.web.formats import (
    day_text,
    dollars_text,
    percent_text,
    period_text,
    short_cents_text,
)
from lmb.web.money_flow import Arrow, MoneyFlow, Party

TRANCHES = ("enrolment-tranche", "completion-tranche", "placement-tranche")


@dataclass(frozen=True, slots=True)
class Leg:
    """Money that went one way between two parties: how much in how many transfers, and one thing
    to trace: the order behind them, else the first of them."""

    key: str
    source: str
    target: str
    words: str
    amount_cents: int
    transfers: int
    trace: UUID


@dataclass(frozen=True, slots=True)
class Flow:
    """A bond's flow of money; `as_of` is the day of the last movement, None before any."""

    picture: MoneyFlow
    legs: tuple[Leg, ...]
    as_of: date | None


def flow(report: Report) -> Flow:
    """The flow of money of a bond's programme as its books stand."""
    moved = ledger.flows(report.cell)
    parties = _parties(report)
    legs = _legs(report, moved, parties)
    as_of = max((fiscal_date(item.last_effective_at) for item in moved.values()), default=None)
    picture = MoneyFlow(
        _("Where the money went, and what brought it back"),
        _description(report),
        parties,
        _arrows(report, {leg.key: leg for leg in legs}),
    )
    return Flow(picture, legs, as_of)


def _parties(report: Report) -> dict[str, Party]:
    terms, outcome = report.bond.terms, report.outcome
    delivery = None if terms.training is None else terms.training.delivery
    wallets = report.wallets.opened
    drawn = "" if outcome is None else _drawn(outcome.n_treated, outcome.n_control)
    observed = measured_windows(terms).observed if terms.measured_kpis else None
    return {
        "investors": Party(_("Investors"), ""),
        "treasury": Party(_("U.S. Treasury"), _("sells the bond")),
        "fund": Party(_("Workforce Development Fund"), ""),
        "state": Party(_("State fund"), delivery.state if delivery else ""),
        "board": Party(_("Workforce board"), delivery.board if delivery else ""),
        "wallets": Party(
            _("Training wallets"),
            ngettext("%(count)s person", "%(count)s people", wallets) % {"count": f"{wallets:,}"},
        ),
        "provider": Party(_("Training provider"), _("paid by result")),
        "people": Party(_("People drawn by lottery"), drawn),
        "facts": Party(_("Work records"), period_text(*observed) if observed else ""),
        "measure": Party(_("Measure"), _("mean difference")),
        "determination": Party(_("Determination"), _("of the bonus")),
        "coupons": Party(_("Coupons and redemption"), ""),
        "appropriation": Party(_("Federal appropriation"), ""),
    }


def _drawn(treated: int, control: int) -> str:
    return _("%(treated)s offered training, %(control)s not") % {
        "treated": f"{treated:,}",
        "control": f"{control:,}",
    }


def _legs(
    report: Report, moved: dict[str, ledger.Flow], parties: dict[str, Party]
) -> tuple[Leg, ...]:
    legs: list[Leg] = []

    def add(key: str, source: str, target: str, words: str) -> None:
        if key in moved:
            item = moved[key]
            legs.append(
                Leg(
                    key,
                    parties[source].name,
                    parties[target].name,
                    words,
                    item.amount_cents,
                    item.transfers,
                    item.first.instruction or item.first.id,
                )
            )

    def add_between(key: str, code: str, source: str, target: str, side: tuple[str, str]) -> None:
        if code in moved:
            items = [item for item in ledger.movements(report.cell, code=code) if _on(item, side)]
            if items:
                cents = sum(item.amount_cents for item in items)
                first = items[0].instruction or items[0].id
                names = parties[source].name, parties[target].name
                legs.append(Leg(key, *names, _legs_words(code), cents, len(items), first))

    cusip, training = report.bond.cusip, report.bond.terms.training
    delivery = None if training is None else training.delivery
    state = fund.state(cusip, delivery.state if delivery else "")
    board = fund.board(cusip, delivery.board if delivery else "")
    add("bond-price", "investors", "treasury", _("price of the bonds"))
    add("accrued-interest", "investors", "coupons", _("accrued interest"))
    add("deposit", "treasury", "fund", _("proceeds"))
    add_between("state-allocation", "allocation", "fund", "state", ("credit", state))
    add_between("board-allocation", "allocation", "state", "board", ("credit", board))
    add("grant", "board", "wallets", _("training credit"))
    add(TRANCHES[0], "wallets", "provider", _("on enrolment"))
    add(TRANCHES[1], "wallets", "provider", _("on completion"))
    add(TRANCHES[2], "wallets", "provider", _("on placement"))
    add("grant-return", "wallets", "board", _("not earned"))
    add_between("board-return", "return", "board", "state", ("debit", board))
    add_between("state-return", "return", "state", "fund", ("debit", state))
    add("treasury-return", "fund", "treasury", _("never spent"))
    add("interest-appropriation", "appropriation", "coupons", _("for interest"))
    add("principal-appropriation", "appropriation", "coupons", _("to redeem"))
    add("interest", "coupons", "investors", _("base interest"))
    add("bonus", "coupons", "investors", _("bonus"))
    add("principal", "coupons", "investors", _("principal"))
    return tuple(legs)


def _on(item: Movement, side: tuple[str, str]) -> bool:
    name, account = side
    return account == (item.debit if name == "debit" else item.credit)


def _legs_words(code: str) -> str:
    return _("allocation") if code == "allocation" else _("not spent")


def _arrows(report: Report, legs: dict[str, Leg]) -> dict[str, Arrow]:
    def money(key: str, source: str, target: str, words: str, style: str) -> Arrow:
        leg = legs.get(key)
        if leg is None:
            return Arrow(source, target, words, "", "", style)
        return Arrow(
            source, target, words, short_cents_text(leg.amount_cents), _trace(leg.trace), style
        )

    paid = [legs[code] for code in TRANCHES if code in legs]
    tranches = Arrow(
        "wallets",
        "provider",
        _("tuition"),
        short_cents_text(sum(leg.amount_cents for leg in paid)) if paid else "",
        _trace(paid[-1].trace) if paid else "",
        "training",
    )
    return {
        "price": money("bond-price", "investors", "treasury", _("price"), "training"),
        "deposit": money("deposit", "treasury", "fund", _("proceeds"), "training"),
        "state-allocation": money("state-allocation", "fund", "state", _("allocation"), "training"),
        "board-allocation": money(
            "board-allocation", "state", "board", _("allocation"), "training"
        ),
        "grant": money("grant", "board", "wallets", _("credit"), "training"),
        "tranches": tranches,
        "grant-return": money("grant-return", "wallets", "board", _("not earned"), "returned"),
        "board-return": money("board-return", "board", "state", _("not spent"), "returned"),
        "state-return": money("state-return", "state", "fund", _("not spent"), "returned"),
        "treasury-return": money(
            "treasury-return", "fund", "treasury", _("never spent"), "returned"
        ),
        "interest-appropriation": money(
            "interest-appropriation", "appropriation", "coupons", _("for interest"), "investors"
        ),
        "principal-appropriation": money(
            "principal-appropriation", "appropriation", "coupons", _("to redeem"), "investors"
        ),
        "interest": money("interest", "coupons", "investors", _("interest"), "investors"),
        "bonus": money("bonus", "coupons", "investors", _("bonus"), "bonus"),
        "principal": money("principal", "coupons", "investors", _("principal"), "investors"),
        "accrued-interest": money(
            "accrued-interest", "investors", "coupons", _("accrued interest"), "returned"
        ),
        **_evidence(report),
    }


def _evidence(report: Report) -> dict[str, Arrow]:
    outcome, bonus = report.outcome, report.bonus
    measured = "" if outcome is None else _trace(outcome.determination)
    gained = "" if outcome is None else dollars_text(outcome.estimate_dollars)
    determined = "" if bonus is None else _trace(bonus.id)
    rate = "" if bonus is None else percent_text(bonus.bonus_bps / 100, 3)
    coverage = "" if outcome is None else percent_text(outcome.coverage_percent)
    return {
        "work": Arrow("wallets", "people", _("train, then work"), "", "", "evidence"),
        "records": Arrow("people", "facts", _("on record"), coverage, measured, "evidence"),
        "comparison": Arrow("facts", "measure", _("compared"), "", measured, "evidence"),
        "gain": Arrow("measure", "determination", _("gain a year"), gained, determined, "evidence"),
        "bonus-rate": Arrow(
            "determination", "coupons", _("bonus a year"), rate, determined, "bonus"
        ),
    }


def _description(report: Report) -> str:
    terms = report.bond.terms
    return _(
        "Investors pay the Treasury for the bond. The money goes through the Workforce "
        "Development Fund, the state and the workforce board into training wallets, and from "
        "there to the training provider. What is not spent goes back. Work records of everyone "
        "in the lottery lead to a measure, the measure to a determination, and that to the "
        "bonus. Coupons and the redemption, due %(day)s, are paid from a federal appropriation."
    ) % {"day": day_text(terms.matures_on)}


def _trace(identifier: UUID) -> str:
    return reverse("web:trace", args=[identifier])
