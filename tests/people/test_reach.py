"""Whom somebody could read: the database against a model in Python that knows nothing of ranges.

A drawn world has seats, consents, withdrawals, delegations, cases and moves at drawn days. The
model asks moment by moment; the database is asked for moments and for windows of time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmb.config import connections
from lmb.people import models

CELL = 77
START = datetime(2027, 3, 1, 5, tzinfo=UTC)  # midnight in Washington
DAYS = 12
US, HER, HIM, BODY, OTHER_BODY = (UUID(int=number) for number in range(1, 6))


def day(number: int) -> datetime:
    """Midnight in Washington, where moves happen too."""
    return START + timedelta(days=number)


@dataclass(frozen=True)
class Span:
    """From its first day on; up to, and without, its last; None: for ever."""

    first: int
    last: int | None

    def holds(self, at: int) -> bool:
        return self.first <= at and (self.last is None or at < self.last)

    @property
    def end(self) -> datetime | None:
        return None if self.last is None else day(self.last)

    @property
    def certain_end(self) -> datetime:
        assert self.last is not None
        return day(self.last)


@st.composite
def spans(draw: st.DrawFn, endless: bool = True) -> Span:
    first = draw(st.integers(0, DAYS - 2))
    last = st.integers(first + 1, DAYS)
    return Span(first, draw(st.none() | last if endless else last))


@dataclass(frozen=True)
class World:
    seats: list[tuple[str, Span]]
    consents: list[tuple[UUID, Span, int | None]]
    delegation: tuple[Span, int | None, bool] | None
    grant: Span | None
    moves: list[int]


worlds = st.builds(
    World,
    seats=st.lists(
        st.tuples(
            st.sampled_from(["state-board", "auditor", "security-officer", "employer"]), spans()
        ),
        max_size=2,
        unique_by=lambda seat: seat[0],
    ),
    consents=st.lists(
        st.tuples(
            st.sampled_from([BODY, OTHER_BODY]),
            spans(endless=False),
            st.none() | st.integers(0, DAYS),
        ),
        max_size=2,
    ),
    delegation=st.none()
    | st.tuples(spans(endless=False), st.none() | st.integers(0, DAYS), st.booleans()),
    grant=st.none() | spans(endless=False),
    moves=st.lists(st.integers(0, DAYS), max_size=2, unique=True),
)

Right = tuple[UUID, str, str]


def expected(world: World, at: int) -> set[Right]:
    """The rights of US at a moment, as the rules of this room are told in words."""
    found = {(US, c, "self") for c in ("name", "birth-date", "ssn", "contact", "bank")}
    held = [(role, span) for role, span in world.seats if span.holds(at)]
    if held:
        for recipient, span, withdrawn in world.consents:
            ended = withdrawn is not None and withdrawn <= at
            reading = any(role != "security-officer" for role, _ in held)
            if recipient == BODY and span.holds(at) and not ended and reading:
                found.add((HER, "name", "consent"))
    if world.delegation is not None:
        span, ended_at, for_body = world.delegation
        alive = span.holds(at) and not (ended_at is not None and ended_at <= at)
        if alive and (held or not for_body):
            found.add((HER, "ssn", "delegation"))
    if any(role == "state-board" for role, _ in held) and lives_here(world, at):
        found |= {(HER, c, "state") for c in ("name", "birth-date", "contact")}
    first_seat = world.seats[0] if world.seats else None
    if world.grant and first_seat and first_seat[1].holds(at) and world.grant.holds(at):
        found.add((HER, "bank", "grant"))
    return found


def lives_here(world: World, at: int) -> bool:
    """She starts here and moves away, back, away at each move."""
    return sum(1 for move in world.moves if move <= at) % 2 == 0


Ask = Callable[[datetime, datetime], set[Right]]


@pytest.fixture
def ask(fresh_database: object) -> Ask:
    """The owner's question, in the transaction in which Django makes the rows."""

    def asked(begin: datetime, end: datetime) -> set[Right]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT person, data_class, basis FROM people_reach(%s, %s, %s, %s)",
                [CELL, US, begin, end],
            )
            return set(cursor.fetchall())

    with psycopg.connect(os.environ[connections.OWNER_VARIABLE], autocommit=True) as owner:
        owner.execute(
            "GRANT EXECUTE ON FUNCTION people_reach(integer, uuid, timestamptz, timestamptz),"
            " people_lasts(people_delegation) TO lmb_app"
        )
    return asked


def build(world: World) -> None:
    at = day(-30)
    for person in (US, HER, HIM):
        models.Person.objects.create(cell=CELL, id=person, recorded_at=at)
    for number, body in enumerate((BODY, OTHER_BODY)):
        models.Organisation.objects.create(
            cell=CELL,
            id=body,
            kind="agency",
            code=str(number),
            name="A body",
            state="MD",
            recorded_by=HIM,
            recorded_at=at,
        )
    seats = []
    for number, (role, span) in enumerate(world.seats):
        seats.append(UUID(int=100 + number))
        models.Membership.objects.create(
            cell=CELL,
            id=seats[-1],
            person=US,
            organisation=BODY,
            role=role,
            administers=False,
            starts_at=day(span.first),
            ended_at=span.end,
            ended_by=HIM if span.end else None,
            granted_by=HIM,
            recorded_at=at,
        )
    build_consents(world, at)
    build_rest(world, seats, at)


def build_consents(world: World, at: datetime) -> None:
    for number, (recipient, span, withdrawn) in enumerate(world.consents):
        consent = UUID(int=200 + number)
        content = (
            f'{{"id":"{consent}","person":"{HER}","recipient":"{recipient}",'
            f'"purpose":"p","data_classes":["name"]}}'
        )
        models.Consent.objects.create(
            cell=CELL,
            id=consent,
            person=HER,
            recipient=recipient,
            purpose="p",
            data_classes=["name"],
            starts_at=day(span.first),
            expires_at=span.certain_end,
            content=content,
            key="k",
            signature=b"s",
            recorded_at=at,
        )
        if withdrawn is not None:
            models.Withdrawal.objects.create(
                cell=CELL,
                consent=consent,
                withdrawn_at=day(withdrawn),
                content=f'{{"withdraws":"{consent}"}}',
                key="k",
                signature=b"s",
                recorded_at=at,
            )


def build_rest(world: World, seats: list[UUID], at: datetime) -> None:
    if world.delegation is not None:
        span, ended_at, for_body = world.delegation
        ended = None if ended_at is None else max(day(ended_at), day(span.first))
        models.Delegation.objects.create(
            cell=CELL,
            id=UUID(int=300),
            person=HER,
            delegate=US,
            organisation=BODY if for_body else None,
            kind="caseworker" if for_body else "parent",
            actions=["read"],
            data_classes=["ssn"],
            starts_at=day(span.first),
            expires_at=span.certain_end,
            granted_by=HER,
            recorded_at=at,
            ended_at=ended,
        )
    if world.grant is not None and seats:
        models.RecordGrant.objects.create(
            cell=CELL,
            id=UUID(int=400),
            membership=seats[0],
            person=HER,
            data_classes=["bank"],
            reason="a case",
            starts_at=day(world.grant.first),
            expires_at=world.grant.certain_end,
            granted_by=US,
            approved_by=HIM,
            recorded_at=at,
        )
    homes = [(-20, "MD")]
    homes += [(move, "VA" if n % 2 == 0 else "MD") for n, move in enumerate(sorted(world.moves))]
    for number, (first, state) in enumerate(homes):
        models.Residence.objects.create(
            cell=CELL,
            id=UUID(int=500 + number),
            person=HER,
            state=state,
            board="B",
            effective_on=day(first).date(),
            recorded_at=at,
        )


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(worlds, st.integers(0, DAYS), st.integers(0, DAYS))
def test_the_database_reaches_whom_the_rules_let(
    ask: Ask, world: World, one: int, other: int
) -> None:
    begin, end = sorted((one, other))
    with transaction.atomic():
        build(world)
        for at in (begin, end):
            assert ask(day(at), day(at)) == expected(world, at)
        # Spans begin and end on days, so the days of a window are all that can differ in it.
        inside = [expected(world, at) for at in range(begin, end + 1)]
        assert ask(day(begin), day(end)) == set().union(*inside)
        transaction.set_rollback(True)
