"""The only functions that put verified values on file and determine coupons from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from lmb.bonds import models, queries
from lmb.bonds import queries_coupons as coupons
from lmb.bonds.auction.announcement import FIRST_AUCTION
from lmb.bonds.dated_rules import OUTCOME_COUPON_RULE
from lmb.bonds.determinations import MEASURE_RULE, measured_observation, outcome_coupon
from lmb.bonds.linked.kpis_file import Observation
from lmb.bonds.linked.plan import Window
from lmb.bonds.linked.sheet import FixedWindow
from lmb.bonds.queries import BondOnFile
from lmb.bonds.queries_coupons import ObservationOnFile
from lmb.bonds.service import DESK
from lmb.ledger.service import Books
from lmb.rules.determination import Input, determine
from lmb.rules.parameters import in_force
from lmb.rules.queries import DeterminationOnFile, find
from lmb.rules.service import record
from lmb.rules.sessions import house
from lmb.values.clock import fiscal_date
from lmb.values.errors import ConflictError, RefusedError
from lmb.values.identifiers import derived_uuid7
from lmb.values.rounding import half_up

PLACES = 6
"""Decimals a verified value is kept with."""


@house()
def record_observations(books: Books, bond: BondOnFile, observed: Sequence[Observation]) -> None:
    """Put verified values on file on the day they were verified; the same again changes nothing.

    Raises RefusedError for an indicator the terms do not have, a window that is not over, a day
    other than today, or a day whose determinations have been made: what comes after them counts
    from tomorrow. ConflictError where another value of the day is on file.
    """
    _record(books, bond, observed, None)


@house()
def record_measured(books: Books, bond: BondOnFile, measure: UUID) -> None:
    """Put on file what a measure of the house says of the indicator the terms leave to it, once.
    Raises RefusedError for a determination that is no such measure in these books."""
    if any(one.determination == measure for one in coupons.observations(bond)):
        return
    on_file, measured = find(measure), bond.terms.measured_kpis
    if on_file is None or on_file.rule != MEASURE_RULE or on_file.cell != bond.cell:
        raise RefusedError(f"{measure} is no measure by rule {MEASURE_RULE} in these books")
    for kpi in measured:
        if kpi.measured is None or kpi.measured.rule != on_file.rule:
            continue
        assert isinstance(kpi.window, FixedWindow), "the checks of the sheet hold it"
        value = Observation(
            row=0,
            kpi=kpi.id,
            window=Window(kpi.window.first_day, kpi.window.last_day),
            vintage=kpi.vintage,
            p_value=None,
            verified_on=fiscal_date(books.now()),
            verifier=f"rule {on_file.rule}, version {on_file.rule_version}",
            **measured_observation(on_file.result),
        )
        _record(books, bond, [value], on_file.id)


@house()
def determine_coupon(books: Books, bond: BondOnFile, number: int) -> UUID:
    """Determine the coupon of an interest period and put it on file; determining it again changes
    nothing. Returns the determination.

    It reads what was verified by the day the terms fix, however late it is made. Raises
    RefusedError before that day, before the auction, and for a period after the bond has ended.
    """
    known = coupons.coupon(bond, number)
    if known is not None:
        return known.determination.id
    plan = coupons.period_plan(bond, number)
    if fiscal_date(books.now()) < plan.determined_on:
        raise RefusedError(
            f"the coupon of interest period {number} of bond {bond.cusip} is determined on "
            f"{plan.determined_on}, not before: values may come until then"
        )
    parameters = in_force(OUTCOME_COUPON_RULE, bond.terms.announced_on)
    period = queries.periods(bond)[number - 1]
    read = [
        one
        for one in coupons.observations(bond)
        if one.observation.verified_on <= plan.determined_on
    ]
    determinations = {
        one.id: one for one in (*_auctions(bond, plan.period.ends_on), *_measures(read))
    }
    inputs = [
        Input("terms", bond.id, bond.terms.document()),
        Input("interest-period", period.id, period.document()),
        *(Input("determination", one.id, one.document) for one in determinations.values()),
        *(Input("observation", one.id, one.document()) for one in read),
    ]
    subject = coupons.coupon_subject(bond, number)
    determination = determine(outcome_coupon, parameters, subject, inputs)
    return record(books.cell, determination, actor=DESK, recorded_at=books.now())


def determine_due_coupons(books: Books, bond: BondOnFile) -> list[UUID]:
    """Determine every coupon whose day has come, in order; returns the determinations made."""
    today = fiscal_date(books.now())
    known = {one.period: one for one in coupons.coupons(bond)}
    made = []
    for plan in coupons.plans(bond):
        last = known.get(plan.period.number)
        if last is None and plan.determined_on <= today:
            made.append(determine_coupon(books, bond, plan.period.number))
            last = coupons.coupon(bond, plan.period.number)
        if last is None or last.redemption_percent is not None:
            break
    return made


def _auctions(bond: BondOnFile, ends_on: date) -> list[DeterminationOnFile]:
    """The auctions held of what is out before a period ends. Raises NotFoundError before the
    first."""
    found = [queries.auction_determination(bond, FIRST_AUCTION)]
    for on_file in queries.reopenings(bond):
        reopening = on_file.reopening
        if reopening.issue_on < ends_on and queries.is_auctioned(bond, reopening.number):
            found.append(queries.auction_determination(bond, reopening.number))
    return found


def _measures(read: Sequence[ObservationOnFile]) -> list[DeterminationOnFile]:
    identifiers = {one.determination for one in read if one.determination is not None}
    found = (find(identifier) for identifier in sorted(identifiers))
    return [on_file for on_file in found if on_file is not None]


class _Key(NamedTuple):
    """What makes two values the same publication."""

    kpi: str
    window: Window
    vintage: int
    verified_on: date


def _key(observation: Observation) -> _Key:
    return _Key(observation.kpi, observation.window, observation.vintage, observation.verified_on)


def _record(
    books: Books, bond: BondOnFile, observed: Sequence[Observation], measure: UUID | None
) -> None:
    on_file = coupons.observations(bond)
    known = {_key(one.observation): one.observation for one in on_file}
    new = []
    for observation in observed:
        there = known.get(_key(observation))
        if there is None:
            new.append(observation)
        elif replace(there, row=observation.row) != observation:
            raise ConflictError(
                f"another value of {observation.kpi}, {observation.window}, was put on file "
                f"today; a correction counts from the day it is verified on, so verify it tomorrow"
            )
    wrong = [fault for observation in new for fault in _faults(books, bond, observation)]
    if wrong:
        raise RefusedError(f"these values cannot be put on file: {'; '.join(wrong)}")
    now = books.now()
    models.Observation.objects.bulk_create(
        models.Observation(
            cell=books.cell,
            id=derived_uuid7(
                now, str(books.cell), "observation", bond.cusip, *map(str, _key(observation))
            ),
            bond=bond.id,
            number=number,
            kpi=observation.kpi,
            observed_from=observation.window.first_day,
            observed_to=observation.window.last_day,
            vintage=observation.vintage,
            value=observation.value,
            people=observation.people,
            coverage_percent=observation.coverage_percent,
            ci95_lower=observation.ci95_lower,
            p_value=observation.p_value,
            verified_on=observation.verified_on,
            verifier=observation.verifier,
            determination=measure,
            recorded_at=now,
        )
        for number, observation in enumerate(new, start=len(on_file) + 1)
    )


def _faults(books: Books, bond: BondOnFile, observation: Observation) -> list[str]:
    today = fiscal_date(books.now())
    name, faults = f"{observation.kpi}, {observation.window}", []
    if observation.kpi not in {kpi.id for kpi in bond.terms.kpis}:
        return [f"the terms of {bond.cusip} have no indicator {observation.kpi!r}"]
    if observation.verified_on != today:
        faults.append(f"{name} was verified on {observation.verified_on}; put it on file that day")
    if observation.window.last_day >= today:
        faults.append(f"{name} is not over")
    made = [one.period for one in coupons.coupons(bond) if one.determined_on == today]
    if made:
        faults.append(
            f"{name} comes after the coupon of period {made[0]} was determined today; put it on "
            "file tomorrow, for later coupons"
        )
    for value in (observation.value, observation.ci95_lower, observation.p_value):
        if value is not None and half_up(value, PLACES) != Decimal(value):
            faults.append(f"{name}: {value} has more than {PLACES} decimals")
    return faults
