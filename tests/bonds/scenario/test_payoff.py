"""The scenarios pay what the determination engine would, path by path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.bonds.linked.coupons import CouponDetermination, determine_coupons
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import Window, determination_plan
from lmb.bonds.linked.sheet import Gross, LinkedSheet
from lmb.bonds.scenario.paths import Published
from lmb.bonds.scenario.payoff import payments
from tests.bonds.linked.support import EXAMPLE_NAMES, example, seen
from tests.bonds.linked.test_reach import UNSHRUNK, sheets

PATHS = 6


def drawn_history(
    terms: LinkedSheet, seed: int
) -> tuple[dict[tuple[str, Window], Published], list[list[Observation]]]:
    """Values on some paths, as the scenarios have them and as observations of each path."""
    random = np.random.default_rng(seed)
    published: dict[tuple[str, Window], Published] = {}
    histories: list[list[Observation]] = [[] for _ in range(PATHS)]
    for plan in determination_plan(terms):
        for name, window in plan.windows.items():
            if window is None or (name, window) in published:
                continue
            kpi = terms.kpi(name)
            low, high = float(kpi.lowest), float(kpi.highest)
            values = np.round(random.uniform(low, high, PATHS), 2)
            found = random.random(PATHS) < 0.75
            published[name, window] = Published(values, found, values)
            for path in range(PATHS):
                if found[path]:
                    verified = plan.determined_on.isoformat()
                    row = seen(
                        f"{values[path]:.2f}", window, verified, name,
                        vintage=kpi.vintage, people=10**8, p_value=Decimal(0),
                    )  # fmt: skip
                    histories[path].append(row)
    return published, histories


def agrees(terms: LinkedSheet, seed: int) -> None:
    """Adjustments, one-off payments and redemption agree on every path. Half a step of rounding may
    fall differently in binary fractions; life caps and holds carry it on."""
    published, histories = drawn_history(terms, seed)
    base = Decimal(3) if not terms.base_coupon.fixed else terms.base_coupon.highest_percent
    par = terms.offering_cents
    paid = list(payments(terms, Fraction(base), par, published))
    step = 10.0**-terms.rounding.rate_places
    for path, history in enumerate(histories):
        exact: Sequence[CouponDetermination] = determine_coupons(
            terms, history, base, par, date(2060, 1, 1)
        ).coupons
        for coupon, period in zip(exact, paid, strict=False):
            assert at(period.alive, path)
            expected = float(coupon.adjustment_percent)
            assert abs(at(period.adjustment, path) - expected) < 1.01 * step + 1e-9
            assert abs(at(period.once_cents, path) - float(coupon.earned.once_cents)) < 1
            redeemed = float(coupon.redemption_percent or 0)
            assert abs(at(period.redemption, path) - redeemed) < 0.02
        assert not any(at(period.alive, path) for period in paid[len(exact) :])


def at(values: object, path: int) -> float:
    return float(np.broadcast_to(np.asarray(values), (PATHS,))[path])


@given(sheets(), st.integers(0, 2**32))
@settings(max_examples=20, deadline=None, phases=UNSHRUNK)
def test_every_path_pays_what_the_engine_determines(terms: LinkedSheet, seed: int) -> None:
    agrees(replace(terms, materiality_percent=None), seed)


def test_every_shipped_sheet_pays_what_the_engine_determines() -> None:
    for name in EXAMPLE_NAMES:
        terms = example(name)
        # Values are drawn after their basis; the engine gets them as published, so gross.
        gross = tuple(replace(kpi, basis=Gross()) for kpi in terms.kpis)
        for seed in range(3):
            agrees(replace(terms, kpis=gross, materiality_percent=None), seed)
