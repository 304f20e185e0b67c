"""A determined coupon in sentences: what was observed, what it scores, what it adds.

The sentences repeat the trace; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Iterator

from lmb.bonds.linked.coupons import CouponDetermination
from lmb.bonds.linked.evidence import Source
from lmb.bonds.linked.rounding import exact_text
from lmb.bonds.linked.sheet import LinkedSheet
from lmb.bonds.linked.trace import Step

_REPEATED = ("/window", "/observed", "adjustment", "coupon", "interest_cents")
"""Steps that have sentences of their own, by how their names start or end."""


def coupon_told(sheet: LinkedSheet, coupon: CouponDetermination) -> tuple[str, ...]:
    """The explanation of a coupon, in the order in which it came about."""
    return tuple(_sentences(sheet, coupon))


def _sentences(sheet: LinkedSheet, coupon: CouponDetermination) -> Iterator[str]:
    plan, base = coupon.earned.plan, exact_text(coupon.base_percent)
    period = plan.period
    yield (
        f"Interest period {period.number}, {period.starts_on} to {period.ends_on}, pays the base "
        f"coupon of {base} % a year."
    )
    steps = {step.name: step for step in coupon.earned.trace.steps}
    for kpi in sheet.kpis:
        if coupon.earned.evidence[kpi.id].source is not Source.NOT_DUE:
            yield from _observed(kpi.name, f"kpi/{kpi.id}", steps)
    for item in coupon.earned.scored:
        if item.due:
            yield from _scored(item.component.name, f"component/{item.component.id}/", steps)
    yield from _adjusted(coupon, steps)
    for step in coupon.trace.steps:
        if not step.name.startswith(_REPEATED):
            yield _sentence(step.name.replace("/", ", "), step)
    yield (
        f"{base} % and {exact_text(coupon.adjustment_percent)} % make "
        f"{exact_text(coupon.coupon_percent)} % a year, known before the period "
        f"{'starts' if sheet.determination.in_advance else 'is paid'}."
    )


def _observed(name: str, prefix: str, steps: dict[str, Step]) -> Iterator[str]:
    window, seen = steps[f"{prefix}/window"], steps.get(f"{prefix}/observed")
    if seen is None:
        yield f"{name}, {window.value}: {window.how}."
    else:
        yield f"{name}, {window.value}: {seen.value}, {seen.how}."
    for step in steps.values():
        if step.name.startswith(f"{prefix}/") and not step.name.endswith(_REPEATED):
            yield _sentence(name, step)


def _scored(name: str, prefix: str, steps: dict[str, Step]) -> Iterator[str]:
    for step in steps.values():
        # The score of one indicator alone was told with its formula.
        if step.name.startswith(prefix) and not step.how.startswith("score of "):
            yield _sentence(name, step)


def _adjusted(coupon: CouponDetermination, steps: dict[str, Step]) -> Iterator[str]:
    if not any(item.due for item in coupon.earned.scored) and not coupon.adjustment_percent:
        yield "The terms score nothing for this period."
        return
    for step in steps.values():
        if step.name.startswith(("adjustment", "catastrophe", "termination")):
            yield _sentence("The outcome", step)
    for step in coupon.trace.steps:
        if step.name == "adjustment/with true-up":
            yield _sentence("With the true-up", step)


def _sentence(name: str, step: Step) -> str:
    return f"{name}: {step.how}, gives {step.value}."
