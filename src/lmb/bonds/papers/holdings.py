"""The holdings statement: what an account held over a time, what moved, and what it was paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from lmb.bonds.linked.phrases import Language
from lmb.bonds.papers.paper import (
    Block,
    Column,
    Fact,
    Facts,
    Paper,
    PaperKind,
    Paragraph,
    Section,
    Table,
)
from lmb.bonds.papers.writing import Phrases, Writer
from lmb.bonds.registry.custody import Mode
from lmb.bonds.registry.lots import Disposal, Lot
from lmb.values.canonical import Document

PHRASES: Phrases = {
    "title": ("Holdings statement", "Estado de tenencias"),
    "head/held": ("Held at the end", "Tenencia al final"),
    "head/paid": ("Paid to you", "Pagado a usted"),
    "head/waits": ("Waits for you", "Le espera"),
    "lead": (
        "From {first} to {last} this account was paid {paid}, and at its end holds {held} at face "
        "amount.",
        "Del {first} al {last} se pagaron a esta cuenta {paid}; al final mantiene {held} de valor "
        "nominal.",
    ),
    "section/account": ("The account", "La cuenta"),
    "fact/account": ("Securities account", "Cuenta de valores"),
    "fact/mode": ("Held", "Depósito"),
    "mode/retail-direct": ("at Treasury itself", "directamente en el Tesoro"),
    "mode/commercial": ("through custodians", "a través de custodios"),
    "fact/first": ("From", "Desde"),
    "fact/last": ("To", "Hasta"),
    "fact/opening": ("Held at the start", "Tenencia al inicio"),
    "fact/closing": ("Held at the end", "Tenencia al final"),
    "fact/aside": ("Set aside for trades", "Reservado para operaciones"),
    "fact/matures": ("Matures", "Vence"),
    "fact/next": ("Next interest payment", "Próximo pago de intereses"),
    "table/movements": ("Bonds that moved, face amount", "Bonos movidos, valor nominal"),
    "column/day": ("Day", "Día"),
    "column/what": ("What", "Qué"),
    "column/face": ("Face amount", "Valor nominal"),
    "column/money": ("Money", "Dinero"),
    "column/balance": ("Held after", "Tenencia después"),
    "move/delivery": ("bought at auction", "compra en subasta"),
    "move/bought": ("bought", "compra"),
    "move/sold": ("sold", "venta"),
    "move/transfer-in": ("transferred in", "transferencia recibida"),
    "move/transfer-out": ("transferred out", "transferencia enviada"),
    "move/retirement": ("redeemed", "amortización"),
    "table/payments": ("Payments", "Pagos"),
    "column/base": ("Guaranteed", "Garantizado"),
    "column/bonus": ("Outcome bonus", "Bonificación"),
    "column/total": ("Paid", "Pagado"),
    "pay/interest": ("interest, period {number}", "intereses, periodo {number}"),
    "pay/once": ("outcome payment, period {number}", "pago por resultados, periodo {number}"),
    "pay/redemption": ("redemption", "amortización"),
    "pay/claimed": ("claimed at last", "reclamado al fin"),
    "pay/returned": ("sent back by your bank", "devuelto por su banco"),
    "table/lots": (
        "Lots at the end, oldest first: cost without the accrued interest paid with it",
        "Lotes al final, del más antiguo al más reciente: coste sin el interés acumulado pagado",
    ),
    "column/how": ("Acquired", "Adquirido"),
    "column/cost": ("Cost", "Coste"),
    "column/accrued": ("Accrued paid", "Acumulado pagado"),
    "how/auction": ("at auction", "en subasta"),
    "how/trade": ("by trade", "en el mercado"),
    "table/disposals": (
        "Sold or redeemed, oldest lot first (26 CFR 1.1012-1(c)(1))",
        "Vendido o amortizado, del lote más antiguo (26 CFR 1.1012-1(c)(1))",
    ),
    "column/since": ("Acquired on", "Adquirido el"),
    "column/proceeds": ("Proceeds", "Producto"),
    "column/gain": ("Gain", "Ganancia"),
    "nothing": (
        "Nothing moved and nothing was paid in this time.",
        "No hubo movimientos ni pagos en este tiempo.",
    ),
    "source": (
        "Holdings are the balances of the books at the end of the last day; they add up, over all "
        "accounts, to what is outstanding. The JSON form of this paper names the entry in the "
        "books behind every movement and payment.",
        "Las tenencias son los saldos de los libros al final del último día; sumadas sobre todas "
        "las cuentas, igualan lo que está en circulación. La forma JSON de este papel nombra el "
        "asiento de los libros de cada movimiento y cada pago.",
    ),
    "source/lots": (
        "Gains are proceeds less cost. They are no tax advice: see the tax statement.",
        "Las ganancias son producto menos coste. No son asesoramiento fiscal: véase el estado "
        "fiscal.",
    ),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """Bonds that came (face above zero) or went, and the money that changed hands for them;
    `journal` is the entry in the books."""

    on: date
    what: str
    face_cents: int
    money_cents: int
    journal: str


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment to the account; `kind` is of the run: interest, once or redemption. `transfers`
    are its movements in the books."""

    on: date
    kind: str
    number: int
    base_cents: int
    bonus_cents: int
    transfers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BondPosition:
    """One bond in the account over the time of a statement, in cents of face amount."""

    cusip: str
    title: str
    terms_sha256: str
    matures_on: date
    next_payment_on: date | None
    opening_cents: int
    closing_cents: int
    set_aside_cents: int
    waits_cents: int
    moved: tuple[Moved, ...]
    paid: tuple[Paid, ...]
    lots: tuple[Lot, ...]
    disposals: tuple[Disposal, ...]


@dataclass(frozen=True, slots=True)
class HoldingsStatement:
    """An account from the morning of one day to the evening of another."""

    account: str
    mode: Mode
    first_day: date
    last_day: date
    positions: tuple[BondPosition, ...]

    @property
    def held_cents(self) -> int:
        return sum(position.closing_cents for position in self.positions)

    @property
    def paid_cents(self) -> int:
        payments = (paid for position in self.positions for paid in position.paid)
        return sum(paid.base_cents + paid.bonus_cents for paid in payments)

    @property
    def waits_cents(self) -> int:
        return sum(position.waits_cents for position in self.positions)


def holdings_statement(told: HoldingsStatement, language: Language) -> Paper:
    """The statement of an account, as of its last day."""
    write = Writer(language, PHRASES)
    held, paid = write.money(told.held_cents), write.money(told.paid_cents)
    headline = [Fact(write.say("head/held"), held), Fact(write.say("head/paid"), paid)]
    if told.waits_cents:
        headline.append(Fact(write.say("head/waits"), write.money(told.waits_cents)))
    account = {
        "fact/account": told.account,
        "fact/mode": write.say(f"mode/{told.mode}"),
        "fact/first": write.day(told.first_day),
        "fact/last": write.day(told.last_day),
    }
    facts = Facts(tuple(Fact(write.say(key), value) for key, value in account.items()))
    names = ", ".join(one.title for one in told.positions)
    return Paper(
        kind=PaperKind.HOLDINGS,
        language=language,
        title=write.say("title"),
        subject=names or told.account,
        cusip=told.positions[0].cusip if len(told.positions) == 1 else "",
        to=told.account,
        as_of=told.last_day,
        headline=tuple(headline),
        lead=write.say("lead", first=told.first_day, last=told.last_day, paid=paid, held=held),
        sections=(
            Section(write.say("section/account"), (facts,)),
            *(_position(position, write) for position in told.positions),
        ),
        about=(
            write.say("unit/USD"),
            write.say("source"),
            write.say("source/lots"),
            *(write.say("terms-sha256", sha256=one.terms_sha256) for one in told.positions),
        ),
        data=_data(told),
    )


def _position(position: BondPosition, write: Writer) -> Section:
    facts = {
        "fact/opening": write.money(position.opening_cents),
        "fact/closing": write.money(position.closing_cents),
        "fact/aside": write.money(position.set_aside_cents),
        "fact/matures": write.day(position.matures_on),
    }
    if position.next_payment_on is not None:
        facts["fact/next"] = write.day(position.next_payment_on)
    if position.waits_cents:
        facts["head/waits"] = write.money(position.waits_cents)
    blocks: list[Block] = [Facts(tuple(Fact(write.say(key), told) for key, told in facts.items()))]
    tables = list(_tables(position, write))
    if not position.moved and not position.paid:
        blocks.append(Paragraph(write.say("nothing")))
    title = f"CUSIP {position.cusip}"
    return Section(title, (*blocks, *tables))


def _tables(position: BondPosition, write: Writer) -> Iterator[Table]:
    if position.moved:
        yield _movements(position, write)
    if position.paid:
        yield _payments(position, write)
    if position.lots:
        yield _lots(position, write)
    if position.disposals:
        yield _disposals(position, write)


def _columns(write: Writer, texts: int, *keys: str) -> tuple[Column, ...]:
    """Columns of these keys; the first `texts` of them hold words, the others figures."""
    return tuple(
        Column(write.say(f"column/{key}"), figures=place >= texts, share=int(place == texts - 1))
        for place, key in enumerate(keys)
    )


def _movements(position: BondPosition, write: Writer) -> Table:
    rows, held_cents = [], position.opening_cents
    for one in position.moved:
        held_cents += one.face_cents
        cents = (one.face_cents, one.money_cents, held_cents)
        rows.append((write.day(one.on), write.say(f"move/{one.what}"), *map(write.money, cents)))
    columns = _columns(write, 2, "day", "what", "face", "money", "balance")
    return Table(write.say("table/movements"), columns, tuple(rows))


def _payments(position: BondPosition, write: Writer) -> Table:
    rows = []
    for one in position.paid:
        what = write.say(f"pay/{one.kind}", number=one.number)
        cents = (one.base_cents, one.bonus_cents, one.base_cents + one.bonus_cents)
        rows.append((write.day(one.on), what, *map(write.money, cents)))
    base = sum(one.base_cents for one in position.paid)
    bonus = sum(one.bonus_cents for one in position.paid)
    return Table(
        write.say("table/payments"),
        _columns(write, 2, "day", "what", "base", "bonus", "total"),
        tuple(rows),
        (write.say("total"), "", *map(write.money, (base, bonus, base + bonus))),
    )


def _lots(position: BondPosition, write: Writer) -> Table:
    lots = position.lots
    sums = [
        sum(lot.face_cents for lot in lots),
        sum(lot.cost_cents for lot in lots),
        sum(lot.accrued_cents for lot in lots),
    ]
    return Table(
        write.say("table/lots"),
        _columns(write, 2, "since", "how", "face", "cost", "accrued"),
        tuple(
            (
                write.day(lot.acquired_on),
                write.say(f"how/{lot.how}"),
                *map(write.money, (lot.face_cents, lot.cost_cents, lot.accrued_cents)),
            )
            for lot in lots
        ),
        (write.say("total"), "", *map(write.money, sums)),
    )


def _disposals(position: BondPosition, write: Writer) -> Table:
    rows = []
    for one in position.disposals:
        cents = (one.lot.face_cents, one.lot.cost_cents, one.proceeds_cents, one.gain_cents)
        days = (one.disposed_on, one.lot.acquired_on)
        rows.append((*map(write.day, days), *map(write.money, cents)))
    columns = _columns(write, 2, "day", "since", "face", "cost", "proceeds", "gain")
    return Table(write.say("table/disposals"), columns, tuple(rows))


def _data(told: HoldingsStatement) -> dict[str, Document]:
    return {
        "account": told.account,
        "mode": str(told.mode),
        "from": told.first_day.isoformat(),
        "held_cents": told.held_cents,
        "paid_cents": told.paid_cents,
        "waits_cents": told.waits_cents,
        "positions": [_position_data(position) for position in told.positions],
    }


def _position_data(position: BondPosition) -> dict[str, Document]:
    return {
        "cusip": position.cusip,
        "terms_sha256": position.terms_sha256,
        "matures_on": position.matures_on.isoformat(),
        "opening_cents": position.opening_cents,
        "closing_cents": position.closing_cents,
        "set_aside_cents": position.set_aside_cents,
        "waits_cents": position.waits_cents,
        "moved": [
            {
                "on": one.on.isoformat(),
                "what": one.what,
                "face_cents": one.face_cents,
                "money_cents": one.money_cents,
                "journal": one.journal,
            }
            for one in position.moved
        ],
        "paid": [
            {
                "on": one.on.isoformat(),
                "kind": one.kind,
                "number": one.number,
                "base_cents": one.base_cents,
                "bonus_cents": one.bonus_cents,
                "transfers": list(one.transfers),
            }
            for one in position.paid
        ],
        "lots": [
            {
                "acquired_on": lot.acquired_on.isoformat(),
                "how": str(lot.how),
                "face_cents": lot.face_cents,
                "cost_cents": lot.cost_cents,
                "accrued_cents": lot.accrued_cents,
            }
            for lot in position.lots
        ],
        "disposals": [
            {
                "acquired_on": one.lot.acquired_on.isoformat(),
                "disposed_on": one.disposed_on.isoformat(),
                "face_cents": one.lot.face_cents,
                "cost_cents": one.lot.cost_cents,
                "proceeds_cents": one.proceeds_cents,
                "gain_cents": one.gain_cents,
            }
            for one in position.disposals
        ],
    }
