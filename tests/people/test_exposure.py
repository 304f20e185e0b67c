"""After a breach: everyone an account could read in the window, and what it did read; no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner

from lmb.cli.people import people as commands
from lmb.config import vault_keys
from lmb.people import access_log, clients, consents, exposure, models, rotation, vault
from lmb.people.acting import ActingClient
from lmb.people.identifiers import FIELDS
from lmb.people.keys import LocalIndexKeys, LocalMasterKeys, VaultKeys
from lmb.people.roles import Role
from lmb.people.scopes import Scope
from lmb.values.errors import EnvironmentProblem, NotFoundError, RefusedError
from tests.cli.test_commands import answer
from tests.people.support import (
    ANA,
    BEN,
    CELL,
    CLEO,
    DORA,
    NOW,
    VIRGINIA,
    as_self,
    enrolled,
    member,
)
from tests.people.test_rights import SIGNER, terms

pytestmark = pytest.mark.usefixtures("fresh_database")

DAY = timedelta(days=1)
BOARD_FIELDS = {
    name for name, field in FIELDS.items() if field.data_class in ("name", "birth-date", "contact")
}


@pytest.fixture
def people(keys: VaultKeys) -> dict[str, UUID]:
    """Ben's board serves Maryland from NOW on; Dora lives elsewhere and consents from NOW on; Cleo
    lives elsewhere."""
    found = {
        "ana": enrolled(keys, "ana", ANA).person,
        "ben": enrolled(keys, "ben", BEN).person,
        "cleo": enrolled(keys, "cleo", CLEO, home=VIRGINIA).person,
        "dora": enrolled(keys, "dora", DORA, home=VIRGINIA).person,
    }
    board = member(keys, found["ben"], "state-board", Role.STATE_BOARD, state="MD", since=NOW)
    consents.give(SIGNER, keys.randomness, as_self(found["dora"]), terms(board), NOW)
    vault.read(keys, board, [found["ana"]], ["given_name"], purpose="case", at=NOW)
    vault.read(keys, board, [found["ana"]], ["email", "city"], purpose="case", at=NOW + DAY / 48)
    models.Membership.objects.filter(person=found["ben"]).update(
        ended_at=NOW + DAY, ended_by=found["ana"], ended_because="left"
    )
    return found


def test_the_window_decides_who_could_be_read(people: dict[str, UUID]) -> None:
    def could(begin: timedelta, end: timedelta) -> dict[UUID, set[str]]:
        found = exposure.exposed(people["ben"], NOW + begin, NOW + end)
        return {one.person: set(one.could) for one in found}

    himself = {people["ben"]: set(FIELDS)}
    others = {people["ana"]: BOARD_FIELDS, people["dora"]: BOARD_FIELDS - {"birth_date"}}
    assert could(-DAY, -DAY / 2) == himself
    assert could(-DAY, 0 * DAY) == himself | others
    assert could(DAY / 2, DAY / 2) == himself | others
    assert could(DAY, 2 * DAY) == himself
    assert could(-10 * DAY, 10 * DAY) == himself | others


def test_what_was_read_is_told_with_its_times_and_rights(people: dict[str, UUID]) -> None:
    found = {one.person: one for one in exposure.exposed(people["ben"], NOW - DAY, NOW + 2 * DAY)}
    ana = found[people["ana"]]
    assert ana.did == ("city", "email", "given_name")
    assert (ana.looks, ana.first_at, ana.last_at) == (2, NOW, NOW + DAY / 48)
    assert (ana.rights, ana.state) == (("state",), "MD")
    dora = found[people["dora"]]
    assert (dora.did, dora.looks, dora.rights, dora.state) == ((), 0, ("consent",), "VA")


def test_what_was_read_is_told_although_the_right_is_gone(
    keys: VaultKeys, people: dict[str, UUID]
) -> None:
    (ana,) = [
        one
        for one in exposure.exposed(people["ben"], NOW + DAY / 48, NOW + DAY / 48)
        if one.person == people["ana"]
    ]
    assert ana.did == ("city", "email")


def test_no_look_ever_leaves_what_could_be_read(people: dict[str, UUID]) -> None:
    for one in exposure.exposed(people["ben"], NOW - DAY, NOW + 2 * DAY):
        assert set(one.did) <= set(one.could)


def test_an_unknown_account_and_a_window_turned_round_are_told(people: dict[str, UUID]) -> None:
    with pytest.raises(NotFoundError, match="there is no person"):
        list(exposure.exposed(UUID(int=1), NOW, NOW))
    with pytest.raises(RefusedError, match="turn them round"):
        list(exposure.exposed(people["ben"], NOW, NOW - DAY))


def lmb(*words: object) -> str:
    result = CliRunner().invoke(commands, list(map(str, words)), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_one_command_reports_a_breach(people: dict[str, UUID]) -> None:
    window = ("--from", "2027-02-28", "--to", "2027-03-02T12:00:00Z")
    document = json.loads(lmb("exposure", "--principal", people["ben"], *window, "--json"))
    persons = {one["person"]: one for one in document["persons"]}
    assert set(persons) == {str(people[name]) for name in ("ana", "ben", "dora")}
    assert persons[str(people["ana"])]["did"] == ["city", "email", "given_name"]
    told = lmb("exposure", "--principal", people["ben"], *window)
    assert str(people["dora"])[:8] in told


def test_a_person_sees_who_looked_and_what_was_disclosed(people: dict[str, UUID]) -> None:
    # As processes of their own: they must say for themselves that they look as the house.
    for command in ("looks", "disclosures"):
        document = answer("people", command, str(people["ana"]), "--json")
        assert [look["fields"] for look in document["looks"]] == [["city", "email"], ["given_name"]]
        assert {look["principal"] for look in document["looks"]} == {str(people["ben"])}
        assert lmb(command, people["ana"], "--limit", 1).count("case") == 1


def test_keys_are_rotated_by_one_command(
    keys: VaultKeys, people: dict[str, UUID], tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMB_HOME", str(tmp_path))
    path = vault_keys.key_file()
    first = vault_keys.load(path)
    assert path.stat().st_mode & 0o077 == 0
    assert vault_keys.load(path).receipts.key == first.receipts.key
    # Bring what the fixture sealed under the file's keys, as if enrolled here.
    moved = vault_keys.load(path).vault
    assert rotation.rewrap(_both(keys, moved)) == 4
    rotation.renew_index(_both(keys, moved))
    told = lmb("rotate-keys", "--drop-old")
    assert told.startswith("wrapped 4 keys under local-2, renewed the index of")
    now = vault_keys.load(path).vault
    found = vault.read(
        now, as_self(people["ana"]), [people["ana"]], ["ssn"], purpose="mine", at=NOW
    )
    assert found[people["ana"]] == {"ssn": "219099999"}
    with pytest.raises(NotFoundError, match="'local-2' is not among the keys"):
        vault.read(
            first.vault, as_self(people["ana"]), [people["ana"]], ["ssn"], purpose="mine", at=NOW
        )
    assert lmb("rotate-keys", "--resume") == (
        "wrapped 0 keys under local-2, renewed the index of 0 persons\n"
    )
    path.chmod(0o644)
    with pytest.raises(EnvironmentProblem, match="chmod 600"):
        vault_keys.load(path)
    path.chmod(0o600)
    for content in ("", "{}", "[]", '{"master": 1, "index": 2, "receipts": 3}'):
        path.write_text(content)
        with pytest.raises(EnvironmentProblem, match="restore it"):
            vault_keys.load(path)


def _both(old: VaultKeys, new: VaultKeys) -> VaultKeys:
    """Keys that open what was sealed under either and seal under the new ones."""
    assert isinstance(old.master, LocalMasterKeys)
    assert isinstance(new.master, LocalMasterKeys)
    assert isinstance(new.index, LocalIndexKeys)
    master = replace(new.master, keys={**old.master.keys, **new.master.keys})
    index = LocalIndexKeys(9, {9: new.index.keys[1]})
    return VaultKeys(master, index, new.randomness)


def test_reports_cover_every_cell_the_key_is_in(people: dict[str, UUID]) -> None:
    assert {one.cell for one in exposure.exposed(people["ben"], NOW, NOW)} == {CELL}


def test_of_a_stolen_key_it_is_known_whom_its_program_was_shown(
    keys: VaultKeys, people: dict[str, UUID]
) -> None:
    school = member(keys, people["dora"], "provider", Role.PROVIDER)
    assert school.organisation is not None
    new = clients.NewClient("Roster", Role.PROVIDER, frozenset({Scope.ENROLMENTS_READ}))
    program = clients.register(
        keys.randomness, CELL, school.organisation, new, by=people["dora"], at=NOW
    )
    by = ActingClient(CELL, program, Role.PROVIDER, school.organisation, "school", None, new.scopes)
    access_log.note_program(
        keys.randomness,
        by,
        [people["ana"], people["cleo"], people["ana"]],
        record="enrolment",
        fields=["tuition"],
        purpose="provider's own enrolments",
        at=NOW,
    )
    found = list(exposure.exposed(program, NOW, NOW + DAY))
    assert {one.person for one in found} == {people["ana"], people["cleo"]}
    assert {(one.could, one.looks) for one in found} == {((), 1)}
    assert list(exposure.exposed(program, NOW + DAY, NOW + 2 * DAY)) == []
