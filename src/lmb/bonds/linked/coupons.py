"""The determination engine: from verified observations to every coupon, to the same bytes.

    earned (what each period's evidence gives) ──true-up, caps on sums──▶ paid ──▶ coupon, cents

A rate is known before its period starts (or, in arrears, before it is paid). The first sound value
verified in time is final for its period; a later correction changes only later coupons, and only
where the sheet asks for a true-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.earned import Earned, earned_chain
from lmb.bonds.linked.evidence import Known, by_window
from lmb.bonds.linked.kpis_file import Observation, in_order
from lmb.bonds.linked.limits import bounds, room_percent
from lmb.bonds.linked.rounding import exact_text, rounded
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.linked.trace import Trace
from lmb.values.canonical import Document, canonical_bytes, fingerprint
from lmb.values.errors import RefusedError
from lmb.values.money import round_to_cents
from lmb.values.rates import decimal_text
from lmb.values.rounding import PRECISION_DIGITS

FORMAT = "lmb-linked-determination/1"


@dataclass(frozen=True, slots=True)
class CouponDetermination:
    """The coupon of one period and how it came about; rates in per cent a year.

    `interest_cents` and `once_cents` are on the whole par; holders are paid by
    `lmb.bonds.coupon`. `redemption_percent` is what is repaid of par with it, None if nothing.
    """

    earned: Earned
    base_percent: Fraction
    true_up_percent: Fraction
    adjustment_percent: Fraction
    interest_cents: int
    once_cents: int
    redemption_percent: Fraction | None
    guarantor_percent: Fraction
    trace: Trace

    @property
    def coupon_percent(self) -> Fraction:
        """Base and adjustment together."""
        return self.base_percent + self.adjustment_percent

    def document(self) -> dict[str, Document]:
        """All of it as JSON; ratios are text, exact."""
        plan = self.earned.plan
        redemption = self.redemption_percent
        return {
            "period": plan.period.number,
            "starts_on": plan.period.starts_on.isoformat(),
            "ends_on": plan.period.ends_on.isoformat(),
            "pays_on": plan.period.pays_on.isoformat(),
            "determined_on": plan.determined_on.isoformat(),
            "notice_on": plan.notice_on.isoformat(),
            "disputed_until": plan.disputed_until.isoformat(),
            "record_on": plan.record_on.isoformat(),
            "base_percent": exact_text(self.base_percent),
            "earned_percent": exact_text(self.earned.adjustment),
            "true_up_percent": exact_text(self.true_up_percent),
            "adjustment_percent": exact_text(self.adjustment_percent),
            "coupon_percent": exact_text(self.coupon_percent),
            "interest_cents": self.interest_cents,
            "once_cents": self.once_cents,
            "redemption_percent": None if redemption is None else exact_text(redemption),
            "guarantor_percent": exact_text(self.guarantor_percent),
            "terminated": self.earned.terminated,
            "evidence": {
                kpi: {
                    "source": str(found.source),
                    "value": None if found.value is None else exact_text(found.value),
                    "score": None if found.score is None else exact_text(found.score),
                }
                for kpi, found in self.earned.evidence.items()
            },
            "scored": [
                {
                    "component": item.component.id,
                    "due": item.due,
                    "score": exact_text(item.score),
                }
                for item in self.earned.scored
            ],
            "trace": [step.document() for step in (*self.earned.trace.steps, *self.trace.steps)],
        }


@dataclass(frozen=True, slots=True)
class Determinations:
    """All coupons determined by a day, from one sheet and one set of observations."""

    sheet: LinkedSheet
    base_percent: Decimal
    par_cents: int
    as_of: date
    observations_sha256: str
    coupons: tuple[CouponDetermination, ...]

    def document(self) -> dict[str, Document]:
        """The determination as JSON: the same inputs give the same document anywhere."""
        return {
            "format": FORMAT,
            "terms_sha256": self.sheet.sha256,
            "observations_sha256": self.observations_sha256,
            "base_coupon_percent": decimal_text(self.base_percent),
            "par_cents": self.par_cents,
            "as_of": self.as_of.isoformat(),
            "verifier": self.sheet.determination.verifier,
            "bonus_accrues": self.sheet.determination.in_advance,
            "coupons": [coupon.document() for coupon in self.coupons],
        }

    @property
    def content(self) -> bytes:
        """Its canonical bytes."""
        return canonical_bytes(self.document())


def determine_coupons(
    sheet: LinkedSheet,
    observations: Sequence[Observation],
    base_percent: Decimal,
    par_cents: int,
    as_of: date,
) -> Determinations:
    """Every coupon determined by `as_of`, each from what was verified by its own day.

    Raises RefusedError for a base coupon the sheet does not allow or par beyond what it authorizes.
    """
    _refuse_inputs(sheet, base_percent, par_cents)
    ordered = in_order([o for o in observations if o.verified_on <= as_of])
    known = by_window(ordered)
    base = Fraction(base_percent)
    chain = earned_chain(sheet, known, base, par_cents, as_of)
    corrected = _corrections(sheet, known, base, par_cents, chain)
    coupons: list[CouponDetermination] = []
    for earned in chain:
        owed, why = _owed(sheet, earned, chain, coupons, corrected)
        coupons.append(_coupon(sheet, base, par_cents, earned, owed, why, coupons))
    seen = fingerprint([observation.document() for observation in ordered])
    return Determinations(sheet, base_percent, par_cents, as_of, seen, tuple(coupons))


def base_coupon(sheet: LinkedSheet, given: Decimal | None) -> Decimal:
    """The base coupon of the terms, or the auction's. Raises RefusedError where it is missing or
    another than the terms fix."""
    if sheet.base_coupon.fixed:
        if given is not None and given != sheet.base_coupon.highest_percent:
            raise RefusedError(
                f"the terms fix a base coupon of {sheet.base_coupon.highest_percent} %, not "
                f"{given} %: leave it out (term-sheet.md, section 2.2)"
            )
        return sheet.base_coupon.highest_percent
    if given is None:
        raise RefusedError(
            "the terms leave the base coupon to the auction: say which coupon it set "
            "(term-sheet.md, section 2.2)"
        )
    return given


def _refuse_inputs(sheet: LinkedSheet, base_percent: Decimal, par_cents: int) -> None:
    base = sheet.base_coupon
    if not base.lowest_percent <= base_percent <= base.highest_percent:
        raise RefusedError(
            f"a base coupon of {base_percent} % is outside {base.lowest_percent} to "
            f"{base.highest_percent} % (base_coupon, term-sheet.md, section 2.2)"
        )
    if not 0 < par_cents <= sheet.authorized_cents or par_cents % sheet.multiple_cents:
        raise RefusedError(
            f"par of {par_cents} cents is not a multiple of {sheet.multiple_cents} up to the "
            f"{sheet.authorized_cents} authorized (authorized_cents, term-sheet.md, section 2.1)"
        )


def _corrections(
    sheet: LinkedSheet, known: Known, base: Fraction, par_cents: int, chain: Sequence[Earned]
) -> dict[date, tuple[Earned, ...]]:
    """What every period would have earned, by the day up to which corrections are known."""
    if sheet.materiality_percent is None:
        return {}
    return {
        day: earned_chain(sheet, known, base, par_cents, day, corrected_by=day)
        for day in (earned.plan.determined_on for earned in chain)
    }


def _owed(
    sheet: LinkedSheet,
    earned: Earned,
    chain: Sequence[Earned],
    paid: Sequence[CouponDetermination],
    corrected: dict[date, tuple[Earned, ...]],
) -> tuple[Fraction, str]:
    """What corrections of earlier periods still owe (or are owed back), per cent times half-years,
    and in words; a change of a period's rate below the materiality threshold counts as none."""
    if sheet.materiality_percent is None:
        return Fraction(0), ""
    threshold = Fraction(sheet.materiality_percent)
    owed = -sum(
        (one.true_up_percent * one.earned.plan.period.half_years for one in paid), Fraction(0)
    )
    changes = []
    again = corrected[earned.plan.determined_on]
    for first, _, then in zip(chain, paid, again, strict=False):
        change = then.adjustment - first.adjustment
        if change and abs(change) >= threshold:
            owed += change * first.plan.period.half_years
            was, now = exact_text(first.adjustment), exact_text(then.adjustment)
            changes.append(f"period {first.plan.period.number}: {was} became {now} %")
    return owed, "; ".join(changes)


def _coupon(
    sheet: LinkedSheet,
    base: Fraction,
    par_cents: int,
    earned: Earned,
    owed: Fraction,
    why: str,
    paid: Sequence[CouponDetermination],
) -> CouponDetermination:
    trace = Trace()
    period = earned.plan.period
    without = _within_sums(sheet, base, par_cents, earned.adjustment, earned, paid)
    wanted = without
    if owed:
        mode, places = sheet.rounding.mode, sheet.rounding.rate_places
        wanted = rounded(earned.adjustment + owed / period.half_years, places, mode)
        how = f"corrections known now ({why}), less what was made good before"
        trace.number("adjustment/with true-up", wanted, how, "revisions.materiality_percent")
    adjustment = _within_sums(sheet, base, par_cents, wanted, earned, paid)
    how = "within floor and cap, and what the caps on sums leave"
    trace.number("adjustment", adjustment, how, "limits")
    trace.number(
        "coupon", base + adjustment, f"{exact_text(base)} + {exact_text(adjustment)}", "base_coupon"
    )
    exact_cents = (base + adjustment) * period.half_years * par_cents / 200
    interest_cents = cents(exact_cents)
    how = f"on par of {par_cents} cents for {period.half_years} half-years, half up to the cent"
    trace.number("interest_cents", Fraction(interest_cents), how, "rounding")
    redemption, guaranteed = _redemption(sheet, earned, trace)
    return CouponDetermination(
        earned=earned,
        base_percent=base,
        true_up_percent=adjustment - without,
        adjustment_percent=adjustment,
        interest_cents=interest_cents,
        once_cents=cents(earned.once_cents),
        redemption_percent=redemption,
        guarantor_percent=guaranteed,
        trace=trace,
    )


def _within_sums(
    sheet: LinkedSheet,
    base: Fraction,
    par_cents: int,
    adjustment: Fraction,
    earned: Earned,
    paid: Sequence[CouponDetermination],
) -> Fraction:
    """An adjustment within floor and cap, and within what life cap and budget leave."""
    paid_per_100 = sum(
        (one.adjustment_percent * one.earned.plan.period.half_years / 2 for one in paid),
        Fraction(0),
    )
    limit = bounds(sheet, base)
    room = room_percent(sheet, earned.plan.period, par_cents, paid_per_100)
    cut = limit.cut(adjustment)
    return cut if room is None else max(min(cut, room), limit.floor)


def _redemption(
    sheet: LinkedSheet, earned: Earned, trace: Trace
) -> tuple[Fraction | None, Fraction]:
    """What is repaid with a period, in per cent of par, and the guarantor's part of it."""
    if earned.terminated and sheet.termination is not None:
        early = Fraction(sheet.termination.redemption_percent)
        return trace.number("redemption", early, earned.terminated, "termination"), Fraction(0)
    if earned.plan.period.number < sheet.last_period:
        return None, Fraction(0)
    tender = sheet.early_redemption
    whole = Fraction(tender.percent if tender is not None and tender.mandatory else 100)
    for item in earned.scored:
        if isinstance(item.component.pays, s.PaysPrincipal):
            whole += item.score * Fraction(item.component.pays.percent)
    whole = max(whole, Fraction(0))
    trace.number(
        "redemption/issuer", whole, "par and what components change of it", "components.pays"
    )
    guarantor = sheet.guarantee.guarantor
    least = Fraction(0) if guarantor is None else Fraction(guarantor.principal_percent)
    topped = max(least - whole, Fraction(0))
    if topped and guarantor is not None:
        trace.number(
            "redemption/guarantor", topped, f"made up by {guarantor.name}", "guarantee.guarantor"
        )
    return trace.number("redemption", whole + topped, "per cent of par", "guarantee"), topped


def cents(exact: Fraction) -> int:
    """An exact number of cents rounded half up (away from zero) once."""
    with localcontext(prec=PRECISION_DIGITS):
        return round_to_cents(Decimal(exact.numerator) / exact.denominator / 100)


def accrued_per_100(coupon: CouponDetermination, sheet: LinkedSheet, day: date) -> Decimal:
    """Interest accrued per 100 of par on a day of the period, as a buyer pays it.

    A rate fixed in advance accrues whole, so the adjustment is shared by days held. One in arrears
    accrues the base alone: the bond trades flat of the adjustment, which goes to the holder of
    record. Raises ValueError for a day outside the period.
    """
    period = coupon.earned.plan.period
    if not period.starts_on <= day < period.ends_on:
        raise ValueError(f"{day} is not in interest period {period.number}")
    in_advance = sheet.determination.in_advance
    rate = coupon.coupon_percent if in_advance else coupon.base_percent
    accrued = rate / 2 * sheet.schedule.accrued_half_years(day)
    with localcontext(prec=PRECISION_DIGITS):
        return Decimal(accrued.numerator) / accrued.denominator


def adjustment_belongs_to_buyer(coupon: CouponDetermination, settles_on: date) -> bool:
    """Whether a buyer whose trade settles on a day gets the period's whole payment: yes when it
    settles by the record date. In advance the seller was paid their days in the price."""
    return settles_on <= coupon.earned.plan.record_on
