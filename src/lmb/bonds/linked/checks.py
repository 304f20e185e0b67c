"""Checks across the fields of an outcome-linked sheet. Each is one function that yields what is
wrong; each expectation names its rule and the section that explains it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

from lmb.bonds.linked import sheet as s
from lmb.bonds.linked.plan import determination_plan
from lmb.bonds.terms_checks import RulesOn
from lmb.bonds.terms_reading import Finding
from lmb.values.business_calendar import FIRST_YEAR
from lmb.values.rounding import half_even

SCORED_KPIS_MAX = 8
DEPTH_MAX = 5
PERIODS_MAX = 80

Check = Callable[[s.LinkedSheet], Iterator[Finding]]


def sheet_findings(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """Everything wrong across the fields of a sheet whose shape is sound, in a fixed order."""
    found = [finding for check in _OF_REFERENCES for finding in check(sheet)]
    # What follows looks indicators up, which wrong references would make impossible.
    yield from found or [finding for check in _OF_SENSE for finding in check(sheet)]


def _finding(path: str, found: object, expected: str, rule: str) -> Finding:
    return Finding(path, str(found), f"{expected} ({rule})")


_LINKAGE = "rule of linkage, term-sheet.md, section 2.4"
_SCORING = "rule of scoring, term-sheet.md, section 2.5"
_LIMITS = "rule of limits, term-sheet.md, section 2.2"
_DATES = "rule of dates, term-sheet.md, section 2.3"
_CLAUSES = "rule of clauses, term-sheet.md, section 2.6"
_DELIVERY = "rule of delivery, term-sheet.md, section 2.1"
_PROGRAMME = "rule of the programme, term-sheet.md, section 2.7"


# ── references ────────────────────────────────────────────────────────────────────────────────


def _identifiers(sheet: s.LinkedSheet) -> Iterator[Finding]:
    for path, ids in (
        ("kpis", [kpi.id for kpi in sheet.kpis]),
        ("components", [component.id for component in sheet.components]),
    ):
        for identifier, count in Counter(ids).items():
            if count > 1:
                yield _finding(path, f'"{identifier}" {count} times', "each id once", _LINKAGE)


def _references(sheet: s.LinkedSheet) -> Iterator[Finding]:
    known = {kpi.id for kpi in sheet.kpis}
    for path, kpi in _readers(sheet):
        if kpi not in known:
            yield _finding(path, f'"{kpi}"', f"one of {', '.join(sorted(known))}", _LINKAGE)


def _readers(sheet: s.LinkedSheet) -> Iterator[tuple[str, str]]:
    """Every place that names an indicator, and the name."""
    for number, component in enumerate(sheet.components, start=1):
        for kpi in s.kpis_of(component):
            yield f"components.{number}", kpi
    for number, kpi_terms in enumerate(sheet.kpis, start=1):
        if kpi_terms.substitute is not None:
            yield f"kpis.{number}.substitute.kpi", kpi_terms.substitute.kpi
    if sheet.catastrophe is not None:
        yield "catastrophe.kpi", sheet.catastrophe.kpi
    if sheet.cohort_shortfall is not None:
        yield "cohort_shortfall.kpi", sheet.cohort_shortfall.kpi
    if sheet.termination is not None and sheet.termination.when is not None:
        for leaf in s.leaves_of(sheet.termination.when):
            yield "termination.when", leaf.kpi


def _own_substitute(sheet: s.LinkedSheet) -> Iterator[Finding]:
    for number, kpi in enumerate(sheet.kpis, start=1):
        if kpi.substitute is not None and kpi.substitute.kpi == kpi.id:
            path = f"kpis.{number}.substitute.kpi"
            yield _finding(path, f'"{kpi.id}"', "another indicator than itself", _LINKAGE)


def _calendar(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """Determinations precede the dated date, and the business calendar starts in 1971."""
    dated_on, periods = sheet.schedule.dated_on, len(sheet.schedule.periods())
    if dated_on.year <= FIRST_YEAR:
        expected = f"a day from {FIRST_YEAR + 1} on, as the business calendar knows"
        yield _finding("dated_on", dated_on, expected, _DATES)
    if periods > PERIODS_MAX:
        found = f"{sheet.schedule.matures_on}, {periods} interest periods"
        yield _finding("matures_on", found, f"at most {PERIODS_MAX} periods", _DATES)


def _depth(sheet: s.LinkedSheet) -> Iterator[Finding]:
    for path, expression in _expressions(sheet):
        depth = _depth_of(expression)
        if depth > DEPTH_MAX:
            yield _finding(path, f"{depth} levels", f"at most {DEPTH_MAX} levels", _SCORING)


def _depth_of(expression: s.Expression) -> int:
    match expression:
        case s.All(parts) | s.Any(parts):
            return 1 + max(map(_depth_of, parts))
        case s.Weighted(parts):
            return 1 + max(_depth_of(part) for _, part in parts)
        case s.Not(part):
            return 1 + _depth_of(part)
        case _:
            return 1


def _expressions(sheet: s.LinkedSheet) -> Iterator[tuple[str, s.Expression]]:
    for number, component in enumerate(sheet.components, start=1):
        yield f"components.{number}.score", component.score
    if sheet.termination is not None and sheet.termination.when is not None:
        yield "termination.when", sheet.termination.when


# ── indicators ────────────────────────────────────────────────────────────────────────────────


def _scored(sheet: s.LinkedSheet) -> Iterator[Finding]:
    scored = {kpi for component in sheet.components for kpi in s.kpis_of(component)}
    if len(scored) > SCORED_KPIS_MAX:
        found = f"{len(scored)} scored indicators"
        yield _finding("components", found, f"at most {SCORED_KPIS_MAX}", _LINKAGE)


def _ranges(sheet: s.LinkedSheet) -> Iterator[Finding]:
    for number, kpi in enumerate(sheet.kpis, start=1):
        path = f"kpis.{number}"
        if kpi.lowest >= kpi.highest:
            expected = f"less than highest ({kpi.highest})"
            yield _finding(f"{path}.lowest", kpi.lowest, expected, _LINKAGE)
        if isinstance(kpi.missing, s.MissingValue):
            yield from _in_range(f"{path}.missing.value", kpi.missing.value, kpi, _LINKAGE)
        if isinstance(kpi.basis, s.Baseline):
            relative = kpi.basis.change is s.Change.PERCENT_CHANGE
            if relative and kpi.basis.value <= 0:
                expected = "more than 0, to be compared with in per cent"
                yield _finding(f"{path}.basis.value", kpi.basis.value, expected, _LINKAGE)


def _in_range(path: str, value: Decimal, kpi: s.Kpi, rule: str) -> Iterator[Finding]:
    if not kpi.lowest <= value <= kpi.highest:
        expected = f"within lowest and highest of {kpi.id} ({kpi.lowest} to {kpi.highest})"
        yield _finding(path, value, expected, rule)


def _windows(sheet: s.LinkedSheet) -> Iterator[Finding]:
    announced = sheet.programme is s.Programme.LABOR_MARKET_BOND
    for number, kpi in enumerate(sheet.kpis, start=1):
        window, path = kpi.window, f"kpis.{number}.window"
        if isinstance(window, s.FixedWindow):
            if window.first_day > window.last_day:
                expected = f"not after to ({window.last_day})"
                yield _finding(f"{path}.from", window.first_day, expected, _DATES)
            if announced and window.first_day <= sheet.issue_on:
                expected = f"after issue_on ({sheet.issue_on}): earlier outcomes cannot count"
                yield _finding(f"{path}.from", window.first_day, expected, _DATES)
        yield from _cohort(kpi, f"kpis.{number}.cohort")


def _cohort(kpi: s.Kpi, path: str) -> Iterator[Finding]:
    if kpi.cohort is None:
        return
    first, last = kpi.cohort.entered_from, kpi.cohort.entered_to
    if first is not None and last is not None and first > last:
        yield _finding(f"{path}.entered_from", first, f"not after entered_to ({last})", _DATES)
    if isinstance(kpi.window, s.FixedWindow) and last is not None and last > kpi.window.last_day:
        expected = f"not after the window ends ({kpi.window.last_day})"
        yield _finding(f"{path}.entered_to", last, expected, _DATES)


def _measured(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """What the house measures is the effect of a lottery in one window after its baseline."""
    for number, kpi in enumerate(sheet.kpis, start=1):
        if kpi.measured is None:
            continue
        path, first = f"kpis.{number}.measured", kpi.measured.baseline_from
        last = kpi.measured.baseline_to
        if first > last:
            yield _finding(
                f"{path}.baseline_from", first, f"not after baseline_to ({last})", _DATES
            )
        if isinstance(kpi.window, s.FixedWindow):
            if last >= kpi.window.first_day:
                expected = f"before the window starts ({kpi.window.first_day})"
                yield _finding(f"{path}.baseline_to", last, expected, _DATES)
        else:
            yield _finding(f"{path}.rule", "a rolling window", "a fixed window", _LINKAGE)
        if not isinstance(kpi.basis, s.Impact) or kpi.basis.significance is not None:
            found, expected = "another basis", "the basis impact without a significance"
            yield _finding(f"kpis.{number}.basis", found, expected, _LINKAGE)
        if kpi.unit is not s.Unit.MONEY or kpi.vintage != 1:
            found = f"{kpi.unit}, vintage {kpi.vintage}"
            yield _finding(f"kpis.{number}.unit", found, "money, vintage 1", _LINKAGE)


# ── components ────────────────────────────────────────────────────────────────────────────────


def _marks(sheet: s.LinkedSheet) -> Iterator[Finding]:
    for path, expression in _expressions(sheet):
        for leaf in s.leaves_of(expression):
            yield from _marks_of(path, leaf, sheet.kpi(leaf.kpi))
        yield from _parts(path, expression)


def _marks_of(path: str, leaf: s.Leaf, kpi: s.Kpi) -> Iterator[Finding]:
    match leaf:
        case s.Linear(_, threshold, target):
            if threshold == target:
                yield _finding(f"{path}.target", target, "another value than threshold", _SCORING)
            yield from _in_range(f"{path}.threshold", threshold, kpi, _SCORING)
            yield from _in_range(f"{path}.target", target, kpi, _SCORING)
        case s.Digital(_, _, value):
            yield from _in_range(f"{path}.value", value, kpi, _SCORING)
        case s.Tiers(_, tiers):
            starts = [tier.starts_at for tier in tiers]
            if any(one >= other for one, other in pairwise(starts)):
                shown = ", ".join(map(str, starts))
                yield _finding(
                    f"{path}.tiers", shown, "values that rise from tier to tier", _SCORING
                )
            for start in starts:
                yield from _in_range(f"{path}.tiers", start, kpi, _SCORING)


def _parts(path: str, expression: s.Expression) -> Iterator[Finding]:
    match expression:
        case s.Weighted(parts):
            whole = sum((weight for weight, _ in parts), Decimal(0))
            if whole != 1:
                shown = " + ".join(str(weight) for weight, _ in parts)
                yield _finding(
                    f"{path}.parts", f"{shown} = {whole}", "weights that add up to 1", _SCORING
                )
            inner = [part for _, part in parts]
        case s.All(of) | s.Any(of):
            inner = list(of)
        case s.Not(part):
            inner = [part]
            if _can_be_negative(part):
                yield _finding(
                    f"{path}.of", "a score below 0", "scores from 0 to 1 under not", _SCORING
                )
        case _:
            inner = []
    for part in inner:
        yield from _parts(f"{path}.of", part)


def _can_be_negative(expression: s.Expression) -> bool:
    tiers = (leaf for leaf in s.leaves_of(expression) if isinstance(leaf, s.Tiers))
    return any(tier.score < 0 for leaf in tiers for tier in leaf.tiers)


def _periods(sheet: s.LinkedSheet) -> Iterator[Finding]:
    last = sheet.last_period
    plans = determination_plan(sheet)
    for number, component in enumerate(sheet.components, start=1):
        path = f"components.{number}"
        ends = last if component.to_period is None else component.to_period
        if not component.from_period <= ends <= last:
            found = f"{component.from_period} to {ends}"
            expected = f"interest periods from 1 to {last}, the first not after the last"
            yield _finding(f"{path}.from_period", found, expected, _DATES)
        elif not any(plan.is_due(component) for plan in plans):
            found = "indicators that are due after its last determination"
            expected = f"a window, lag and period so that it is due by {plans[-1].determined_on}"
            yield _finding(path, found, expected, _DATES)


def _payments(sheet: s.LinkedSheet) -> Iterator[Finding]:
    days = [plan.period.ends_on for plan in determination_plan(sheet)]
    for number, component in enumerate(sheet.components, start=1):
        pays, path = component.pays, f"components.{number}.pays"
        if isinstance(pays, s.PaysOnce) and pays.on not in days:
            yield _finding(f"{path}.on", pays.on, _interest_days(days), _DATES)
        if isinstance(pays, s.PaysRateCard):
            if _can_be_negative(component.score):
                expected = "scores from 0 to 1 on a rate card"
                yield _finding(f"components.{number}.score", "a score below 0", expected, _SCORING)
            if component.lasts_for_life:
                expected = "period: every outcome of a rate card is paid once"
                yield _finding(f"components.{number}.lasts", "life", expected, _SCORING)
            for kpi, _ in pays.prices:
                terms = sheet.kpi(kpi)
                if terms.unit is not s.Unit.COUNT or terms.lowest < 0:
                    expected = "an indicator with the unit count and no value below 0"
                    yield _finding(f"{path}.prices", f'"{kpi}"', expected, _SCORING)
            for kpi, count in Counter(kpi for kpi, _ in pays.prices).items():
                if count > 1:
                    found = f'"{kpi}" {count} times'
                    yield _finding(f"{path}.prices", found, "each outcome once", _SCORING)


def _paid_when_due(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """What is paid on one day must be due at the determination before that day."""
    plans = determination_plan(sheet)
    for number, component in enumerate(sheet.components, start=1):
        match component.pays:
            case s.PaysOnce(_, on):
                paying = [plan for plan in plans if plan.period.ends_on == on]
            case s.PaysPrincipal():
                paying = [plans[-1]]
            case _:
                continue
        if any(not plan.is_due(component) for plan in paying):
            expected = (
                f"indicators that are due by {paying[0].determined_on}, when it is determined"
            )
            yield _finding(f"components.{number}", "one that is due later", expected, _DATES)


def _interest_days(days: list[date]) -> str:
    return f"an interest date, {days[0]} to {days[-1]} every half-year"


# ── limits and clauses ────────────────────────────────────────────────────────────────────────


def _limits(sheet: s.LinkedSheet) -> Iterator[Finding]:
    limits, places = sheet.limits, sheet.rounding.rate_places
    if limits.floor_percent > limits.cap_percent:
        expected = f"at most cap_percent ({limits.cap_percent})"
        yield _finding("limits.floor_percent", limits.floor_percent, expected, _LIMITS)
    for name, bound in (("floor", limits.floor_percent), ("cap", limits.cap_percent)):
        if half_even(bound, places) != bound:
            expected = f"at most rate_places ({places}) decimals"
            yield _finding(f"limits.{name}_percent", bound, expected, _LIMITS)
    highest = sheet.base_coupon.highest_percent
    cap = limits.coupon_cap_percent
    if cap is not None and highest + max(limits.floor_percent, Decimal(0)) > cap:
        expected = f"at least the highest base coupon ({highest}) and the floor of the adjustment"
        yield _finding("limits.coupon_cap_percent", cap, expected, _LIMITS)
    floor = limits.coupon_floor_percent
    if floor is not None and cap is not None and floor > cap:
        expected = f"at most coupon_cap_percent ({cap})"
        yield _finding("limits.coupon_floor_percent", floor, expected, _LIMITS)
    if floor is not None and floor > sheet.base_coupon.lowest_percent + limits.cap_percent:
        expected = "at most the lowest base coupon and cap_percent together"
        yield _finding("limits.coupon_floor_percent", floor, expected, _LIMITS)


def _sums(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """A cap on a sum is kept by cutting coupons, which a floor above zero would forbid."""
    limits = sheet.limits
    if limits.life_cap_per_100 is None and limits.budget_cents is None:
        return
    name = "life_cap_per_100" if limits.life_cap_per_100 is not None else "budget_cents"
    if limits.floor_percent > 0:
        expected = f"at most 0 beside limits.{name}, which may leave nothing to pay"
        yield _finding("limits.floor_percent", limits.floor_percent, expected, _LIMITS)
    floor = limits.coupon_floor_percent
    if floor is not None and floor > sheet.base_coupon.lowest_percent:
        expected = f"at most the lowest base coupon beside limits.{name}"
        yield _finding("limits.coupon_floor_percent", floor, expected, _LIMITS)


def _amounts(sheet: s.LinkedSheet) -> Iterator[Finding]:
    if sheet.authorized_cents < sheet.offering_cents:
        expected = f"at least offering_cents ({sheet.offering_cents})"
        yield _finding("authorized_cents", sheet.authorized_cents, expected, _LIMITS)
    if sheet.authorized_cents % sheet.multiple_cents:
        expected = f"a multiple of multiple_cents ({sheet.multiple_cents})"
        yield _finding("authorized_cents", sheet.authorized_cents, expected, _LIMITS)
    if sheet.limits.appropriation is not None:
        years = [year for year, _ in sheet.limits.appropriation.by_fiscal_year]
        if years != sorted(set(years)):
            path = "limits.appropriation.by_fiscal_year"
            yield _finding(path, ", ".join(map(str, years)), "rising years, each once", _LIMITS)


def _delivery(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """What the training of a sheet the house carries out keeps to."""
    delivery = None if sheet.training is None else sheet.training.delivery
    if delivery is None:
        return
    path, tranches = "training.delivery", delivery.tranches
    parts = (
        tranches.enrolment_percent,
        tranches.completion_percent,
        tranches.placement_percent,
    )
    if sum(parts) != 100:
        found = f"{' + '.join(map(str, parts))} = {sum(parts)}"
        yield _finding(f"{path}.tranches", found, "shares that add up to 100", _DELIVERY)
    if not delivery.board.startswith(f"{delivery.state}-"):
        expected = f"a board of the state ({delivery.state})"
        yield _finding(f"{path}.board", f'"{delivery.board}"', expected, _DELIVERY)
    if delivery.tuition_cents > delivery.grant_cents:
        expected = f"at most grant_cents ({delivery.grant_cents})"
        yield _finding(f"{path}.tuition_cents", delivery.tuition_cents, expected, _DELIVERY)
    if delivery.grant_cents > sheet.offering_cents:
        expected = f"at most offering_cents ({sheet.offering_cents})"
        yield _finding(f"{path}.grant_cents", delivery.grant_cents, expected, _DELIVERY)
    if not sheet.issue_on < delivery.spend_until < sheet.matures_on:
        expected = f"after issue_on ({sheet.issue_on}) and before matures_on ({sheet.matures_on})"
        yield _finding(f"{path}.spend_until", delivery.spend_until, expected, _DELIVERY)


def _clauses(sheet: s.LinkedSheet) -> Iterator[Finding]:
    shortfall, termination = sheet.cohort_shortfall, sheet.termination
    terminates = shortfall is not None and shortfall.terminates
    if terminates and termination is None:
        expected = "a termination beside a shortfall that terminates"
        yield _finding("termination", "nothing", expected, _CLAUSES)
    if termination is not None and termination.when is None and not terminates:
        expected = "a score in when, or a cohort_shortfall that terminates"
        yield _finding("termination.when", "nothing", expected, _CLAUSES)
    if termination is not None and termination.from_period > sheet.last_period:
        expected = f"a period from 1 to {sheet.last_period}"
        yield _finding("termination.from_period", termination.from_period, expected, _CLAUSES)
    if sheet.catastrophe is not None:
        kpi = sheet.kpi(sheet.catastrophe.kpi)
        yield from _in_range("catastrophe.at_least", sheet.catastrophe.at_least, kpi, _CLAUSES)
    if shortfall is not None:
        kpi = sheet.kpi(shortfall.kpi)
        yield from _in_range("cohort_shortfall.minimum", Decimal(shortfall.minimum), kpi, _CLAUSES)
        if kpi.unit is not s.Unit.COUNT or kpi.lowest < 0:
            expected = "an indicator with the unit count and no value below 0"
            yield _finding("cohort_shortfall.kpi", f'"{kpi.id}"', expected, _CLAUSES)


def _early(sheet: s.LinkedSheet) -> Iterator[Finding]:
    early = sheet.early_redemption
    days = [period.ends_on for period in sheet.schedule.periods()]
    if early is not None and early.on not in days:
        yield _finding("early_redemption.on", early.on, _interest_days(days), _DATES)


def _programme(sheet: s.LinkedSheet) -> Iterator[Finding]:
    """What every labor market bond keeps to: a Treasury-backed minimum and a bonus on top."""
    if sheet.programme is not s.Programme.LABOR_MARKET_BOND:
        return
    guarantee = sheet.guarantee
    for path, found, kept, expected in (
        ("currency", sheet.currency, sheet.currency == "USD", "USD"),
        (
            "guarantee.coupon_percent",
            guarantee.coupon_percent,
            guarantee.coupon_percent is None,
            "base: the base coupon of a labor market bond is guaranteed",
        ),
        (
            "guarantee.principal_percent",
            guarantee.principal_percent,
            guarantee.principal_percent == 100,
            "100: the principal of a labor market bond is guaranteed",
        ),
        (
            "guarantee.investors_pay_cents",
            guarantee.investors_pay_cents,
            guarantee.investors_pay_cents == 0,
            "0: investors of a labor market bond never pay",
        ),
        (
            "limits.appropriation",
            "nothing" if sheet.limits.appropriation is None else "an appropriation",
            sheet.limits.appropriation is not None,
            "an appropriation: more than it cannot be promised",
        ),
    ):
        if not kept:
            yield _finding(path, found, expected, _PROGRAMME)


def rule_findings(sheet: s.LinkedSheet, rules_on: RulesOn) -> Iterator[Finding]:
    """What the dated rules of the programme ask of a sheet that can be announced."""
    if sheet.programme is not s.Programme.LABOR_MARKET_BOND:
        return
    days = rules_on(sheet.announced_on).lockout_business_days
    found = sheet.determination.lockout_business_days
    if found < days:
        expected = f"at least the {days} of rule outcome-coupon"
        yield _finding("determination.lockout_business_days", found, expected, _PROGRAMME)


_OF_REFERENCES: tuple[Check, ...] = (
    _identifiers,
    _references,
    _own_substitute,
    _calendar,
    _depth,
    _early,
)
_OF_SENSE: tuple[Check, ...] = (
    _scored,
    _ranges,
    _windows,
    _measured,
    _marks,
    _periods,
    _payments,
    _paid_when_due,
    _limits,
    _sums,
    _amounts,
    _delivery,
    _clauses,
    _programme,
)
