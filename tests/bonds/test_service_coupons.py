"""Verified values and coupons on file: what counts, from when, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from lmb.bonds import models, queries, service, service_coupons
from lmb.bonds import queries_coupons as coupons
from lmb.bonds import service_auction as auctions
from lmb.bonds import service_registry as holders
from lmb.bonds.auction.announcement import Reopening
from lmb.bonds.linked.document import load_linked_sheet
from lmb.bonds.linked.sheet import Appropriation, Covers
from lmb.bonds.registry.trade import BonusNotice, FlatOfBonus
from lmb.ledger.service import open_simulated_books
from lmb.rules import queries as rules
from lmb.settlement.rulebook import replay
from lmb.values.clock import SimulatedClock, moment
from lmb.values.errors import ConflictError, RefusedError
from tests.bonds.desk import FULL_BOOK, Desk, announced, jobs_desk, verified
from tests.bonds.linked.support import (
    EXAMPLES,
    component,
    halves,
    kpi,
    linear,
    seen,
)
from tests.bonds.registry.test_service import commercial, sold
from tests.bonds.support import changed

pytestmark = pytest.mark.django_db

SEEN_ON, DETERMINED_ON = date(1977, 2, 1), date(1977, 2, 11)
"""Period 3 starts on 15 February 1977; two business days before it is the Friday before."""


def determined(desk: Desk, number: int, day: date = DETERMINED_ON) -> UUID:
    return service_coupons.determine_coupon(desk.at(day, 16).books, desk.bond, number)


def percents(desk: Desk) -> list[str]:
    return [str(one.coupon_percent) for one in coupons.coupons(desk.bond)]


# ── announcement ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["dc-water", "new-york-ceo", "sustainability-step-up"])
def test_what_only_shows_the_shape_of_a_deal_cannot_be_announced(name: str) -> None:
    terms = load_linked_sheet(name, (EXAMPLES / f"{name}.json").read_bytes())
    books = open_simulated_books(name, SimulatedClock(moment(terms.announced_on)))
    with pytest.raises(RefusedError, match="only a labor-market-bond can be announced"):
        service.announce(books, terms)


def test_a_sheet_that_could_break_its_promise_cannot_be_announced_however_it_was_made() -> None:
    terms = load_linked_sheet("terms.json", changed())
    books = open_simulated_books("broken", SimulatedClock(moment(terms.announced_on)))
    poor = Appropriation(Covers.ADJUSTMENTS, ((1980, 1),))
    limits = replace(terms.limits, appropriation=poor)
    with pytest.raises(RefusedError, match=r"up to \$[0-9,.]+ of adjustments in fiscal year 1980"):
        service.announce(books, replace(terms, limits=limits))


def test_no_bid_above_the_highest_base_coupon_is_accepted() -> None:
    desk = announced(base_coupon={"is": "auction", "highest_percent": "7.500"})
    with pytest.raises(RefusedError, match=r"0 to 7\.5 with at most 3 decimals"):
        auctions.enter_bids(desk.at(date(1976, 2, 3), 11).books, desk.bond, FULL_BOOK)


def test_a_coupon_the_terms_fix_is_not_set_by_the_auction() -> None:
    desk = announced(base_coupon={"is": "fixed", "percent": "6.000"}).auctioned(FULL_BOOK)
    assert queries.coupon_percent(desk.bond) == 6
    notice = queries.results_notice(desk.bond)
    assert Decimal(str(notice["price_per_100"])) < 100


def test_no_more_than_is_authorized_is_brought_out() -> None:
    desk = jobs_desk(authorized_cents=1_050_000)
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    more = Reopening(2, 60_000, date(1976, 5, 3), date(1976, 5, 10), date(1976, 5, 17))
    with pytest.raises(RefusedError, match=r"more than the authorized \$10,500\.00"):
        auctions.announce_reopening(desk.at(date(1976, 5, 3)).books, desk.bond, more)


def test_a_bond_that_pays_amounts_on_the_whole_issue_is_not_reopened() -> None:
    once = component({"is": "always"}, {"is": "once", "cents": 500, "on": "1978-08-15"})
    desk = jobs_desk(components=[component(linear()), once | {"id": "once"}])
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    more = Reopening(2, 60_000, date(1976, 5, 3), date(1976, 5, 10), date(1976, 5, 17))
    with pytest.raises(RefusedError, match="amounts on the whole issue"):
        auctions.announce_reopening(desk.at(date(1976, 5, 3)).books, desk.bond, more)


# ── values ────────────────────────────────────────────────────────────────────────────────────


def test_a_value_is_put_on_file_once_and_on_its_day() -> None:
    desk = jobs_desk()
    for _ in range(2):
        verified(desk, "57.5", SEEN_ON)
    (on_file,) = coupons.observations(desk.bond)
    assert (on_file.observation.row, on_file.observation.value) == (1, Decimal("57.5"))
    with pytest.raises(ConflictError, match="another value of jobs"):
        verified(desk, "58", SEEN_ON)
    with pytest.raises(RefusedError, match="verified on 1977-01-31; put it on file that day"):
        service_coupons.record_observations(
            desk.books, desk.bond, [seen("58", halves(1976, 2), "1977-01-31")]
        )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kpi": "wages"}, "no indicator 'wages'"),
        ({"window": halves(1977, 1)}, "is not over"),
        ({"value": Decimal("57.1234567")}, "more than 6 decimals"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(changes: dict[str, Any], told: str) -> None:
    desk = jobs_desk().at(SEEN_ON)
    found = replace(seen("57", halves(1976, 2), SEEN_ON.isoformat()), **changes)
    with pytest.raises(RefusedError, match=told):
        service_coupons.record_observations(desk.books, desk.bond, [found])
    assert coupons.observations(desk.bond) == []


def test_a_value_that_comes_after_the_determination_of_the_day_waits_for_the_next() -> None:
    desk = jobs_desk()
    determined(desk, 3)
    late = seen("60", halves(1976, 2), DETERMINED_ON.isoformat())
    with pytest.raises(RefusedError, match="after the coupon of period 3 was determined today"):
        service_coupons.record_observations(desk.books, desk.bond, [late])


def test_the_database_keeps_values_as_they_are() -> None:
    desk = jobs_desk()
    verified(desk, "57.5", SEEN_ON)
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE bonds_observation SET value = 60")
    with pytest.raises(IntegrityError, match="is_sound"), transaction.atomic():
        models.Observation.objects.create(
            **{
                **models.Observation.objects.values().get(),
                "id": UUID(int=7),
                "number": 2,
                "verified_on": date(1976, 12, 31),
            }
        )


# ── coupons ───────────────────────────────────────────────────────────────────────────────────


def test_a_coupon_is_determined_on_its_day_and_replays_to_the_same_bytes() -> None:
    desk = jobs_desk()
    verified(desk, "57.5", SEEN_ON)
    with pytest.raises(RefusedError, match="is determined on 1977-02-11, not before"):
        service_coupons.determine_coupon(desk.books, desk.bond, 3)
    identifier = determined(desk, 3)
    assert determined(desk, 3) == identifier
    on_file = rules.find(identifier)
    assert on_file is not None
    assert replay(on_file).content.decode() == on_file.content
    coupon = coupons.determined_coupon(desk.bond, 3)
    assert (coupon.base_percent, coupon.adjustment_percent) == (Decimal(8), Decimal("0.75"))
    told = " ".join(on_file.explanation)
    assert "Share in work, 1976-07-01 to 1976-12-31: 57.5, vintage 1, verified 1977-02-01" in told
    assert "8 % and 0.75 % make 8.75 % a year, known before the period starts." in told


def test_a_coupon_determined_late_reads_only_what_was_verified_in_time() -> None:
    desk = jobs_desk()
    verified(desk, "60", date(1977, 2, 14))
    determined(desk, 3, date(1977, 3, 1))
    assert coupons.determined_coupon(desk.bond, 3).adjustment_percent == 0
    on_file = coupons.determined_coupon(desk.bond, 3).determination
    assert "no sound value in time" in " ".join(on_file.explanation)


def test_a_correction_is_made_good_in_a_later_coupon_and_changes_no_earlier_one() -> None:
    desk = jobs_desk(revisions={"is": "true-up", "materiality_percent": "0.050"})
    verified(desk, "55", SEEN_ON)
    determined(desk, 3)
    verified(desk, "57", date(1977, 5, 2))
    verified(desk, "56", date(1977, 8, 1), halves(1977, 1))
    made = service_coupons.determine_due_coupons(desk.at(date(1977, 8, 12)).books, desk.bond)
    assert len(made) == 3  # periods 1, 2 and 4: period 3 was there already
    # 0.5 was paid where 0.7 was earned: 0.2 is made good on top of the 0.6 of period 4.
    assert percents(desk) == ["8", "8", "8.5", "8.8"]
    on_file = rules.find(made[-1])
    assert on_file is not None
    assert replay(on_file).content.decode() == on_file.content
    assert "period 3: 0.5 became 0.7 %" in " ".join(on_file.explanation)


def test_the_coupons_that_are_due_are_determined_in_order_and_once() -> None:
    desk = jobs_desk().at(date(1976, 9, 1))
    assert len(service_coupons.determine_due_coupons(desk.books, desk.bond)) == 2
    assert service_coupons.determine_due_coupons(desk.books, desk.bond) == []
    assert percents(desk) == ["8", "8"]


# ── what a buyer has to know ──────────────────────────────────────────────────────────────────


def test_a_rate_that_nobody_has_determined_is_no_rate_to_trade_at() -> None:
    desk = jobs_desk()
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    sold(desk.at(date(1976, 9, 1)), "north", "south", 100)  # nothing is scored before period 3
    verified(desk, "57.5", SEEN_ON)
    desk.at(date(1977, 3, 1))
    with pytest.raises(RefusedError, match=r"period 3 .* has not been determined"):
        sold(desk, "north", "south", 100)
    determined(desk, 3, date(1977, 3, 1))
    trade = sold(desk, "north", "south", 100)
    assert coupons.bonus_notice(desk.bond, date(1977, 3, 2)) == BonusNotice(
        Decimal("0.75"), DETERMINED_ON, 3
    )
    terms = holders.agree_trade(desk.books, desk.bond, trade)
    assert terms.coupon_percent == Decimal("8.75")
    assert terms.legend == "Accrued interest includes the outcome bonus of 0.75 % a year."


def test_outside_the_life_of_a_bond_there_is_no_bonus_to_know() -> None:
    desk = jobs_desk()
    for day in (date(1976, 2, 14), desk.bond.terms.matures_on):
        with pytest.raises(
            RefusedError, match=f"no interest period of bond LMB760AA3 runs on {day}"
        ):
            coupons.bonus_notice(desk.bond, day)


def test_in_arrears_a_bond_trades_flat_of_its_bonus() -> None:
    desk = jobs_desk(
        determination={
            "mode": "in-arrears",
            "lockout_business_days": 2,
            "notice_business_days": 0,
            "dispute_days": 0,
            "record_business_days": 1,
            "verifier": "Evaluator",
        }
    )
    holders.settle(desk.at(date(1976, 2, 17)).books, desk.bond)
    found = coupons.bonus_notice(desk.bond, date(1977, 3, 2))
    assert found == FlatOfBonus(date(1977, 8, 12))
    commercial(desk, "bank")
    trade = sold(desk.at(date(1977, 3, 1)), "north", "bank", 100)
    terms = holders.agree_trade(desk.books, desk.bond, trade)
    assert terms.coupon_percent == 8
    assert terms.legend is not None
    assert "flat of the outcome bonus" in terms.legend


def test_two_indicators_are_weighed_from_values_on_file() -> None:
    both: dict[str, Any] = {
        "is": "weighted",
        "parts": [
            {"weight": "0.75", "of": linear()},
            {"weight": "0.25", "of": linear("wages")},
        ],
    }
    desk = jobs_desk(kpis=[kpi(), kpi("wages")], components=[component(both)])
    verified(desk, "60", SEEN_ON)
    verified(desk, "54", SEEN_ON, kpi="wages")
    determined(desk, 3)
    assert coupons.determined_coupon(desk.bond, 3).adjustment_percent == Decimal("0.85")
