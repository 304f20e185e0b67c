"""Periods of participation: the 90-day rule, plans, common exit, and what was known when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmb.outcomes.periods import ParticipationRules, make_periods

RULES = ParticipationRules.in_force_on(date(2024, 7, 1))
LATER = date(2030, 1, 1)


class Event(NamedTuple):
    """A row of the relation `events`."""

    event_id: int
    person_id: str
    program: str
    happened_on: date
    kind: str
    recorded_on: date
    supersedes: int | None = None


class Period(NamedTuple):
    """A row of the result, without what it was derived from."""

    person_id: str
    program: str
    entry_date: date
    exit_date: date | None


def periods(
    events: Iterable[Event], as_of: date = LATER, common_exit: Sequence[str] = ()
) -> list[Period]:
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE events (event_id INTEGER, person_id VARCHAR, program VARCHAR, "
            "happened_on DATE, kind VARCHAR, recorded_on DATE, supersedes INTEGER)"
        )
        rows = list(events)
        if rows:
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        make_periods(connection, RULES, as_of=as_of, common_exit=common_exit)
        found = connection.execute(
            "SELECT person_id, program, entry_date, exit_date FROM periods_of_participation "
            "ORDER BY ALL"
        ).fetchall()
    return [Period(*row) for row in found]


def service(number: int, day: date, **fields: Any) -> Event:
    """A career service of one person, recorded the day it happened, but for these fields."""
    event = Event(number, "p", "adult", day, "career", day)
    return event._replace(**fields)


START = date(2023, 10, 2)


def after(days: int) -> date:
    return START + timedelta(days)


@pytest.mark.parametrize(
    ("gap", "exits"), [(1, [90]), (90, [180]), (91, [0, 91])], ids=["day 1", "day 90", "day 91"]
)
def test_a_service_within_90_days_continues_the_period(gap: int, exits: list[int]) -> None:
    days = [0, gap] if gap != 1 else [0, 1, 90]
    events = [service(number, after(day)) for number, day in enumerate(days)]
    if gap == 90:
        events.append(service(9, after(180)))
    assert [each.exit_date for each in periods(events)] == [after(day) for day in exits]


@pytest.mark.parametrize(("as_of", "known"), [(90, False), (91, True)])
def test_an_exit_is_known_91_days_later_and_lies_on_the_last_service(
    as_of: int, known: bool
) -> None:
    (found,) = periods([service(1, START)], after(as_of))
    assert found.exit_date == (START if known else None)


def test_a_leap_day_is_a_day() -> None:
    first = date(2023, 12, 1)
    for gap, count in ((90, 1), (91, 2)):
        second = first + timedelta(gap)
        assert second in (date(2024, 2, 29), date(2024, 3, 1))
        assert len(periods([service(1, first), service(2, second)])) == count


@pytest.mark.parametrize("kind", RULES.other_kinds)
def test_other_services_neither_start_nor_put_off(kind: str) -> None:
    assert periods([service(1, START, kind=kind)]) == []
    both = [service(1, START), service(2, after(60), kind=kind), service(3, after(120))]
    assert [each.exit_date for each in periods(both)] == [START, after(120)]


def planned(day: int, recorded: int) -> Event:
    return service(50, after(day), kind="planned", recorded_on=after(recorded))


def test_a_planned_service_keeps_the_period_open_to_its_day() -> None:
    both = [service(1, START), service(2, after(150))]
    assert len(periods([*both, planned(150, 30)])) == 1
    assert len(periods([*both, planned(149, 30)])) == 2
    # Put on record when the exit was a fact already.
    assert len(periods([*both, planned(150, 91)])) == 2


def test_a_plan_that_came_to_nothing_leaves_the_exit_on_the_last_service() -> None:
    events = [service(1, START), planned(150, 30)]
    assert periods(events, after(150))[0].exit_date is None
    assert periods(events, after(151))[0].exit_date == START


def test_programs_of_a_common_exit_leave_together() -> None:
    events = [
        service(1, START),
        service(2, after(60), program="dislocated"),
        service(3, after(120), program="dislocated"),
        service(4, after(20), program="vr"),
    ]
    apart = periods(events)
    assert [(each.program, each.exit_date) for each in apart] == [
        ("adult", START),
        ("dislocated", after(120)),
        ("vr", after(20)),
    ]
    together = periods(events, common_exit=["adult", "dislocated"])
    assert together == [
        Period("p", "adult", START, after(120)),
        Period("p", "dislocated", after(60), after(120)),
        Period("p", "vr", after(20), after(20)),
    ]


def test_what_was_recorded_later_was_not_known() -> None:
    late = service(2, after(80), recorded_on=after(200))
    events = [service(1, START), late]
    assert periods(events, after(199)) == [Period("p", "adult", START, START)]
    assert periods(events, after(200)) == [Period("p", "adult", START, after(80))]


def test_a_correction_supersedes_from_the_day_it_was_recorded() -> None:
    corrected = service(3, after(30), recorded_on=after(300), supersedes=2)
    events = [service(1, START), service(2, after(80)), corrected]
    assert periods(events, after(299))[0].exit_date == after(80)
    assert periods(events, after(300))[0].exit_date == after(30)
    withdrawn = corrected._replace(kind="withdrawn")
    assert periods([*events[:2], withdrawn])[0].exit_date == START


def test_people_do_not_touch_each_other() -> None:
    events = [service(1, START), service(2, after(80), person_id="q")]
    assert [each.exit_date for each in periods(events)] == [START, after(80)]


DAYS = st.integers(0, 500)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from("pq"),
        st.sampled_from(["adult", "youth", "vr"]),
        DAYS,
        st.sampled_from(["career", "training", "career", "planned", "supportive", "follow_up"]),
        st.integers(0, 120),
    ),
    max_size=14,
)


def counted_by_hand(events: Sequence[Event], as_of: date, together: Sequence[str]) -> list[Period]:
    """The same rule, walked day by day for each person."""
    known = [event for event in events if event.recorded_on <= as_of]
    units = {event.program: "" if event.program in together else event.program for event in known}
    found = []
    for person, unit in sorted({(event.person_id, units[event.program]) for event in known}):
        mine = [e for e in known if (e.person_id, units[e.program]) == (person, unit)]
        served = [e for e in mine if e.kind in RULES.participation_kinds and e.happened_on <= as_of]
        plans = [e for e in mine if e.kind == "planned"]
        episodes: list[list[Event]] = []
        until = date.min
        for event in sorted(served, key=lambda event: event.happened_on):
            if event.happened_on > until:
                episodes.append([])
            episodes[-1].append(event)
            limit = event.happened_on + timedelta(90)
            bridges = [p.happened_on for p in plans if p.recorded_on <= limit]
            until = max([until, limit, *bridges]) if bridges else max(until, limit)
            episodes[-1].append(event._replace(kind="until", happened_on=until))
        for episode in episodes:
            real = [event for event in episode if event.kind != "until"]
            last = max(event.happened_on for event in real)
            open_until = max(event.happened_on for event in episode)
            for program in sorted({event.program for event in real}):
                entry = min(event.happened_on for event in real if event.program == program)
                found.append(Period(person, program, entry, last if open_until < as_of else None))
    return sorted(found, key=lambda each: each[:3])


@given(drawn=EVENTS, as_of=DAYS, together=st.sampled_from([(), ("adult", "youth")]))
@settings(max_examples=30, deadline=None)
def test_one_pass_of_sql_gives_what_a_walk_by_hand_gives(
    drawn: list[tuple[str, str, int, str, int]], as_of: int, together: tuple[str, ...]
) -> None:
    events = [
        Event(
            number,
            person,
            program,
            after(day),
            kind,
            after(day - lag if kind == "planned" else day + lag),
        )
        for number, (person, program, day, kind, lag) in enumerate(drawn)
    ]
    known_on = after(as_of)
    assert periods(events, known_on, together) == counted_by_hand(events, known_on, together)


@given(drawn=EVENTS, as_of=DAYS)
@settings(max_examples=10, deadline=None)
def test_what_came_later_never_changes_what_was_known(
    drawn: list[tuple[str, str, int, str, int]], as_of: int
) -> None:
    known_on = after(as_of)
    events = [
        Event(number, person, program, after(day), kind, after(day + lag))
        for number, (person, program, day, kind, lag) in enumerate(drawn)
    ]
    then = [event for event in events if event.recorded_on <= known_on]
    assert periods(events, known_on) == periods(then, known_on)
