"""Every page asked for in every role, and by nobody: who comes in is what the page's door says, and
what this table says. A page without an entry here fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from secrets import token_bytes
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from pytest_django import Settings

from lmb.people.approvals import APPROVERS, propose
from lmb.people.models import Membership
from lmb.people.queries import acting_as_member
from lmb.people.roles import Role
from lmb.people.sessions import house
from lmb.settlement.report import Report
from lmb.web.models import Session
from tests.people.support import sure
from tests.web.support import first

EVERYBODY = frozenset[Role]()
"""Stands for a page that asks for no sign-in."""

Arguments = Callable[[Report], dict[str, object]]


def nothing(report: Report) -> dict[str, object]:
    return {}


def of_bond(report: Report) -> dict[str, object]:
    return {"identifier": report.bond.id}


def of_books(report: Report) -> dict[str, object]:
    return {"cell": report.cell}


def of_trace(report: Report) -> dict[str, object]:
    return {"identifier": first(report, "bonus")}


def of_session(report: Report) -> dict[str, object]:
    with house():
        return {"session": Session.objects.order_by("-id").values_list("id", flat=True)[0]}


def of_membership(report: Report) -> dict[str, object]:
    with house():
        found = Membership.objects.filter(cell=report.cell, ended_at=None).order_by("-id")
        return {"membership": found.values_list("id", flat=True)[0]}


def of_proposal(report: Report) -> dict[str, object]:
    """One that whoever is signed in may approve."""
    with house():
        held = Session.objects.exclude(membership=None).values_list("membership", flat=True)
        for seat in Membership.objects.filter(cell=report.cell, id__in=list(held)):
            by = acting_as_member(seat.cell, seat.person, seat.id, sure(timezone.now()))
            action = next((one for one, roles in APPROVERS.items() if by.role in roles), None)
            if action is not None:
                made = propose(token_bytes, by, action, {"a": 1}, timezone.now())
                return {"identifier": made.id}
    return {"identifier": uuid4()}


@dataclass(frozen=True, slots=True)
class Entry:
    """Who may open a page (EVERYBODY without signing in), with which arguments it is asked for, and
    how it answers those who may."""

    roles: frozenset[Role] = EVERYBODY
    arguments: Arguments = nothing
    answers: int = 200


def only(role: Role, arguments: Arguments = nothing, answers: int = 200) -> Entry:
    return Entry(frozenset({role}), arguments, answers)


APPROVING = frozenset[Role]().union(*APPROVERS.values())

PAGES = {
    "web:home": Entry(),
    "web:bond": Entry(arguments=of_bond),
    "web:terms": Entry(arguments=of_bond),
    "web:cash-flows": Entry(arguments=of_bond),
    "web:money-flow": Entry(arguments=of_bond),
    "web:demand": Entry(arguments=of_bond),
    "web:outcome": Entry(arguments=of_bond),
    "web:paper": Entry(arguments=lambda report: {**of_bond(report), "kind": "results"}),
    "web:trace-search": Entry(),
    "web:trace": Entry(arguments=of_trace),
    "web:receipt": Entry(),
    "web:audit": Entry(),
    "web:audit-books": Entry(arguments=of_books),
    "web:checkpoint": Entry(arguments=of_books),
    "web:glossary": Entry(),
    "web:sign-out": Entry(answers=405),
    "web:acting": Entry(frozenset(Role)),
    "web:sign-in-passkey": Entry(answers=405),
    "web:sign-in-password": Entry(),
    "web:sign-in-recover": Entry(),
    "web:sign-in-at": Entry(arguments=lambda _: {"name": "practice"}, answers=405),
    "web:sign-in-answer": Entry(arguments=lambda _: {"name": "practice"}, answers=403),
    "web:new-here": Entry(),
    "web:new-way": Entry(answers=303),
    "web:new-passkey": Entry(answers=405),
    "web:new-password": Entry(answers=405),
    "web:practice": Entry(answers=400),
    "web:devices": Entry(frozenset(Role)),
    "web:end-session": Entry(frozenset(Role), answers=303),
    "web:add-passkey": Entry(frozenset(Role)),
    "web:remove-passkey": Entry(frozenset(Role), lambda _: {"passkey": uuid4()}, 303),
    "web:set-password": Entry(frozenset(Role)),
    "web:remove-password": Entry(frozenset(Role), answers=303),
    "web:set-app": Entry(frozenset(Role)),
    "web:remove-app": Entry(frozenset(Role), answers=303),
    "web:recovery-codes": Entry(frozenset(Role), answers=303),
    "web:counter-code": only(Role.CITIZEN),
    "web:counter": only(Role.STATE_BOARD),
    "web:proposals": Entry(APPROVING),
    "web:proposal": Entry(APPROVING, of_proposal),
    "web:personas": Entry(),
    "web:persona": Entry(arguments=lambda _: {"role": "citizen"}),
    "web:citizen:home": only(Role.CITIZEN),
    "web:citizen:history": only(Role.CITIZEN),
    "web:citizen:history-csv": only(Role.CITIZEN),
    "web:citizen:lock": only(Role.CITIZEN),
    "web:citizen:code": only(Role.CITIZEN),
    "web:citizen:news": only(Role.CITIZEN),
    "web:citizen:looks": only(Role.CITIZEN),
    "web:citizen:looks-csv": only(Role.CITIZEN),
    "web:citizen:consents": only(Role.CITIZEN),
    "web:citizen:consent-new": only(Role.CITIZEN),
    "web:citizen:helpers": only(Role.CITIZEN),
    "web:citizen:helper-new": only(Role.CITIZEN),
    "web:citizen:worker": Entry(),
    "web:citizen:manifest": Entry(),
    "web:representative:home": only(Role.REPRESENTATIVE),
    "web:provider:home": only(Role.PROVIDER),
    # The demonstration is over: nothing is left to confirm of anybody.
    "web:provider:confirm": only(Role.PROVIDER, lambda _: {"learner": uuid4()}, answers=404),
    "web:provider:payments": only(Role.PROVIDER),
    "web:provider:programs": only(Role.PROVIDER),
    "web:employer:home": only(Role.EMPLOYER),
    "web:employer:confirm": only(Role.EMPLOYER),
    "web:board:home": only(Role.STATE_BOARD),
    "web:board:money": only(Role.STATE_BOARD),
    "web:board:people": only(Role.STATE_BOARD),
    "web:agency:home": only(Role.AGENCY),
    "web:agency:cases": only(Role.AGENCY),
    "web:agency:rules": only(Role.AGENCY),
    "web:treasury:home": only(Role.TREASURY),
    "web:treasury:bond": only(Role.TREASURY, of_bond),
    "web:investor:home": only(Role.INVESTOR),
    "web:investor:statement": only(Role.INVESTOR),
    "web:investor:bids": only(Role.INVESTOR),
    "web:investor:coupon-paper": only(
        Role.INVESTOR, lambda report: {**of_bond(report), "number": 1}
    ),
    "web:investor:redemption-paper": only(Role.INVESTOR, of_bond),
    "web:investor:holdings-paper": only(Role.INVESTOR, lambda _: {"year": 1976}),
    "web:auditor:home": only(Role.AUDITOR),
    "web:auditor:sample": only(Role.AUDITOR),
    "web:auditor:looks": only(Role.AUDITOR),
    "web:security:home": only(Role.SECURITY_OFFICER),
    "web:security:sign-ins": only(Role.SECURITY_OFFICER),
    "web:security:looks": only(Role.SECURITY_OFFICER),
    "web:security:members": only(Role.SECURITY_OFFICER),
    "web:security:end-session": only(Role.SECURITY_OFFICER, of_session),
    "web:security:end-membership": only(Role.SECURITY_OFFICER, of_membership),
}

SIGN_IN = "web:sign-in"
"""The one page that answers by whether somebody is in: those who are go on to their workspace."""


def routes(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site by its whole name."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from routes(pattern, inner)
        else:
            yield ":".join((*spaces, pattern.name or str(pattern.pattern))), pattern


ROUTES = {name: found for name, found in routes(get_resolver()) if name.startswith("web:")}
"""Programs have a door and a matrix of their own."""


def test_every_page_has_an_entry_and_every_entry_a_page() -> None:
    assert set(PAGES) | {SIGN_IN} == set(ROUTES)


@pytest.mark.parametrize("name", PAGES)
def test_door_of_a_page_lets_in_whom_the_table_says(name: str) -> None:
    assert getattr(ROUTES[name].callback, "workspace_roles", EVERYBODY) == PAGES[name].roles


@pytest.fixture(autouse=True)
def personas(settings: Settings) -> None:
    settings.PERSONAS = True


@pytest.mark.parametrize("role", [*Role, None])
def test_pages_answer_each_role_as_their_doors_say(trying_out: Report, role: Role | None) -> None:
    client = Client()
    if role is not None:
        assert client.post(f"/personas/{role.value}/").status_code == 302
    wrong = []
    for name, entry in PAGES.items():
        # A page that does not ask who one is answers every role as it answers nobody.
        if entry.roles == EVERYBODY and role is not None:
            continue
        arguments = _arguments(entry, trying_out, role)
        response = client.get(reverse(name, kwargs=arguments))
        if response.status_code != _expected(entry, role):
            wrong.append(f"{name}: {response.status_code}")
        if response.status_code == 302:
            assert response.headers["Location"].startswith("/sign-in/?next=")
        if role in entry.roles and response.headers["Cache-Control"] != "private, no-store":
            wrong.append(f"{name}: a browser may keep it")
    assert wrong == []


def _arguments(entry: Entry, report: Report, role: Role | None) -> dict[str, object]:
    if role is None and entry.arguments is of_session:
        # Nobody is signed in; the door does not look at which session is meant.
        return {"session": uuid4()}
    return entry.arguments(report)


def _expected(entry: Entry, role: Role | None) -> int:
    if entry.roles == EVERYBODY:
        return entry.answers
    if role is None:
        return 302
    return entry.answers if role in entry.roles else 403
