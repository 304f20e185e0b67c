"""Every operation by every role, in this process: a new operation without a line here fails."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

import pytest
from django.http import HttpRequest, HttpResponse

from lmb.api import admission
from lmb.api.api import OPERATIONS
from lmb.api.operations import Operation
from lmb.people.acting import ActingClient
from lmb.people.roles import Role
from lmb.people.scopes import SCOPES_OF
from tests.api.conftest import World
from tests.api.support import ROOT, Registered, get, post, problem

PUBLIC = frozenset({"nobody", *SCOPES_OF})
CLIENTS = frozenset(SCOPES_OF)
MATRIX: dict[str, frozenset[str]] = {
    "attest_hire": frozenset({Role.EMPLOYER}),
    "attest_work": frozenset({Role.EMPLOYER}),
    "check_receipt_given": PUBLIC,
    "correct_hire": frozenset({Role.EMPLOYER}),
    "correct_work": frozenset({Role.EMPLOYER}),
    "count_indicators": CLIENTS - {Role.EMPLOYER},
    "enter_bids": frozenset({Role.INVESTOR}),
    "give_token": PUBLIC,
    "list_accounts": frozenset(
        {Role.PROVIDER, Role.INVESTOR, Role.STATE_BOARD, Role.TREASURY, Role.AUDITOR}
    ),
    "list_bonds": PUBLIC,
    "list_coupons": PUBLIC,
    "list_enrolments": frozenset({Role.PROVIDER}),
    "list_fund_shares": frozenset({Role.STATE_BOARD, Role.AGENCY, Role.TREASURY, Role.AUDITOR}),
    "list_holdings": frozenset({Role.INVESTOR}),
    "list_logs": PUBLIC,
    "list_movements": frozenset(
        {Role.PROVIDER, Role.INVESTOR, Role.STATE_BOARD, Role.TREASURY, Role.AUDITOR}
    ),
    "list_payments": frozenset({Role.INVESTOR}),
    "list_words": PUBLIC,
    "open_bid": frozenset({Role.INVESTOR}),
    "score_level": CLIENTS - {Role.EMPLOYER},
    "seal_bid": frozenset({Role.INVESTOR}),
    "show_auction": PUBLIC,
    "show_balance": frozenset(
        {Role.PROVIDER, Role.INVESTOR, Role.STATE_BOARD, Role.TREASURY, Role.AUDITOR}
    ),
    "show_bond": PUBLIC,
    "show_checkpoint": PUBLIC,
    "show_client": CLIENTS,
    "show_holding": frozenset({Role.INVESTOR}),
    "show_terms": PUBLIC,
    "show_trace": PUBLIC,
    "take_enrolment_code": frozenset({Role.PROVIDER}),
}
NOT_LET_IN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


def test_every_operation_has_its_line() -> None:
    assert set(MATRIX) == set(OPERATIONS)


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_each_role_is_let_in_where_the_matrix_says(name: str, world: World) -> None:
    known = OPERATIONS[name]
    let_in = set()
    for who in ("nobody", *SCOPES_OF):
        response = ask(known, world, world.clients[Role(who)] if who != "nobody" else None)
        assert response.status_code < 500, (who, response.content)
        # The token endpoint lets nobody in by who they are: it finds out.
        if name == "give_token" or response.status_code not in NOT_LET_IN:
            let_in.add(who)
        else:
            kind = problem(response)
            assert kind == ("unauthenticated" if who == "nobody" else "forbidden")
    assert let_in == MATRIX[name]


@pytest.mark.parametrize("name", sorted(MATRIX))
def test_a_client_without_the_scope_is_not_let_in_whatever_its_role(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    scope = OPERATIONS[name].access.scope
    if scope is None:
        assert MATRIX[name] in (PUBLIC, CLIENTS)
        return
    real = admission.admit

    def without(request: HttpRequest, at: datetime) -> ActingClient:
        acting = real(request, at)
        assert acting is not None
        return replace(acting, scopes=acting.scopes - {scope})

    monkeypatch.setattr(admission, "admit", without)
    for role in MATRIX[name]:
        response = ask(OPERATIONS[name], world, world.clients[Role(role)])
        assert problem(response) == "forbidden"
        assert scope.value in json.loads(response.content)["detail"]


def ask(known: Operation, world: World, by: Registered | None) -> HttpResponse:
    """A request as the document shows it, with identifiers of this world."""
    path = known.path.format(
        bond=world.bond.id,
        number=1,
        identifier=world.bond.id,
        books=world.cell,
        account=world.bond.id,
        cusip=world.bond.cusip,
        fact=world.bond.id,
    )
    if known.method == "GET":
        return get(path, by)
    if known.name == "give_token":
        return post(
            path,
            b"grant_type=client_credentials",
            by,
            content_type="application/x-www-form-urlencoded",
        )
    assert known.body_example is not None, f"{ROOT}{path} shows no example of its body"
    return post(path, known.body_example, by)
