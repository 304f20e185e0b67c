"""Each action asks for as much assurance as the table says, and tells what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmb.people.assurance import (
    Action,
    Assurance,
    Requirement,
    StepUpNeededError,
    requirement,
    requires,
    shortfalls,
)
from lmb.people.roles import Role, session_limits_on
from lmb.rules.parameters import in_force
from tests.people.support import NOW, sure

DAY = date(2027, 3, 1)

# The table of step-up, as it was decided: level of identity and authentication, minutes, phishing
# resistance, second person.
TABLE = {
    Action.BROWSE: (1, 1, None, False, False),
    Action.COMMIT_CREDITS: (2, 2, 15, False, False),
    Action.CHANGE_BANK_DETAILS: (1, 2, 5, True, False),
    Action.EXPORT_EVERYTHING: (1, 2, 5, True, False),
    Action.CHANGE_SIGN_IN: (1, 2, 5, True, False),
    Action.PROVIDER_CLAIM: (1, 2, None, False, False),
    Action.PAY_OUT: (1, 2, 5, True, True),
    Action.ISSUE_BOND: (1, 2, 5, True, True),
    Action.CHANGE_RATE: (1, 2, 5, True, True),
    Action.REVOKE_MANY: (1, 2, 15, False, True),
    Action.CHANGE_ACCREDITATION: (1, 2, 15, False, True),
    Action.CHANGE_ROLES: (1, 2, 15, False, True),
    Action.BREAK_GLASS: (1, 2, 15, True, True),
    Action.SIGN_DETERMINATION: (1, 2, 5, True, True),
}


@pytest.mark.parametrize("action", sorted(TABLE))
def test_the_data_say_what_the_table_says(action: Action) -> None:
    needed = requirement(action, DAY)
    minutes = needed.max_age and int(needed.max_age.total_seconds()) // 60
    found = (needed.ial, needed.aal, minutes, needed.phishing_resistant, needed.second_person)
    assert found == TABLE[action]


def test_every_action_and_no_other_is_in_the_data() -> None:
    assert set(in_force("assurance", DAY).values) == {action.value for action in Action}


def test_a_sure_session_may_do_all_that_one_person_may() -> None:
    for action in Action:
        if requirement(action, DAY).second_person:
            with pytest.raises(StepUpNeededError, match="a second person must approve it"):
                requires(action, sure(), NOW)
        requires(action, sure(), NOW, second_person=True)


@pytest.mark.parametrize(
    ("session", "told"),
    [
        (replace(sure(), ial=1), "proofed first"),
        (replace(sure(), aal=1), "second factor"),
        (replace(sure(), authenticated_at=NOW - timedelta(minutes=15, seconds=1)), "within 15"),
        (replace(sure(), authenticated_at=NOW + timedelta(minutes=3)), "in the future"),
    ],
)
def test_what_is_missing_is_told_with_the_next_step(session: Assurance, told: str) -> None:
    with pytest.raises(StepUpNeededError, match=told) as refused:
        requires(Action.COMMIT_CREDITS, session, NOW)
    assert len(refused.value.shortfalls) == 1
    assert refused.value.action is Action.COMMIT_CREDITS


sessions = st.builds(
    Assurance,
    ial=st.integers(0, 3),
    aal=st.integers(0, 3),
    amr=st.just(frozenset[str]()),
    authenticated_at=st.integers(0, 3600).map(lambda s: NOW - timedelta(seconds=s)),
    phishing_resistant=st.booleans(),
    device=st.just("phone"),
)
requirements = st.builds(
    Requirement,
    ial=st.integers(1, 3),
    aal=st.integers(1, 3),
    max_age=st.none() | st.integers(1, 60).map(lambda m: timedelta(minutes=m)),
    phishing_resistant=st.booleans(),
    second_person=st.booleans(),
)


@given(sessions, requirements)
def test_a_surer_session_never_lacks_more(session: Assurance, needed: Requirement) -> None:
    surer = replace(
        session, ial=3, aal=3, phishing_resistant=True, authenticated_at=NOW - timedelta(seconds=1)
    )
    assert shortfalls(surer, needed, NOW) == ()
    assert set(shortfalls(surer, needed, NOW)) <= set(shortfalls(session, needed, NOW))


@given(sessions, requirements)
def test_nothing_is_inferred_each_lack_is_told_alone(
    session: Assurance, needed: Requirement
) -> None:
    lacks = [
        session.ial < needed.ial,
        session.aal < needed.aal,
        needed.phishing_resistant and not session.phishing_resistant,
        needed.max_age is not None and NOW - session.authenticated_at > needed.max_age,
    ]
    assert len(shortfalls(session, needed, NOW)) == sum(lacks)


def test_sessions_of_each_role_end_as_the_table_says() -> None:
    limits = session_limits_on(DAY)
    minutes = {
        role: (limit.idle.seconds // 60, limit.total.seconds // 3600)
        for role, limit in limits.items()
    }
    watching = dict.fromkeys(
        [Role.STATE_BOARD, Role.AGENCY, Role.TREASURY, Role.AUDITOR, Role.SECURITY_OFFICER], (15, 8)
    )
    working = dict.fromkeys([Role.REPRESENTATIVE, Role.PROVIDER, Role.EMPLOYER], (30, 8))
    own = {Role.CITIZEN: (60, 12), Role.INVESTOR: (30, 12)}
    assert minutes == watching | working | own
    assert len(minutes) == 10


@given(st.integers(0, 900), st.integers(0, 900), st.sampled_from(Role))
def test_a_session_ends_idle_or_old_whichever_comes_first(
    age: int, since_seen: int, role: Role
) -> None:
    limit = session_limits_on(DAY)[role]
    started, seen = NOW, NOW + timedelta(minutes=age)
    over = limit.over_at(started, seen)
    assert over <= started + limit.total
    assert over <= seen + limit.idle
    assert over in (started + limit.total, seen + limit.idle)
