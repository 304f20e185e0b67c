"""The vault gives a value back only to those who may have it, and never without a trace."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from lmb.people import access_log, approvals, models, vault
from lmb.people.assurance import Action, StepUpNeededError
from lmb.people.identifiers import IndexKind, normalised
from lmb.people.keys import VaultKeys
from lmb.people.roles import Role
from lmb.people.vault import Standing
from lmb.values.errors import InputError, NotFoundError, RefusedError
from tests.people.authenticator import approved
from tests.people.support import ANA, CELL, NOW, as_self, member, unsure

pytestmark = pytest.mark.django_db

NAME = ["given_name", "family_name"]


def test_a_person_reads_what_was_stored_of_them_in_its_one_form(keys: VaultKeys, ana: UUID) -> None:
    found = vault.read(keys, as_self(ana), [ana], list(ANA), purpose="my data", at=NOW)
    assert found == {ana: normalised(ANA)}


def test_a_look_is_on_record_with_the_right_to_it(keys: VaultKeys, ana: UUID) -> None:
    vault.read(keys, as_self(ana), [ana], ["ssn", "email", "ssn"], purpose="my data", at=NOW)
    (row,) = models.Access.objects.all()
    assert (row.person, row.principal, row.role) == (ana, ana, "citizen")
    assert (row.basis, row.purpose, row.record, row.at) == ("self", "my data", "vault", NOW)
    assert row.fields == ["email", "ssn"]


def test_a_stranger_reads_nothing_and_that_they_asked_is_on_record(
    keys: VaultKeys, ana: UUID, cleo: UUID
) -> None:
    asked = [cleo, ana, UUID(int=5)]
    with pytest.raises(RefusedError, match="ask the person for consent"):
        vault.read(keys, as_self(cleo), asked, NAME, purpose="curious", at=NOW)
    found = {(row.person, row.principal, row.basis) for row in models.Access.objects.all()}
    assert found == {(ana, cleo, "refused"), (cleo, cleo, "refused")}
    assert access_log.disclosures(CELL, ana) == []
    (look,) = access_log.looks_at(CELL, ana)
    assert (look.role, look.purpose, look.fields) == ("citizen", "curious", tuple(sorted(NAME)))


def test_newer_versions_are_read_and_older_ones_stay(keys: VaultKeys, ana: UUID) -> None:
    vault.store(keys, CELL, ana, {"family_name": "Núñez Ortiz"}, ana, NOW)
    found = vault.read(keys, as_self(ana), [ana], NAME, purpose="my data", at=NOW)
    assert found[ana] == {"given_name": "Ana", "family_name": "Núñez Ortiz"}


def test_values_that_cannot_be_read_are_not_stored(keys: VaultKeys, ana: UUID) -> None:
    with pytest.raises(InputError):
        vault.store(keys, CELL, ana, {"city": "Baltimore", "ssn": "1"}, ana, NOW)
    assert vault.read(keys, as_self(ana), [ana], ["city"], purpose="x", at=NOW) == {ana: {}}


def test_an_unknown_field_or_too_many_persons_are_refused(keys: VaultKeys, ana: UUID) -> None:
    with pytest.raises(ValueError, match="no field 'shoe_size'"):
        vault.read(keys, as_self(ana), [ana], ["shoe_size"], purpose="x", at=NOW)
    crowd = [UUID(int=number) for number in range(vault.PERSONS_AT_ONCE + 1)]
    with pytest.raises(ValueError, match="at most 1000"):
        vault.read(keys, as_self(ana), crowd, NAME, purpose="x", at=NOW)


@pytest.mark.parametrize(
    ("fields", "may"),
    [(["email", "birth_date"], True), (["ssn"], False), (["bank_account"], False)],
)
def test_a_board_reads_contacts_of_its_own_state_and_no_numbers(
    keys: VaultKeys, ana: UUID, ben: UUID, cleo: UUID, fields: list[str], may: bool
) -> None:
    board = member(keys, ben, "state-board", Role.STATE_BOARD, state="MD")
    if may:
        assert ana in vault.read(keys, board, [ana], fields, purpose="case work", at=NOW)
        (row,) = models.Access.objects.all()
        assert (row.basis, row.role, row.organisation) == (
            "state",
            "state-board",
            board.organisation,
        )
    else:
        with pytest.raises(RefusedError):
            vault.read(keys, board, [ana], fields, purpose="case work", at=NOW)
    with pytest.raises(RefusedError):
        vault.read(keys, board, [cleo], fields, purpose="case work", at=NOW)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STATE_BOARD}))
def test_no_other_role_opens_a_persons_record_by_itself(
    keys: VaultKeys, ana: UUID, ben: UUID, role: Role
) -> None:
    acting = member(keys, ben, "agency", role, state="MD")
    for field in ("given_name", "email", "ssn"):
        with pytest.raises(RefusedError):
            vault.read(keys, acting, [ana], [field], purpose="case work", at=NOW)


def test_a_board_member_in_their_own_name_sees_only_themselves(
    keys: VaultKeys, ana: UUID, ben: UUID
) -> None:
    board = member(keys, ben, "state-board", Role.STATE_BOARD, state="MD")
    with pytest.raises(RefusedError):
        vault.read(keys, as_self(ben), [ana], NAME, purpose="case work", at=NOW)
    assert vault.read(keys, as_self(ben), [ben], NAME, purpose="my data", at=NOW)[ben]
    models.Membership.objects.filter(person=ben).update(
        ended_at=NOW, ended_by=ana, ended_because="left"
    )
    with pytest.raises(RefusedError):
        vault.read(keys, board, [ana], NAME, purpose="case work", at=NOW + timedelta(seconds=1))


def test_reading_others_asks_for_a_second_factor(keys: VaultKeys, ana: UUID, ben: UUID) -> None:
    board = member(keys, ben, "state-board", Role.STATE_BOARD, state="MD")
    with pytest.raises(StepUpNeededError, match="second factor"):
        vault.read(keys, unsure(board, aal=1), [ana], NAME, purpose="case work", at=NOW)


def test_the_index_finds_keys_and_says_nothing_else(keys: VaultKeys, ana: UUID, cleo: UUID) -> None:
    assert vault.find(keys, IndexKind.SSN, "219099999") == [Standing(CELL, ana)]
    assert vault.find(keys, IndexKind.SSN, "219099998") == []


def test_erasure_forgets_the_person_and_keeps_their_key(
    keys: VaultKeys, ana: UUID, ben: UUID, cleo: UUID
) -> None:
    board = member(keys, ben, "state-board", Role.STATE_BOARD, state="MD")
    other = member(keys, cleo, "state-board", Role.STATE_BOARD, organisation=board.organisation)
    because = "asked for by letter"
    for goes_on in (True, False):
        proposal = approved(keys, board, other, Action.ERASE_PERSON, vault.erasure(ana, because))
        if goes_on:
            vault.erase(board, proposal, ana, because=because, at=NOW)
        else:
            with pytest.raises(NotFoundError, match="has nothing of person"):
                vault.erase(board, proposal, ana, because=because, at=NOW)
    assert vault.read(keys, as_self(ana), [ana], list(ANA), purpose="my data", at=NOW) == {ana: {}}
    assert vault.find(keys, IndexKind.SSN, "219099999") == []
    assert models.Person.objects.filter(id=ana).exists()
    with pytest.raises(NotFoundError, match="erased, or never enrolled"):
        vault.store(keys, CELL, ana, ANA, ana, NOW)
    assert vault.read(keys, as_self(cleo), [cleo], NAME, purpose="my data", at=NOW)[cleo]


def test_one_person_alone_erases_nobody(keys: VaultKeys, ana: UUID, ben: UUID) -> None:
    board = member(keys, ben, "state-board", Role.STATE_BOARD, state="MD")
    content = vault.erasure(ana, "asked for")
    proposed = approvals.propose(keys.randomness, board, Action.ERASE_PERSON, content, NOW)
    with pytest.raises(RefusedError, match="a second person must approve"):
        vault.erase(board, proposed.id, ana, because="asked for", at=NOW)
    assert vault.find(keys, IndexKind.SSN, "219099999") == [Standing(CELL, ana)]


# ── by raw SQL ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM vault.{table}",
        "DELETE FROM vault.{table}",
        "TRUNCATE vault.{table}",
        "INSERT INTO vault.{table} DEFAULT VALUES",
    ],
)
@pytest.mark.parametrize("table", ["person_key", "sealed", "blind_index", "erasure", "field"])
def test_the_application_reaches_no_table_of_the_vault(
    app_connection: psycopg.Connection, table: str, statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement.format(table=table))


def test_the_application_enters_the_vault_by_its_doors_alone(
    app_connection: psycopg.Connection,
) -> None:
    found = app_connection.execute(
        "SELECT proname, has_function_privilege(oid, 'EXECUTE'), proconfig, prosecdef"
        " FROM pg_proc WHERE pronamespace = 'vault'::regnamespace"
    ).fetchall()
    doors = {name for name, may_call, _, _ in found if may_call}
    assert doors == {
        "open",
        "prepare",
        "put",
        "enter_index",
        "find_many",
        "find",
        "read",
        "erase",
        "note_refusal",
    }
    assert len(found) > len(doors)
    for name, _, settings, definer in found:
        assert definer == (name in doors), name
        if definer:
            assert settings == ["search_path=vault, public, pg_temp"], name
