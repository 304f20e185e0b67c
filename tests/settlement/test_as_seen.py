"""What a programme's people see of it through the functions that pages read with: their own."""

from __future__ import annotations

from datetime import UTC, datetime
from secrets import token_bytes
from uuid import UUID

import pytest
from django.db import connection

from lmb.bonds import queries as bonds
from lmb.bonds.models import Award, Entitlement
from lmb.facts.models import Attestation, WorkRecord
from lmb.ledger import queries as ledger
from lmb.ledger.models import Transfer
from lmb.people import queries as people
from lmb.people.acting import Acting
from lmb.people.organisations import NewOrganisation, appoint_first, found
from lmb.people.roles import OrganisationKind, Role
from lmb.people.sessions import acting
from lmb.rules.models import Determination
from lmb.settlement import service
from lmb.training.models import Enrolment
from lmb.wallets.queries import pockets
from tests.people.support import sure
from tests.settlement.small import CUSIP, small_programme

NOW = datetime(2027, 3, 1, 15, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def cell(db: None) -> int:
    return service.run(small_programme(), lambda step: None).cell


def person(cell: int, name: str) -> UUID:
    return people.person_keys(cell, [name])[name]


def as_citizen(cell: int, name: str) -> Acting:
    return people.acting_as_self(cell, person(cell, name), sure(NOW))


def as_member(cell: int, kind: OrganisationKind, code: str, role: Role) -> Acting:
    worker = person(cell, "c1")
    body = found(cell, NewOrganisation(kind, code, code, None), worker, NOW)
    membership = appoint_first(token_bytes, cell, body, worker, role, NOW)
    return people.acting_as_member(cell, worker, membership, sure(NOW))


def test_a_person_sees_their_own_wallet_work_and_training(cell: int) -> None:
    own, other = (f"wallet/{person(cell, name)}/{CUSIP}" for name in ("w1", "w2"))
    with acting(as_citizen(cell, "w1"), NOW):
        assert [pocket.account for pocket in pockets(cell, person(cell, "w1"))] == [own]
        assert pockets(cell, person(cell, "w2")) == []
        found = ledger.movements_of_account(cell, own)
        assert {movement.code for movement in found} >= {"grant", "tuition"}
        assert all(movement.debit and movement.credit for movement in found)
        assert other not in {movement.debit for movement in ledger.movements(cell)}
        assert {row.person for row in WorkRecord.objects.all()} == {person(cell, "w1")}
        assert {row.person for row in Attestation.objects.all()} == {person(cell, "w1")}
        assert [row.person for row in Enrolment.objects.all()] == [person(cell, "w1")]
        about_people = Determination.objects.filter(subject__contains="/placement/")
        assert [row.subject for row in about_people] == [
            f"bond/{CUSIP}/placement/{person(cell, 'w1')}"
        ]
        assert Award.objects.count() == 0


def test_a_provider_sees_who_trains_with_it_and_what_it_was_paid(cell: int) -> None:
    with acting(as_member(cell, OrganisationKind.PROVIDER, "welding-school", Role.PROVIDER), NOW):
        trained = set(Enrolment.objects.values_list("person", flat=True))
        paid = ledger.movements_of_account(cell, "world/provider/welding-school")
        assert ledger.balances(cell, kind="wallet") == []
        assert not Attestation.objects.filter(kind="assigned").exists()
        assert WorkRecord.objects.count() == 0
    assert trained == {person(cell, name) for name in ("w1", "w2", "w3")}
    assert sum(movement.amount_cents for movement in paid if movement.kind == "capture") > 0
    assert {movement.debit for movement in paid} == {""}, "whose wallet paid is not told"


def test_a_holder_sees_its_own_bonds(cell: int) -> None:
    bond = bonds.bond(cell, CUSIP)
    with acting(as_member(cell, OrganisationKind.INVESTOR, "north-pension", Role.INVESTOR), NOW):
        held = ledger.balances(cell, kind="holding")
        assert [balance.owner for balance in held] == ["north-pension"]
        assert set(Award.objects.values_list("bidder", flat=True)) == {"north-pension"}
        assert set(Entitlement.objects.values_list("account", flat=True)) == {"north-pension"}
        assert [movement.code for movement in ledger.movements(cell, code="interest")]
        assert ledger.balances(cell, kind="wallet") == []
        assert bonds.bond(cell, CUSIP) == bond, "what is announced is public"


def test_a_provider_of_another_program_sees_nobody(cell: int) -> None:
    with acting(as_member(cell, OrganisationKind.PROVIDER, "another", Role.PROVIDER), NOW):
        assert Enrolment.objects.count() == 0
        assert Attestation.objects.count() == 0
        assert not Transfer.objects.filter(code="tuition").exists()


def test_the_public_purse_is_open_to_every_session_and_every_kind_has_an_owner(cell: int) -> None:
    kinds = {balance.kind for balance in ledger.balances(cell)}
    with acting(as_citizen(cell, "c2"), NOW):
        public = {balance.kind for balance in ledger.balances(cell)}
    assert kinds - public == {"holding", "investor", "wallet"}


def test_where_nobody_was_named_nothing_of_a_programme_is_seen(cell: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lmb.house', '', true)")
    for model in (Transfer, Determination, WorkRecord, Attestation, Enrolment, Award, Entitlement):
        assert model.objects.count() == 0, model
