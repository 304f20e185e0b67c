"""The redemption notice: a bond is paid back, to everybody or told to one holder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from lmb.bonds.linked.phrases import Language
from lmb.bonds.linked.rounding import exact_text
from lmb.bonds.papers.paper import Fact, Facts, Paper, PaperKind, Paragraph, Section
from lmb.bonds.papers.writing import Phrases, Writer
from lmb.bonds.payments.redemption import Redemption
from lmb.bonds.payments.shares import Entitlement, half_up_cents
from lmb.values.canonical import Document

PHRASES: Phrases = {
    "title": ("Redemption notice", "Aviso de amortización"),
    "head/you": ("Paid to you", "Pagado a usted"),
    "head/all": ("Paid to all holders", "Pagado a todos los titulares"),
    "head/percent": ("Redemption price", "Precio de amortización"),
    "head/on": ("Paid on", "Se paga el"),
    "lead/all": (
        "This bond is paid back on {day} at {percent} of face amount. Interest stops on {ends}.",
        "Este bono se amortiza el {day} al {percent} del valor nominal. Deja de devengar intereses "
        "el {ends}.",
    ),
    "lead/you": (
        "Your {face} of this bond is paid back on {day} at {percent} of face amount: {total}. "
        "Interest stops on {ends}.",
        "Sus {face} de este bono se amortizan el {day} al {percent} del valor nominal: {total}. "
        "Dejan de devengar intereses el {ends}.",
    ),
    "section/how": ("How it is paid back", "Cómo se amortiza"),
    "fact/ends": ("Interest stops on", "Deja de devengar intereses el"),
    "fact/on": ("Paid on", "Se paga el"),
    "fact/percent": ("Redemption price", "Precio de amortización"),
    "fact/outstanding": ("Outstanding", "En circulación"),
    "fact/total": ("Paid to all holders", "Pagado a todos los titulares"),
    "fact/face": ("Your face amount", "Su valor nominal"),
    "fact/principal": ("Principal", "Principal"),
    "fact/premium": ("Premium", "Prima"),
    "fact/you": ("Paid to you", "Pagado a usted"),
    "fact/order": ("Order in the books", "Orden en los libros"),
    "fact/guarantor": ("Guarantor", "Garante"),
    "fact/guaranteed": ("Paid by the guarantor", "Pagado por el garante"),
    "why/maturity": ("The bond matures.", "El bono vence."),
    "why/tender": ("Mandatory tender of the terms.", "Entrega obligatoria según condiciones."),
    "section/do": ("What holders do", "Qué hacen los titulares"),
    "do": (
        "Nothing. The bonds come back to the issuer against payment; those who hold when the "
        "redemption is opened are paid. Trades that wait are settled or failed before.",
        "Nada. Los bonos vuelven al emisor contra pago; cobran quienes sean titulares cuando se "
        "abre la amortización. Las operaciones pendientes se liquidan o anulan antes.",
    ),
}


@dataclass(frozen=True, slots=True)
class RedemptionNotice:
    """A redemption as the terms determine it. `holder` is what one holder gets, None for the
    notice to all; `order` its instruction in the books, empty before it is ordered."""

    cusip: str
    title: str
    terms_sha256: str
    redemption: Redemption
    pays_on: date
    noticed_on: date
    outstanding_cents: int
    holder: Entitlement | None = None
    order: str = ""
    currency: str = "USD"

    @property
    def total_cents(self) -> int:
        """What all holders together are paid, rounded once on the whole issue."""
        return half_up_cents(self.outstanding_cents * self.redemption.percent / 100)

    @property
    def guaranteed_cents(self) -> int:
        tranche = self.redemption.tranche
        part = Fraction(0) if tranche is None else tranche.percent
        return half_up_cents(self.outstanding_cents * part / 100)


def redemption_notice(told: RedemptionNotice, language: Language) -> Paper:
    """The notice of a redemption, as of the day it is given."""
    write = Writer(language, PHRASES, told.currency)
    holder, percent = told.holder, write.percent(told.redemption.percent)
    days = {"day": told.pays_on, "ends": told.redemption.on, "percent": percent}
    if holder is None:
        first = Fact(write.say("head/all"), write.money(told.total_cents))
        lead = write.say("lead/all", **days)
    else:
        total = write.money(holder.base_cents + holder.bonus_cents)
        first = Fact(write.say("head/you"), total)
        lead = write.say("lead/you", face=write.money(holder.par_cents), total=total, **days)
    return Paper(
        kind=PaperKind.REDEMPTION,
        language=language,
        title=write.say("title"),
        subject=told.title,
        cusip=told.cusip,
        to="" if holder is None else holder.account,
        as_of=told.noticed_on,
        headline=(
            first,
            Fact(write.say("head/percent"), percent),
            Fact(write.say("head/on"), write.day(told.pays_on)),
        ),
        lead=lead,
        sections=(
            Section(write.say("section/how"), (_facts(told, write), *_reason(told, write))),
            Section(write.say("section/do"), (Paragraph(write.say("do")),)),
        ),
        about=write.about(told.terms_sha256),
        data=_data(told),
    )


def _facts(told: RedemptionNotice, write: Writer) -> Facts:
    redemption, holder = told.redemption, told.holder
    facts = {
        "fact/ends": write.day(redemption.on),
        "fact/on": write.day(told.pays_on),
        "fact/percent": write.percent(redemption.percent),
        "fact/outstanding": write.money(told.outstanding_cents),
        "fact/total": write.money(told.total_cents),
    }
    if told.order:
        facts["fact/order"] = told.order
    if redemption.tranche is not None:
        facts["fact/guarantor"] = redemption.tranche.guarantor
        facts["fact/guaranteed"] = write.money(told.guaranteed_cents)
    if holder is not None:
        facts["fact/face"] = write.money(holder.par_cents)
        facts["fact/principal"] = write.money(holder.base_cents)
        if holder.bonus_cents:
            facts["fact/premium"] = write.money(holder.bonus_cents)
        facts["fact/you"] = write.money(holder.base_cents + holder.bonus_cents)
    return Facts(tuple(Fact(write.say(key), value) for key, value in facts.items()))


def _reason(told: RedemptionNotice, write: Writer) -> tuple[Paragraph]:
    """Why, in the paper's language; a clause of the terms in the words of its determination."""
    reason = told.redemption.reason
    if f"why/{reason}" in PHRASES:
        return (Paragraph(write.say(f"why/{reason}")),)
    return (Paragraph(reason, "en"),)


def _data(told: RedemptionNotice) -> dict[str, Document]:
    holder = told.holder
    data: dict[str, Document] = {
        "order": told.order or None,
        "cusip": told.cusip,
        "terms_sha256": told.terms_sha256,
        "currency": told.currency,
        "pays_on": told.pays_on.isoformat(),
        "redeemed_on": told.redemption.on.isoformat(),
        "reason": told.redemption.reason,
        "redemption_percent": exact_text(told.redemption.percent),
        "outstanding_cents": told.outstanding_cents,
        "total_cents": told.total_cents,
    }
    if told.redemption.tranche is not None:
        data["guarantor"] = told.redemption.tranche.guarantor
        data["guaranteed_cents"] = told.guaranteed_cents
    if holder is not None:
        data |= {
            "account": holder.account,
            "face_cents": holder.par_cents,
            "principal_cents": holder.base_cents,
            "premium_cents": holder.bonus_cents,
            "paid_cents": holder.base_cents + holder.bonus_cents,
        }
    return data
